import Glibc
import RookeryCore
import Testing

/// Evidence from records of exact runs: volumes drawn from their own distribution, with no sampler in sight.
@Suite struct NestedEvidenceTests {
  /// A perfect run of `live` points on L(X) = exp(-X^(2/d) / (2 s²)), to the end of the evidence.
  private func perfectRun(live: Int, dimension: Int, sigma: Double, seed: UInt64) -> (
    deaths: [Double], births: [Double]
  ) {
    var stream = RandomStream(seed: seed, purpose: .init(rawValue: 77), index: 0)
    func logL(_ logX: Double) -> Double { -exp(2 * logX / Double(dimension)) / (2 * sigma * sigma) }
    var logX = (0..<live).map { _ in log(stream.uniform()) }
    var births = [Double](repeating: -.infinity, count: live)
    var deaths: [Double] = []
    var deadBirths: [Double] = []
    for _ in 0..<live * 25 {
      guard let worst = logX.indices.max(by: { logX[$0] < logX[$1] }) else { break }
      deaths.append(logL(logX[worst]))
      deadBirths.append(births[worst])
      births[worst] = logL(logX[worst])
      logX[worst] += log(stream.uniform())
    }
    return (deaths + logX.map(logL), deadBirths + births)
  }

  /// ∫ exp(-X^(2/d) / (2 s²)) dX = Γ(d/2 + 1) (2 s²)^(d/2) while s is small.
  private func truth(_ dimension: Int, _ sigma: Double) -> Double {
    lgamma(Double(dimension) / 2 + 1) + Double(dimension) / 2 * log(2 * sigma * sigma)
  }

  @Test func perfectRunsAreUnbiasedAndCalibrated() {
    let (dimension, sigma, runs) = (6, 0.05, 60)
    var errors: [Double] = []
    var quoted = 0.0
    for seed in 0..<runs {
      let run = perfectRun(live: 100, dimension: dimension, sigma: sigma, seed: UInt64(seed))
      let evidence = NestedEvidence(deaths: run.deaths, births: run.births, seed: 1).evidence
      errors.append(evidence.logZ - truth(dimension, sigma))
      quoted += evidence.error / Double(runs)
    }
    let mean = errors.reduce(0, +) / Double(runs)
    let deviation = (errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(runs - 1)).squareRoot()
    #expect(abs(mean) < 3 * deviation / Double(runs).squareRoot())
    // The deviation of 60 runs is itself good to 9 %.
    #expect(abs(deviation / quoted - 1) < 0.3)
  }

  @Test func errorIsThatOfTheVolumesWhereARunStopsEarly() {
    // The habit of adding the variances of the last live points' wide steps would double it.
    let run = perfectRun(live: 400, dimension: 6, sigma: 0.05, seed: 5)
    let evidence = NestedEvidence(deaths: run.deaths, births: run.births, seed: 1).evidence
    let expected = (evidence.information / 400).squareRoot()
    #expect(abs(evidence.error / expected - 1) < 0.2)
  }

  @Test func liveCountsFollowBirthsAndDeaths() {
    // Three draws from the prior; the first to die is replaced, the others are not.
    let run = NestedEvidence(
      deaths: [1, 2, 3, 2.5], births: [-.infinity, -.infinity, -.infinity, 1], seed: 1)
    #expect(run.order == [0, 1, 3, 2])
    #expect(run.liveCounts == [3, 3, 2, 1])
  }

  @Test func tiesDieOneAfterAnother() {
    let run = NestedEvidence(
      deaths: [1, 1, 1, 5, 5, 6], births: [-.infinity, -.infinity, -.infinity, -.infinity, 1, 1], seed: 1)
    // Those born at the contour are not alive on it.
    #expect(run.liveCounts == [4, 3, 2, 3, 2, 1])
  }

  @Test func priorPointsWithoutLikelihoodShrinkTheVolume() {
    // Half of the prior has no likelihood, the rest a constant one: Z = 1/2.
    let deaths = [Double](repeating: -.infinity, count: 1000) + [Double](repeating: 0, count: 1000)
    let run = NestedEvidence(
      deaths: deaths, births: [Double](repeating: -.infinity, count: 2000), seed: 1)
    #expect(abs(run.evidence.logZ - log(0.5)) < 3 * run.evidence.error + 1e-3)
    #expect(run.evidence.error < 0.05)
    #expect(run.logWeights.prefix(1000).allSatisfy { $0 == -.infinity })
  }

  @Test func weightsSumToOne() {
    let run = perfectRun(live: 50, dimension: 3, sigma: 0.1, seed: 3)
    let weights = NestedEvidence(deaths: run.deaths, births: run.births, seed: 1).logWeights
    #expect(abs(logSumExp(weights)) < 1e-12)
  }

  @Test func aSinglePointAndNone() {
    let one = NestedEvidence(deaths: [2], births: [-.infinity], seed: 1)
    #expect(abs(one.evidence.logZ - (2 - log(2))) < 1e-12)
    let none = NestedEvidence(deaths: [], births: [], seed: 1)
    #expect(none.evidence.logZ == -.infinity)
  }
}
