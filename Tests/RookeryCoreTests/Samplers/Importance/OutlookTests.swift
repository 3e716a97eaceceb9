import Glibc
import Testing

@testable import RookeryCore

/// What a search by shells foretells of its own cost, and of that of live points, on stages made by hand.
@Suite struct OutlookTests {
  /// Draws from the cube, of which so many have a likelihood and weigh the same: a draw is worth their share.
  private static func stage(of draws: Int, hits: Int, logL: Double = 0, trust: Double = 1) -> Stage {
    let cube = ProposalComponents(
      bounds: [], seam: .none, student: nil, surrogate: nil, dimension: 1, logNorms: [0])
    var stage = Stage(
      proposal: Proposal(components: cube, shares: [1]), trust: trust, normVariances: [0], quota: draws)
    stage.issued = draws
    var outcome = ShellOutcome()
    outcome.points = [Double](repeating: 0.5, count: draws)
    outcome.logLikelihoods = (0..<draws).map { $0 < hits ? logL : -.infinity }
    outcome.densities = [Double](repeating: 0, count: draws)
    stage.note(outcome)
    return stage
  }

  private static func sampler(_ stages: [Stage], dimension: Int = 1) throws -> ImportanceNestedSampler {
    let parameters = (0..<dimension).map { Parameter("x\($0)", .uniform(0, 1)) }
    let problem = try Problem("p", parameters: parameters) { (_: Span<Double>) in 0 }
    var settings = ImportanceNestedSettings()
    settings.thoroughBelow = 0
    var sampler = try ImportanceNestedSampler(problem, settings: settings, seed: 1)
    (sampler.stages, sampler.phase) = (stages, .sampling)
    return sampler
  }

  private static func outlook(_ stages: [Stage], dimension: Int = 1) throws -> Finding? {
    let last = try #require(stages.last)
    return try sampler(stages, dimension: dimension)
      .poorOutlook(last, StageSummary(stages.filter { !$0.isRetired }, withError: false))
  }

  /// The two numbers of calls, as they are said.
  private static func calls(_ finding: Finding) throws -> (own: Double, other: Double) {
    let words = finding.message
    let parts = words.matches(of: /([0-9 ]+[0-9])(?: more calls|$)/)
      .compactMap { Double($0.1.filter { $0 != " " }) }
    try #require(parts.count == 2, "\(words)")
    return (parts[0], parts[1])
  }

  /// 500 live points take 500 steps a nat, each of six calls for each of a chain's slices; a run of them is worth so many points.
  private static func livePoints(nats: Double, slices: Double, worth: Double) -> Double {
    500 * nats * 6 * slices * (10_000 / worth)
  }

  private static func isNear(_ value: Double, _ expected: Double) -> Bool {
    abs(value / expected - 1) < 1e-5
  }

  @Test func bothPredictionsAreTold() throws {
    let finding = try #require(try Self.outlook([Stage](repeating: Self.stage(of: 2000, hits: 2), count: 3)))
    let (own, other) = try Self.calls(finding)
    let words = finding.message
    #expect(words.contains("worth 1.0e-3 independent ones") && words.contains("method nested"))
    // Six of 10 000 effective points are there, and a draw is worth a thousandth.
    #expect(Self.isNear(own, 9_994_000))
    let worth = 400 * Double.pi.squareRoot()
    #expect(Self.isNear(other, Self.livePoints(nats: log(1000) + 2 + 5, slices: 4, worth: worth)))
  }

  @Test func moreDimensionsTakeLongerChains() throws {
    let stages = [Stage](repeating: Self.stage(of: 2000, hits: 2), count: 3)
    let other = try Self.calls(try #require(try Self.outlook(stages, dimension: 16))).other
    let worth = 400 * (16 * Double.pi).squareRoot()
    #expect(Self.isNear(other, Self.livePoints(nats: log(1000) + 8 + 5, slices: 14, worth: worth)))
  }

  /// The height of the posterior above its evidence is a mean over the stages that count, each with the trust in it.
  @Test func theWayUpIsMeasuredByStagesThatCount() throws {
    var retired = Self.stage(of: 2000, hits: 2, logL: 40)
    retired.isRetired = true
    let plain = Self.stage(of: 2000, hits: 2)
    let stages = [retired, plain, plain, Self.stage(of: 2000, hits: 2, logL: 2, trust: 0.25)]
    let (own, other) = try Self.calls(try #require(try Self.outlook(stages)))
    let total = 4 + 0.5 * exp(2.0)
    let (logZ, mean) = (log(total / 4500), exp(2.0) / total)
    let worth = 400 * Double.pi.squareRoot()
    #expect(Self.isNear(other, Self.livePoints(nats: mean - logZ + 2 + 5, slices: 4, worth: worth)))
    let effective = total * total / (4 + 2 * 0.0625 * exp(4.0))
    #expect(Self.isNear(own, (10_000 - effective) * 1000))
  }

  /// A prediction is good to a factor of two: 2.2 times the other's calls are too many, 1.8 times are not.
  @Test func onlyMuchMoreIsTooMuch() throws {
    #expect(try Self.outlook([Stage](repeating: Self.stage(of: 2000, hits: 4), count: 3)) != nil)
    #expect(try Self.outlook([Stage](repeating: Self.stage(of: 2000, hits: 5), count: 3)) == nil)
  }

  /// Fits become better from stage to stage, and few draws say little.
  @Test func earlyStagesForetellNothing() throws {
    let stage = Self.stage(of: 1001, hits: 2)
    #expect(try Self.outlook([stage, stage]) == nil)
    #expect(try Self.outlook([stage, stage, stage]) != nil)
    #expect(try Self.outlook([stage, stage, Self.stage(of: 1000, hits: 2)]) == nil)
  }

  /// Once a stage has had its share the run ends there, with these words, or goes on.
  @Test func aHopelessRunEndsAsStuck() throws {
    let hopeless = [Stage](repeating: Self.stage(of: 2000, hits: 2), count: 3)
    var sampler = try Self.sampler(hopeless)
    sampler.watchStage()
    let reason = try #require(try Self.outlook(hopeless))
    #expect(sampler.ending == .stuck(reason))
    #expect(sampler.nextPiece() == nil)
    var other = try Self.sampler([Stage](repeating: Self.stage(of: 2000, hits: 5), count: 3))
    other.watchStage()
    #expect(other.ending == nil)
    // Nothing is decided while draws are on their way.
    var waiting = try Self.sampler(hopeless)
    waiting.out = 1
    waiting.watchStage()
    #expect(waiting.ending == nil)
  }
}
