import Glibc
import Testing

@testable import RookeryCore

@Suite struct EvidenceTests {
  /// L = 2 and 4 with ln(π/q) = 0 and ln 1/2 weigh 2 each.
  @Test func drawsWeighLikelihoodTimesPriorOverDensity() throws {
    let (evidence, weights) = Evidence.ofImportanceSamples(
      logLikelihoods: [log(2), log(4), -.infinity], logPriorToProposal: [log(1), log(0.5), 0], error: 0.25)
    #expect(abs(evidence.logZ - log(4)) < 1e-12 && evidence.error == 0.25)
    #expect(evidence.errorKind == .importanceWeights)
    #expect(
      abs(exp(weights[0]) - 0.5) < 1e-12 && abs(exp(weights[1]) - 0.5) < 1e-12 && weights[2] == -.infinity)
    // ∫ p ln L - ln Z = (ln 2 + ln 4) / 2 - ln 4.
    #expect(abs(evidence.information - (1.5 * log(2) - log(4))) < 1e-12)
    try expectSurvival(of: evidence)
  }

  @Test func effectiveSizesAreKishs() {
    #expect(abs(kishSize(logWeights: [log(0.5), log(0.25), log(0.25)]) - 1 / 0.375) < 1e-12)
    #expect(abs(kishSize(logWeights: [7, 7, 7]) - 3) < 1e-12)
    #expect(kishSize(logWeights: []) == 0)
  }

  /// Trapezoids over the volumes 1, 1/2, 1/4, 0: (1 - 1/4) / 2, (1/2 - 0) / 2.
  @Test func shellsAreTrapezoids() {
    let shells = NestedEvidence.logShells([log(0.5), log(0.25)]).map { exp($0) }
    #expect(abs(shells[0] - 0.375) < 1e-12 && abs(shells[1] - 0.25) < 1e-12)
  }

  @Test func sharesWithinCountFromTheTop() {
    let shares = NestedEvidence.shareWithin([log(0.2), log(0.3), log(0.5)])
    #expect(zip(shares, [1, 0.8, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  /// Equal likelihoods die by their births, older ones first, so that the order is the same everywhere.
  @Test func tiesDieInTheOrderOfTheirBirths() {
    let run = NestedEvidence(deaths: [5, 5, 5, 1], births: [1, -.infinity, 1, -.infinity], seed: 1)
    #expect(run.order == [3, 1, 0, 2])
    #expect(run.liveCounts == [2, 3, 2, 1])
  }

  /// Volumes shrink by n / (n + 1) in the mean at each death.
  @Test func volumesShrinkByTheirMean() {
    let run = NestedEvidence(deaths: [1, 2, 3], births: [-.infinity, -.infinity, -.infinity], seed: 1)
    #expect(zip(run.logVolumes, [3 / 4.0, 1 / 2.0, 1 / 4.0]).allSatisfy { abs($0 - log($1)) < 1e-12 })
  }
}

@Suite struct MergedDrawsTests {
  /// Independent draws are pooled by their effective sizes: here three to one.
  @Test func poolsAreWeighedByTheirEffectiveSizes() throws {
    let one = try MadeResult.importance(
      logLikelihoods: [0, 0, 0], ratios: [0, 0, 0].map { $0 + log(1 / 3.0) }, error: 0.1, seed: 1)
    let other = try MadeResult.importance(
      logLikelihoods: [log(5)], ratios: [0], error: 0.2, seed: 2)
    let merged = try RunResult.merging([one, other])
    // Z = (3 · 1 + 1 · 5) / 4.
    #expect(abs(merged.evidence.logZ - log(2)) < 1e-12)
    let weights = merged.logWeights.map { exp($0) }
    #expect(zip(weights, [0.125, 0.125, 0.125, 0.625]).allSatisfy { abs($0 - $1) < 1e-12 })
    // Errors of log Z with shares of the evidence 3/8 and 5/8.
    let expected = (pow(0.375 * 0.1, 2) + pow(0.625 * 0.2, 2)).squareRoot()
    #expect(abs(merged.evidence.error - expected) < 1e-12)
  }
}
