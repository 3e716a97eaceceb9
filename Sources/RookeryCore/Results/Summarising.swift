import Glibc

extension RunResult {
  /// With fewer effective samples a mean is that of a handful of points.
  private static let fewestToSummarise = 50.0

  /// Why means, deviations and intervals of this result would mean nothing, in words; nil where they mean something. Tables and
  /// reports then show dashes, and JSON null.
  public var obstacleToSummary: String? { obstacleToSummary(findings()) }

  func obstacleToSummary(_ findings: [Finding]) -> String? {
    let size = effectiveSampleSize
    if size < Self.fewestToSummarise {
      return "too few effective samples to summarise: \(fixed(size, size < 10 ? 1 : 0)), and it takes "
        + "\(Int(Self.fewestToSummarise))"
    }
    return findings.contains { $0.code == Finding.evidenceLeft }
      ? "too little of the evidence was found to summarise" : nil
  }

  /// Of a nested run that was stopped while more evidence was left within its last contour than lay outside: the posterior has not been
  /// found.
  func evidenceLeftFinding() -> Finding? {
    guard ending != .converged, let births = birthLogLikelihoods, let peak = logLikelihoods.last else {
      return nil
    }
    let last = births.max() ?? -.infinity
    let dead = logLikelihoods.firstIndex { $0 > last } ?? logLikelihoods.count
    let counts = NestedEvidence.liveCounts(deaths: logLikelihoods, births: births)
    let logVolume = counts[..<dead].reduce(0) { $0 - log1p(1 / Double($1)) }
    let found = logWeights[..<dead].reduce(0) { $0 + exp($1) }
    // What the volume left would hold at the highest likelihood.
    let left = exp(peak + logVolume - evidence.logZ)
    return left > found ? .evidenceLeft(share: left / (left + found)) : nil
  }
}

extension Finding {
  static let evidenceLeft = "evidence-left"

  /// - Parameter share: how much of the evidence has not been accounted for, 0 to 1.
  static func evidenceLeft(share: Double) -> Finding { Finding(evidenceLeft, .failure, ["share": share]) }
}
