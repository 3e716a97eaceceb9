import Glibc

/// What it does to the error of log Z that points descend from each other.
///
/// Chains start from live points. Where they cannot leave the mode they start in, the number of live points of a mode is not what its
/// volume asks for but what its few first points have left in offspring, and the evidence of a mode that only one or two draws of the
/// prior have founded is as uncertain as that number.
///
/// Counted is the influence of each family on log Z, to first order: by how much log Z changes when its points count for a little more.
/// If points are independent the squares of their influences add up to the variance from the volumes. Points of one family stand and
/// fall together, so the squares of the families' sums take their place (as a bootstrap of threads by ancestor would find). Where chains
/// mix, a family dies at the rate of its share, its points' influences cancel like independent ones, and nothing changes.
struct Lineages {
  private let order: [Int]
  private let deaths: [Double]
  private let births: [Double]
  private let families: [Int]

  init(order: [Int], deaths: [Double], births: [Double], families: [Int]) {
    self.order = order
    self.deaths = deaths
    self.births = births
    self.families = families
  }

  /// The error of log Z with families over that without, at least 1.
  func errorFactor(logWeights: [Double], liveCounts: [Int]) -> Double {
    guard families.count == deaths.count, !families.isEmpty else { return 1 }
    let influences = influences(logWeights: logWeights, liveCounts: liveCounts)
    var sums: [Int: Double] = [:]
    var alone = 0.0
    for (row, influence) in influences.enumerated() {
      sums[families[row], default: 0] += influence
      alone += influence * influence
    }
    // In the order of rows: a sum in the order of a hash would differ from run to run.
    let together = families.indices.reduce(0.0) { sum, row in
      guard let value = sums.removeValue(forKey: families[row]) else { return sum }
      return sum + value * value
    }
    return alone > 0 ? max(1, (together / alone).squareRoot()) : 1
  }

  /// The derivative of log Z by the number of times that each row counts.
  ///
  /// With weights g the volume shrinks by exp(-g / G) at a death where G are alive. A death adds the weight of its point, and takes its
  /// step from the evidence within; each point alive makes both smaller.
  func influences(logWeights: [Double], liveCounts: [Int]) -> [Double] {
    let within = NestedEvidence.shareWithin(logWeights)
    // The gain of a death, and the sum over deaths so far of the gain that each of the points alive loses.
    var gains = [Double](repeating: 0, count: order.count)
    var losses = [0.0]
    losses.reserveCapacity(order.count + 1)
    for i in order.indices {
      let alive = Double(liveCounts[i])
      gains[i] = exp(logWeights[i]) - within[i] / alive
      losses.append(losses[i] + gains[i] / alive)
    }
    let sortedDeaths = order.map { deaths[$0] }
    var influences = [Double](repeating: 0, count: order.count)
    for (i, row) in order.enumerated() {
      // Alive at every death above the birth contour up to its own.
      let first = births[row] == -.infinity ? 0 : Self.count(of: sortedDeaths, upTo: births[row])
      influences[row] = gains[i] - (losses[i + 1] - losses[first])
    }
    return influences
  }

  private static func count(of sorted: [Double], upTo value: Double) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
