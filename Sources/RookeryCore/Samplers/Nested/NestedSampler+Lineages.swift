import Glibc

extension NestedSampler {
  /// A larger error than this times that of independent points is worth a word.
  private static let remarkable = 1.5

  /// That few draws of the prior have offspring where the posterior is, and what it does to the error.
  func lineageFinding(of run: NestedEvidence) -> Finding? {
    guard run.lineageFactor > Self.remarkable else { return nil }
    var shares: [Int: Double] = [:]
    for (row, weight) in zip(run.order, run.logWeights) { shares[families[row], default: 0] += exp(weight) }
    let founders = 1 / shares.values.sorted().reduce(0) { $0 + $1 * $1 }
    return Finding(
      "few-lineages", .warning, ["founders": founders, "error_factor": run.lineageFactor], remedies: [.live])
  }
}
