import Glibc

extension Prior {
  /// Exponential of the given mean: density e^(-x / mean) / mean.
  public static func exponential(mean: Double) -> Prior {
    Prior(ExponentialPrior(mean: mean))
  }

  /// Gamma: density proportional to x^(shape - 1) e^(-x / scale), of mean shape · scale.
  public static func gamma(shape: Double, scale: Double) -> Prior {
    Prior(GammaPrior(shape: shape, scale: scale))
  }

  /// Beta: density between the bounds proportional to s^(alpha - 1) (1 - s)^(beta - 1), s being the share of the range below x.
  public static func beta(_ alpha: Double, _ beta: Double, lower: Double = 0, upper: Double = 1) -> Prior {
    Prior(BetaPrior(alpha: alpha, beta: beta, lower: lower, upper: upper))
  }
}

private func isPositive(_ x: Double) -> Bool { x > 0 && x.isFinite }

struct ExponentialPrior: PriorDistribution {
  let mean: Double

  var description: String { "exponential(mean: \(mean))" }
  var complaint: String? { isPositive(mean) ? nil : "needs a mean that is positive and finite" }
  func value(at u: Double) -> Double { -mean * log1p(-u) }
  func value(above v: Double) -> Double { -mean * log(v) }
  func cumulative(_ x: Double) -> Double { x <= 0 ? 0 : -expm1(-x / mean) }
  func logDensity(_ x: Double) -> Double { x >= 0 ? -x / mean - log(mean) : -.infinity }
  func logDensitySlope(_ x: Double) -> Double { -1 / mean }
}

struct GammaPrior: PriorDistribution {
  let shape: Double
  let scale: Double

  var description: String { "gamma(shape: \(shape), scale: \(scale))" }
  var complaint: String? {
    isPositive(shape) && isPositive(scale) ? nil : "needs a shape and a scale that are positive and finite"
  }
  func value(at u: Double) -> Double {
    scale * SpecialFunctions.inverseIncompleteGamma(shape: shape, lower: u, upper: 1 - u)
  }
  func value(above v: Double) -> Double {
    scale * SpecialFunctions.inverseIncompleteGamma(shape: shape, lower: 1 - v, upper: v)
  }
  func cumulative(_ x: Double) -> Double {
    SpecialFunctions.incompleteGamma(shape: shape, at: x / scale).lower
  }
  func logDensity(_ x: Double) -> Double {
    guard x >= 0, x < .infinity else { return -.infinity }
    guard x > 0 else { return shape < 1 ? .infinity : shape > 1 ? -.infinity : -log(scale) }
    return SpecialFunctions.logPoissonTerm(shape, x / scale) + log(shape) - log(x)
  }
  func logDensitySlope(_ x: Double) -> Double { (shape - 1) / x - 1 / scale }
}

struct BetaPrior: PriorDistribution {
  let alpha: Double
  let beta: Double
  var lower = 0.0
  var upper = 1.0

  private var width: Double { upper - lower }

  var description: String {
    (lower, upper) == (0, 1)
      ? "beta(\(alpha), \(beta))" : "beta(\(alpha), \(beta), lower: \(lower), upper: \(upper))"
  }
  var givenRange: (lower: Double, upper: Double)? { (lower, upper) }
  var complaint: String? {
    guard isPositive(alpha), isPositive(beta) else {
      return "needs an alpha and a beta that are positive and finite"
    }
    return rangeComplaint(lower: lower, upper: upper)
  }
  func value(at u: Double) -> Double { value(below: u, above: 1 - u) }
  func value(above v: Double) -> Double { value(below: 1 - v, above: v) }
  private func value(below u: Double, above v: Double) -> Double {
    min(lower + width * SpecialFunctions.inverseIncompleteBeta(alpha, beta, lower: u, upper: v), upper)
  }
  func cumulative(_ x: Double) -> Double {
    SpecialFunctions.incompleteBeta(alpha, beta, x: (x - lower) / width, y: (upper - x) / width).lower
  }
  func logDensity(_ x: Double) -> Double {
    guard x >= lower, x <= upper else { return -.infinity }
    // A power of zero is one, even of zero.
    let share = (x - lower) / width
    let left = alpha == 1 ? 0 : (alpha - 1) * log(share)
    let right = beta == 1 ? 0 : (beta - 1) * log1p(-share)
    return left + right - SpecialFunctions.logBeta(alpha, beta) - log(width)
  }
  func logDensitySlope(_ x: Double) -> Double { (alpha - 1) / (x - lower) - (beta - 1) / (upper - x) }
}
