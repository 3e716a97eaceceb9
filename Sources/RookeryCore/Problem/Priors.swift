import Glibc

extension Prior {
  /// Uniform between two numbers.
  public static func uniform(_ lower: Double, _ upper: Double) -> Prior {
    Prior(UniformPrior(lower: lower, upper: upper))
  }
}

struct UniformPrior: PriorDistribution {
  let lower: Double
  let upper: Double

  var description: String { "uniform(\(lower), \(upper))" }
  var complaint: String? {
    guard lower.isFinite, upper.isFinite else { return "needs finite bounds" }
    return lower < upper ? nil : "needs its lower bound below its upper bound"
  }
  func value(at u: Double) -> Double { lower + u * (upper - lower) }
  func cumulative(_ x: Double) -> Double { min(max((x - lower) / (upper - lower), 0), 1) }
  func logDensity(_ x: Double) -> Double {
    x >= lower && x <= upper ? -log(upper - lower) : -.infinity
  }
}
