import Glibc
import ReferenceProblems
import Testing

@testable import RookeryCore

/// The insertion-rank test that a run makes of itself on its way, and what it does where it fails.
@Suite struct RankWatchTests {
  private static func problem(_ logL: @escaping @Sendable (Double, Double) -> Double) throws -> Problem {
    try Problem("p", parameters: [Parameter("x", .uniform(0, 1)), Parameter("y", .uniform(0, 1))]) {
      (theta: Span<Double>) in logL(theta[0], theta[1])
    }
  }

  private static func members(_ values: [Double]) -> [LiveSet.Member] {
    values.enumerated().map { LiveSet.Member(row: $0.offset, logL: $0.element) }
  }

  @Test func placesCountThoseAlive() {
    var watch = RankWatch(live: 10)
    watch.note(death: 1.5)
    watch.note(death: 0.5)
    // Alive above 1 are 1.5, which has died since, 2, 3, 4 and itself: two of five are below.
    watch.note(arrival: 2.5, born: 1, among: Self.members([0.2, 2, 3, 4]), key: (1, 0))
    #expect(watch.places.count == 1 && watch.places[0] >= 0.4 && watch.places[0] < 0.6)
    // The one that died at 0.5 is forgotten; those of a phase before too.
    watch.startPhase()
    watch.note(arrival: 5, born: 0, among: Self.members([2, 3, 4]), key: (1, 1))
    #expect(watch.places[1] >= 0.75)
  }

  @Test func evenPlacesPassAndOthersDoNot() {
    func failures(_ arrival: (Double) -> Double) -> Int {
      var (watch, failed) = (RankWatch(live: 50), 0)
      var stream = RandomStream(seed: 2, purpose: .init(rawValue: 14), index: 0)
      for row in 0..<2000 {
        let live = Self.members((0..<50).map { _ in stream.uniform() })
        watch.note(arrival: arrival(stream.uniform()), born: 0, among: live, key: (1, row))
        if watch.hasFailed() { failed += 1 }
      }
      return failed
    }
    let (even, low, high) = (failures { $0 }, failures { pow($0, 1.4) }, failures { pow($0, 0.7) })
    #expect(even == 0 && low > 0 && high > 0)
  }

  @Test func pointsOfOnePlateauComeInEvenly() {
    var (watch, failures) = (RankWatch(live: 50), 0)
    for row in 0..<3000 {
      watch.note(arrival: 1, born: 0, among: Self.members(.init(repeating: 1, count: 50)), key: (1, row))
      if watch.hasFailed() { failures += 1 }
    }
    #expect(failures == 0 && watch.pValue > 1e-3)
  }

  private static func run(
    _ problem: Problem, _ change: (inout NestedSettings) -> Void
  ) throws -> (sampler: NestedSampler, calls: Int) {
    var settings = NestedSettings()
    settings.live = 200
    change(&settings)
    var sampler = try NestedSampler(problem: problem, settings: settings, seed: 4)
    let evaluator = Evaluator(problem)
    var pieces: [NestedPiece] = []
    while true {
      while pieces.count < sampler.window, let piece = sampler.nextPiece() { pieces.append(piece) }
      guard !pieces.isEmpty else { return (sampler, evaluator.calls) }
      let piece = pieces.removeFirst()
      sampler.absorb(try piece.perform(with: sampler.context, on: evaluator), of: piece)
    }
  }

  /// Walks of one step leave points where they started: the run begins anew with longer ones, says so, and is right.
  @Test(.timeLimit(.minutes(10))) func chainsThatAreTooShortAreMadeLonger() throws {
    let reference = try ReferenceProblem.named("gauss10")
    let run = try Self.run(reference.problem) { ($0.explorer, $0.walkSteps) = (.randomWalk, 1) }
    #expect(run.sampler.ending == .converged)
    #expect(run.sampler.explorer.lengthenings > 0)
    #expect(run.sampler.record().findings.map(\.code).contains("chains-lengthened"))
    let evidence = NestedEvidence(
      deaths: run.sampler.logL, births: run.sampler.births, seed: 1, simulations: 100
    ).evidence
    #expect(abs(evidence.logZ - reference.knownLogZ) < 4 * evidence.error)
    // The record is that of the last beginning alone: all of its points descend from its own draws of the prior.
    let fromPrior = run.sampler.births.count { $0 == -.infinity }
    #expect(fromPrior == 200 && run.sampler.firstPiece > 0)
  }

  /// Where no length is enough the run says that it is not to be trusted. What is out when it begins anew is dropped.
  @Test func aRunThatStaysUnevenIsNotConverged() throws {
    let problem = try Self.problem { x, y in x + y }
    var sampler = try NestedSampler(problem: problem, settings: NestedSettings(), seed: 1)
    let issued = sampler.nextPiece()
    let first = try #require(issued)
    #expect(sampler.out == 1)
    for beginning in 1...4 {
      sampler.beginAnew()
      #expect(sampler.ending == nil && sampler.explorer.lengthenings == beginning)
      #expect(sampler.out == 0 && sampler.firstPiece == first.index + 1)
    }
    var outcome = NestedOutcome()
    (outcome.cube, outcome.logL) = ([0.5, 0.5], 1)
    sampler.absorb(outcome, of: first)
    #expect(sampler.out == 0 && sampler.logL.isEmpty)
    sampler.beginAnew()
    guard case .stuck(let reason) = sampler.ending else {
      Issue.record("it ended as \(String(describing: sampler.ending))")
      return
    }
    #expect(reason.code == "uneven-insertion" && reason.number("times") == 16)
    #expect(reason.message.contains("insertion ranks"))
  }

  /// With a plateau above most of the prior and one at the top nothing is amiss.
  @Test(arguments: [NestedSettings.Explorer.uniform, .localSlice, .randomWalk])
  func plateausAreNoFault(_ explorer: NestedSettings.Explorer) throws {
    let problem = try Self.problem { x, y in
      let r = ((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5)).squareRoot()
      return r < 0.05 ? 6 : r < 0.2 ? 3 : -100 * r
    }
    let run = try Self.run(problem) { $0.explorer = explorer }
    #expect(run.sampler.ending == .converged && run.sampler.explorer.lengthenings == 0)
  }
}
