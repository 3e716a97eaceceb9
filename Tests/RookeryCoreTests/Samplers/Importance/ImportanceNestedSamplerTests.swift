import Glibc
import ReferenceProblems
import Testing

@testable import RookeryCore

@Suite struct ImportanceNestedSamplerTests {
  private static func result(
    _ problem: Problem, seed: UInt64 = 1, _ change: (inout ImportanceNestedSettings) -> Void = { _ in }
  ) throws -> RunResult {
    var settings = ImportanceNestedSettings()
    settings.targetEffectiveSize = 4000
    change(&settings)
    var run = RunSettings()
    run.seed = seed
    run.showsProgress = false
    run.maxCalls = 100_000
    let sampler = try ImportanceNestedSampler(problem, settings: settings, seed: seed)
    return try RookeryCore.run(
      sampler, on: problem,
      engine: EngineDescription(name: "nautilus", live: settings.live, dimension: problem.dimension),
      settings: run,
      pool: .serial)
  }

  @Test(arguments: ["gauss5", "shells2", "plateau4", "loggamma10", "eggbox2"])
  func evidenceIsRight(name: String) throws {
    let reference = try ReferenceProblem.named(name)
    let result = try Self.result(reference.problem)
    #expect(result.ending == .converged)
    #expect(result.effectiveSampleSize >= 4000)
    #expect(result.evidence.errorKind == .importanceWeights)
    #expect(abs(result.evidence.logZ - reference.knownLogZ) < 4 * result.evidence.error)
    #expect(result.evidence.error < 0.03)
    if let mean = reference.posteriorMean, let width = reference.posteriorDeviation {
      for i in mean.indices {
        let found = (0..<result.samples.rows).reduce(0.0) {
          $0 + exp(result.logWeights[$1]) * result.samples[$1, i]
        }
        #expect(abs(found - mean[i]) < 5 * width[i] / 4000.squareRoot())
      }
    }
  }

  /// What was drawn before bounds are built once more keeps its worth, and the evidence stays right.
  @Test func looksAgainWithMoreLivePointsWhereTheFitIsPoor() throws {
    let reference = try ReferenceProblem.named("shells2")
    func run(thoroughBelow: Double) throws -> RunResult {
      try Self.result(reference.problem) {
        $0.live = 100
        $0.targetEffectiveSize = 6000
        $0.thoroughBelow = thoroughBelow
      }
    }
    let (once, twice) = (try run(thoroughBelow: 0), try run(thoroughBelow: 1))
    #expect(twice.statistics.calls > once.statistics.calls + 4 * 400)
    #expect(twice.samples.rows < once.samples.rows + 1000)
    for result in [once, twice] {
      #expect(result.ending == .converged)
      #expect(abs(result.evidence.logZ - reference.knownLogZ) < 4 * result.evidence.error)
    }
  }

  /// Calls that have been paid for are told of, whether the run is stopped in its exploration or its stages.
  @Test(arguments: [100, 3000, 13_000])
  func stoppedRunsKeepWhatTheyHave(_ calls: Int) throws {
    let reference = try ReferenceProblem.named("shells2")
    var settings = RunSettings()
    settings.maxCalls = calls
    settings.showsProgress = false
    let result = try sample(
      reference.problem, by: .importanceNested(ImportanceNestedSettings()), settings: settings)
    #expect(result.ending == .callLimit)
    #expect(result.samples.rows > 0 && result.statistics.calls <= calls)
    #expect(result.evidence.logZ.isFinite && result.evidence.error > 0)
    if calls >= 3000 { #expect(abs(result.evidence.logZ - reference.knownLogZ) < 1) }
  }

  /// While bounds are built once more the record is that of the stages before, to the last draw.
  @Test func drawsOfStagesAreToldOfWhileBoundsAreBuiltOnceMore() throws {
    let reference = try ReferenceProblem.named("shells2")
    var settings = ImportanceNestedSettings()
    settings.live = 100
    settings.thoroughBelow = 1
    let record = try Self.drive(reference.problem, settings) { $0.aside.count > 0 && $0.points.count > 500 }
    #expect(record.logLikelihoods.count > 4000)
    guard case .importance(_, let error) = record.kind else {
      Issue.record("not a record of importance sampling")
      return
    }
    #expect(error < 0.05)
  }

  @Test func equalSeedsGiveEqualBits() throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    let (a, b) = (try Self.result(problem), try Self.result(problem))
    #expect(a.digest == b.digest)
    #expect(try Self.result(problem, seed: 2).digest != a.digest)
  }

  @Test(arguments: [0.5, 1])
  func stateGoesThroughBytesAtAnyMoment(thoroughBelow: Double) throws {
    let problem = try ReferenceProblem.named("shells2").problem
    var settings = ImportanceNestedSettings()
    settings.live = 100
    settings.targetEffectiveSize = 4800
    settings.thoroughBelow = thoroughBelow
    let whole = try Self.drive(problem, settings, savingEvery: nil)
    let broken = try Self.drive(problem, settings, savingEvery: 37)
    #expect(whole.logLikelihoods.count > 4800)
    #expect(whole.cube == broken.cube)
    #expect(whole.logLikelihoods == broken.logLikelihoods)
    guard case .importance(let a, let errorA) = whole.kind, case .importance(let b, let errorB) = broken.kind
    else {
      Issue.record("not a record of importance sampling")
      return
    }
    #expect(zip(a, b).allSatisfy { $0 == $1 })
    #expect(errorA == errorB)
  }

  private static func bytes(_ value: some Wire) -> [UInt8] {
    var writer = WireWriter()
    writer.write(value)
    return writer.bytes
  }

  /// Runs a sampler by hand, replacing it and all pieces and outcomes by what comes back from their bytes now
  /// and then.
  private static func drive(
    _ problem: Problem, _ settings: ImportanceNestedSettings, savingEvery period: Int? = nil,
    until isEnough: (ImportanceNestedSampler) -> Bool = { _ in false }
  ) throws -> RunRecord {
    var hand = ByHand(try ImportanceNestedSampler(problem, settings: settings, seed: 5))
    let worker = Worker<ShellPiece>(Evaluator(problem))
    var steps = 0
    var clock = 0.0
    while true {
      hand.fill()
      guard !isEnough(hand.sampler), var (piece, context) = hand.takeOldest() else {
        return hand.sampler.record()
      }
      if let period, steps % period == 0 {
        var reader = WireReader(bytes(piece))
        piece = try ShellPiece(from: &reader)
        reader = WireReader(bytes(context))
        context = try ShellContext(from: &reader)
      }
      var (outcome, _) = try worker.perform(piece, with: context, clock: &clock)
      if let period, steps % period == 0 {
        var reader = WireReader(bytes(outcome))
        outcome = try ShellOutcome(from: &reader)
        reader = WireReader(bytes(hand.sampler))
        hand.sampler = try ImportanceNestedSampler(from: &reader)
      }
      hand.sampler.absorb(outcome, of: piece)
      steps += 1
    }
  }

  @Test func brokenBytesThrow() throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    let sampler = try ImportanceNestedSampler(problem, settings: ImportanceNestedSettings(), seed: 1)
    let whole = Self.bytes(sampler)
    for length in stride(from: 0, to: whole.count, by: 7) {
      var reader = WireReader(Array(whole[..<length]))
      #expect(throws: WireError.self) { try ImportanceNestedSampler(from: &reader) }
    }
  }

  @Test func oneDimensionWorks() throws {
    let problem = try Problem("line", parameters: [Parameter("x", .uniform(-10, 10))]) {
      (theta: Span<Double>) in
      -0.5 * theta[0] * theta[0] - 0.5 * log(2 * Double.pi)
    }
    let result = try Self.result(problem)
    #expect(abs(result.evidence.logZ + log(20)) < 4 * result.evidence.error)
  }

  @Test func aFlatLikelihoodEndsAtOnce() throws {
    let problem = try Problem(
      "flat", parameters: [Parameter("x", .uniform(0, 1)), Parameter("y", .uniform(0, 1))]
    ) { (_: Span<Double>) in -3.0 }
    let result = try Self.result(problem)
    #expect(result.ending == .converged)
    #expect(abs(result.evidence.logZ + 3) < 1e-2)
    #expect(result.statistics.calls < 7000)
  }

  @Test func regionsWithoutLikelihoodAreAllowed() throws {
    // A quarter disc in the corner of the square.
    let problem = try Problem(
      "disc", parameters: [Parameter("x", .uniform(0, 1)), Parameter("y", .uniform(0, 1))]
    ) { (theta: Span<Double>) in
      let square = theta[0] * theta[0] + theta[1] * theta[1]
      return square < 0.04 ? -0.5 * square : -.infinity
    }
    let result = try Self.result(problem)
    // ∫ exp(-r²/2) r dr dφ over the quarter.
    let truth = log(0.5 * Double.pi * (1 - exp(-0.02)))
    #expect(abs(result.evidence.logZ - truth) < 4 * max(result.evidence.error, 0.002))
  }

  @Test func aPeriodicPeakAtTheSeamIsOne() throws {
    let problem = try Problem(
      "phase",
      parameters: [
        Parameter("phase", .uniform(0, 1), boundary: .periodic), Parameter("x", .uniform(-5, 5)),
      ]
    ) { (theta: Span<Double>) in
      let phase = min(theta[0], 1 - theta[0])
      return -0.5 * phase * phase / 0.0004 - 0.5 * theta[1] * theta[1]
    }
    let result = try Self.result(problem)
    let truth = log(2 * Double.pi * 0.02 / 10)
    #expect(abs(result.evidence.logZ - truth) < 4 * result.evidence.error)
    #expect(Double(result.statistics.calls) < 14_000)
  }

  @Test func derivedQuantitiesComeAlong() throws {
    let problem = try Problem(
      "pair", parameters: [Parameter("x", .uniform(-5, 5))], derived: ["twice"]
    ) { (theta: Span<Double>, derived: inout MutableSpan<Double>) in
      derived[0] = 2 * theta[0]
      return -0.5 * theta[0] * theta[0]
    }
    let result = try Self.result(problem) { $0.targetEffectiveSize = 500 }
    #expect(result.derivedSamples.rows == result.samples.rows)
    for row in 0..<result.samples.rows {
      #expect(result.derivedSamples[row, 0] == 2 * result.samples[row, 0])
    }
  }

  @Test func badSettingsAreNamed() throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    var settings = ImportanceNestedSettings()
    settings.live = 3
    #expect(throws: InputError.self) {
      _ = try ImportanceNestedSampler(problem, settings: settings, seed: 1)
    }
  }
}
