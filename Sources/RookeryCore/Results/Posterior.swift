import Glibc

extension RunResult {
  /// One column of the samples or derived samples with its moments and quantiles under the posterior weights.
  public struct Marginal: Sendable, Equatable {
    public let name: String
    public let label: String
    public let unit: String
    public let mean: Double
    public let deviation: Double
    public let median: Double
    /// The quantiles at 0.16 and 0.84.
    public let lower: Double
    public let upper: Double
    /// The value at the sample of highest likelihood.
    public let best: Double
  }

  /// The marginal posteriors of all parameters and derived quantities, in order.
  public func marginals() -> [Marginal] {
    let weights = logWeights.map { exp($0) }
    let best = logLikelihoods.indices.max { logLikelihoods[$0] < logLikelihoods[$1] }
    func marginal(_ quantity: DerivedQuantity, _ column: Int, of points: PointMatrix) -> Marginal {
      let values = (0..<points.rows).map { points[$0, column] }
      let (mean, deviation) = Self.moments(values, weights)
      let quantiles = Self.quantiles([0.5, 0.16, 0.84], of: values, weights)
      return Marginal(
        name: quantity.name, label: quantity.label, unit: quantity.unit, mean: mean, deviation: deviation,
        median: quantiles[0], lower: quantiles[1], upper: quantiles[2], best: best.map { values[$0] } ?? .nan)
    }
    return parameters.enumerated().map { marginal($1.quantity, $0, of: samples) }
      + derived.enumerated().map { marginal($1, $0, of: derivedSamples) }
  }

  private static func moments(_ values: [Double], _ weights: [Double]) -> (mean: Double, deviation: Double) {
    var (sum, total) = (0.0, 0.0)
    for (value, weight) in zip(values, weights) where weight > 0 {
      sum += weight * value
      total += weight
    }
    let mean = sum / total
    var square = 0.0
    for (value, weight) in zip(values, weights) where weight > 0 {
      square += weight * (value - mean) * (value - mean)
    }
    return (mean, (square / total).squareRoot())
  }

  /// Weighted quantiles by linear interpolation of the cumulative weights, each sample at the middle of its step.
  package static func quantiles(_ levels: [Double], of values: [Double], _ weights: [Double]) -> [Double] {
    let order = values.indices.filter { weights[$0] > 0 }.sorted { values[$0] < values[$1] }
    guard let first = order.first, let last = order.last else { return levels.map { _ in .nan } }
    let total = order.reduce(0) { $0 + weights[$1] }
    var cumulative: [Double] = []
    var sum = 0.0
    for i in order {
      cumulative.append((sum + 0.5 * weights[i]) / total)
      sum += weights[i]
    }
    return levels.map { level in
      let above = cumulative.partitioningIndex { $0 >= level }
      if above == 0 { return values[first] }
      if above == order.count { return values[last] }
      let (low, high) = (cumulative[above - 1], cumulative[above])
      let share = high > low ? (level - low) / (high - low) : 1
      let (a, b) = (values[order[above - 1]], values[order[above]])
      return a + share * (b - a)
    }
  }
}

extension Array {
  /// The first index at which the condition holds, where it holds for all after it too.
  fileprivate func partitioningIndex(where condition: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension RunResult.Marginal {
  var json: [(String, JSON)] {
    [
      ("mean", .exact(mean)), ("sd", .exact(deviation)), ("median", .exact(median)), ("q16", .exact(lower)),
      ("q84", .exact(upper)), ("best", .exact(best)),
    ]
  }
}
