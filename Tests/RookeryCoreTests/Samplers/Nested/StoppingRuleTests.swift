import CaseProblems
import Glibc
import ReferenceProblems
import Testing

@testable import RookeryCore

/// When a run of live points ends, and what it says of what is left.
@Suite struct StoppingRuleTests {
  private static func run(
    _ problem: Problem, live: Int, seed: UInt64 = 1, _ change: (inout NestedSettings) -> Void = { _ in }
  ) throws -> RunResult {
    var settings = RunSettings()
    (settings.seed, settings.showsProgress) = (seed, false)
    var nested = NestedSettings()
    nested.live = live
    change(&nested)
    return try sample(problem, by: .nested(nested), settings: settings)
  }

  /// More live points, more effective samples: in proportion.
  @Test(.timeLimit(.minutes(10))) func effectiveSizeGrowsWithLivePoints() throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    let small = try Self.run(problem, live: 250).effectiveSampleSize
    for factor in [4, 20] {
      let large = try Self.run(problem, live: 250 * factor).effectiveSampleSize
      #expect(abs(large / small / Double(factor) - 1) < 0.25, "\(factor): \(large) for \(small)")
    }
  }

  @Test func nothingLeftGrowsWithLivePoints() {
    var settings = NestedSettings()
    let few = settings.remainingEvidenceInForce
    settings.live = 100_000
    #expect(settings.remainingEvidenceInForce == few && few < 1)
    settings.remainingEvidence = 3
    #expect(settings.remainingEvidenceInForce == 3)
  }

  /// Mean and deviation of the parameter along a funnel, whose neck has little of the posterior and much of the variance. A run that goes by
  /// the remaining evidence alone has 2.1 to 2.4 for 2.74.
  @Test(.timeLimit(.minutes(10))) func theNeckOfAFunnelIsNotCutOff() throws {
    let asked = CaseProblem.nealFunnel(dimension: 20)
    let (mean, deviation) = (asked.means?[0] ?? .nan, asked.deviations?[0] ?? .nan)
    let found = try [1, 2].map { seed in
      try Self.run(asked.problem(), live: 500, seed: seed).marginals()[0]
    }
    // Over seeds the mean is spread by 0.35 and the deviation by 5 %.
    let (ownMean, ownDeviation) = (
      found.reduce(0) { $0 + $1.mean / 2 }, found.reduce(0) { $0 + $1.deviation / 2 }
    )
    #expect(abs(ownMean - mean) < 0.7, "\(ownMean) for \(mean)")
    #expect(abs(ownDeviation / deviation - 1) < 0.12, "\(ownDeviation) for \(deviation)")
  }

  /// The evidence of a funnel of few dimensions. Draws and chains that do not follow the summit into the neck have it low by 0.15, and spread
  /// by 0.22 for 0.16 quoted.
  @Test(.timeLimit(.minutes(10))) func theNeckOfASmallFunnelIsNotCutOff() throws {
    let asked = CaseProblem.nealFunnel(dimension: 5)
    let right = try #require(asked.logZ)
    let evidences = try (1...16).map { try Self.run(asked.problem(), live: 500, seed: $0).evidence }
    let errors = evidences.map { $0.logZ - right }
    let mean = errors.reduce(0, +) / 16
    #expect(abs(mean) < 0.12, "\(errors)")
    var pulls = 0.0
    for (error, evidence) in zip(errors, evidences) {
      pulls += error * error / (evidence.error * evidence.error)
    }
    // The upper end of the band of chi-square at 1 %.
    #expect(pulls < 34.3, "\(errors)")
  }

  /// The weights of the points alive at the end, by hand: a tenth of the posterior in points of one weight matters to nothing.
  @Test func whatIsFarOffMatters() {
    var posterior = RunningPosterior(dimension: 2)
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 9), index: 0)
    for i in 1...2000 {
      let point = [0.5 + 0.1 * (stream.uniform() - 0.5), stream.uniform()]
      point.withUnsafeBufferPointer { posterior.kill($0, share: 1 / Double(i)) }
    }
    let near = PointMatrix(columns: 2, values: [0.5, 0.5, 0.51, 0.4])
    let far = PointMatrix(columns: 2, values: [0.5, 0.5, 0.9, 0.4])
    #expect(posterior.reach(of: near, weights: [1, 1]) == 1)
    // Half of the weight at fourteen deviations.
    let reach = posterior.reach(of: far, weights: [1, 1])
    #expect(reach > 80 && reach < 110)
    #expect(posterior.reach(of: far, weights: [1, 0]) == 1)
  }

  /// A run that was told to stop early says what its last live points carry.
  @Test func whatTheLastLivePointsCarryIsSaid() throws {
    let problem = try ReferenceProblem.named("gauss10").problem
    let early = try Self.run(problem, live: 300) { $0.remainingEvidence = 12 }
    #expect(early.findings().contains { $0.code == "live-points-carry" })
    let usual = try Self.run(problem, live: 300)
    #expect(!usual.findings().contains { $0.code == "live-points-carry" })
  }
}
