import Glibc
import Testing

@testable import RookeryCore

/// What the sampler asks for and what it makes of the answers, by hand and without a pool.
@Suite struct NestedSamplerStateTests {
  private static func logL(_ x: Double, _ y: Double) -> Double { -200 * (x * x + y * y) }

  private static func problem() throws -> Problem {
    try Problem("peak", parameters: [Parameter("x", .uniform(-1, 1)), Parameter("y", .uniform(-1, 1))]) {
      (theta: Span<Double>) in Self.logL(theta[0], theta[1])
    }
  }

  private static func sampler(
    live: Int = 100, _ explorer: NestedSettings.Explorer = .localSlice, window: Int = 10
  ) throws -> NestedSampler {
    var settings = NestedSettings()
    (settings.live, settings.explorer, settings.window) = (live, explorer, window)
    return try NestedSampler(problem: problem(), settings: settings, seed: 6)
  }

  /// What is shown while a run goes on is what the record says in the end; pieces start above their threshold, and each has a number of
  /// its own.
  @Test(arguments: [NestedSettings.Explorer.uniform, .localSlice])
  func whatIsShownIsWhatTheRecordSays(_ explorer: NestedSettings.Explorer) throws {
    var sampler = try Self.sampler(explorer)
    let evaluator = Evaluator(try Self.problem())
    var pieces: [NestedPiece] = []
    var numbers: Set<Int> = []
    var thresholds: [Double] = []
    while true {
      while pieces.count < sampler.window, let piece = sampler.nextPiece() {
        #expect(numbers.insert(piece.index).inserted)
        if piece.kind != .prior {
          thresholds.append(piece.threshold)
          #expect(thresholds.count < 2 || piece.threshold >= thresholds[thresholds.count - 2])
        }
        if !piece.start.isEmpty {
          #expect(Self.logL(2 * piece.start[0] - 1, 2 * piece.start[1] - 1) > piece.threshold)
        }
        pieces.append(piece)
      }
      guard !pieces.isEmpty else { break }
      let piece = pieces.removeFirst()
      sampler.absorb(try piece.perform(with: sampler.context, on: evaluator), of: piece)
    }
    #expect(sampler.ending == .converged && thresholds.count > 200)
    let record = sampler.record()
    guard case .nested(let births, _) = record.kind else {
      Issue.record("not a nested record")
      return
    }
    #expect(births.count { $0 == -.infinity } == 100)
    #expect(zip(record.logLikelihoods, births).allSatisfy { $0 > $1 })
    let run = NestedEvidence(deaths: record.logLikelihoods, births: births, seed: 1)
    let status = sampler.status
    // What is left counts at the highest likelihood there, so what is shown is a little more, by less than what may be left.
    #expect(status.logZ > run.evidence.logZ - 0.1 && status.logZ < run.evidence.logZ + 0.25)
    #expect(abs(status.logZError / run.evidence.error - 1) < 0.5)
    // Without the live points, which still carry a part.
    let size = kishSize(logWeights: run.logWeights)
    #expect(status.effectiveSampleSize > 0.5 * size && status.effectiveSampleSize < 1.1 * size)
  }

  /// Where likelihoods come in steps, live points share the contour of the day: no chain may start there.
  @Test func chainsStartAboveTheContour() throws {
    @Sendable func stepped(_ x: Double, _ y: Double) -> Double { (Self.logL(x, y) / 2).rounded(.down) }
    let problem = try Problem(
      "steps", parameters: [Parameter("x", .uniform(-1, 1)), Parameter("y", .uniform(-1, 1))]
    ) { (theta: Span<Double>) in stepped(theta[0], theta[1]) }
    var sampler = try Self.sampler(live: 200, window: 10)
    let evaluator = Evaluator(problem)
    var pieces: [NestedPiece] = []
    var (starts, shared) = (0, 0)
    while true {
      while pieces.count < sampler.window, let piece = sampler.nextPiece() {
        pieces.append(piece)
        guard !piece.start.isEmpty else { continue }
        starts += 1
        shared += sampler.live.members.count { $0.logL <= piece.threshold }
        #expect(stepped(2 * piece.start[0] - 1, 2 * piece.start[1] - 1) > piece.threshold)
      }
      guard !pieces.isEmpty else { break }
      let piece = pieces.removeFirst()
      sampler.absorb(try piece.perform(with: sampler.context, on: evaluator), of: piece)
    }
    #expect(starts > 100)
    #expect(shared > 20)
  }

  /// Answers without a point, one after another: patience has an end, and begins anew with each point found.
  @Test func patienceHasAnEnd() throws {
    var sampler = try Self.sampler(live: 20, window: 1)
    func answer(_ logL: Double?) throws {
      let issued = sampler.nextPiece()
      let piece = try #require(issued)
      var outcome = NestedOutcome()
      if let logL { (outcome.cube, outcome.logL) = ([0.5, 0.5], logL) }
      outcome.calls = 1
      sampler.absorb(outcome, of: piece)
    }
    for i in 0..<20 { try answer(Double(i)) }
    for _ in 0..<NestedSampler.patience - 1 { try answer(nil) }
    #expect(sampler.ending == nil)
    try answer(100)
    for _ in 0..<NestedSampler.patience - 1 { try answer(nil) }
    #expect(sampler.ending == nil)
    try answer(nil)
    guard case .stuck(let reason)? = sampler.ending else {
      Issue.record("\(String(describing: sampler.ending))")
      return
    }
    #expect(reason.code == "nothing-above" && sampler.nextPiece() == nil)
    #expect(reason.message.contains("\(NestedSampler.patience) pieces"))
  }
}
