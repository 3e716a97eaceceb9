import Glibc

/// Where the next batch of a dynamic run serves best (Higson, Handley, Hobson & Lasenby 2019, arXiv:1704.03459, equations 13
/// and 14).
///
/// A point more on a contour helps the posterior in proportion to the weight there, and the evidence in proportion to the
/// evidence within, over the number of points alive.
struct BatchPlan {
  let logZ: Double
  /// One standard deviation of log Z, to first order in the volumes.
  let error: Double
  let effectiveSize: Double
  private let logL: [Double]
  private let posterior: [Double]
  private let evidence: [Double]
  private let liveCounts: [Int]
  private let highest: Double

  /// A batch covers the contours on which it helps at least so much, as a part of the most.
  private static let part = 0.8

  /// - Parameter highest: the contour on which the first run ended; no batch goes beyond.
  init(deaths: [Double], births: [Double], families: [Int] = [], highest: Double) {
    let run = NestedEvidence(deaths: deaths, births: births, families: families, seed: 0, simulations: 0)
    logZ = run.evidence.logZ
    error = run.evidence.error
    effectiveSize = kishSize(logWeights: run.logWeights)
    logL = run.order.map { deaths[$0] }
    posterior = run.logWeights.map { exp($0) }
    let within = NestedEvidence.shareWithin(run.logWeights)
    let help = zip(within, run.liveCounts).map { $0 / Double($1) }
    let total = help.reduce(0, +)
    evidence = help.map { $0 / total }
    liveCounts = run.liveCounts
    self.highest = highest
  }

  /// The contours between which the next batch is to run, the lower one minus infinity for the whole prior, and how many points are
  /// alive at most between them.
  func range(posteriorShare: Double) -> (lower: Double, upper: Double, alive: Int) {
    let help = zip(posterior, evidence).map { posteriorShare * $0 + (1 - posteriorShare) * $1 }
    let least = Self.part * (help.max() ?? 0)
    guard let first = help.firstIndex(where: { $0 >= least }),
      let last = help.lastIndex(where: { $0 >= least })
    else { return (-.infinity, highest, 0) }
    let lower = min(logL[..<first].last { $0 < logL[first] } ?? -.infinity, highest)
    let upper = min(last + 1 < logL.count ? logL[last + 1] : highest, highest)
    let alive = liveCounts[first...last].max() ?? 0
    // Where the first run ended on one contour there is no room above: then from the bottom.
    return lower < upper ? (lower, upper, alive) : (-.infinity, highest, alive)
  }
}
