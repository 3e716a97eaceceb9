import Glibc

/// The functions behind the priors. Each gives relative errors of about 1e-13 or better unless it says otherwise.
///
/// Distribution functions come as a pair of the lower and the upper tail, and their inverses take such a pair, so that
/// neither end of a distribution loses digits to `1 - p`.
package enum SpecialFunctions {
  /// ½ ln 2π.
  static let halfLogTwoPi = 0.918_938_533_204_672_8

  /// Φ(x), the standard normal distribution function: ½ erfc(-x/√2).
  package static func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }

  /// ln Φ(x), also where Φ(x) itself is too small for a `Double`.
  ///
  /// Below -30 by the asymptotic series of Abramowitz and Stegun (1964), 26.2.12.
  package static func logNormalCDF(_ x: Double) -> Double {
    if x > 0 { return log1p(-normalCDF(-x)) }
    if x > -30 { return log(normalCDF(x)) }
    if x == -.infinity { return x }
    return -0.5 * x * x - halfLogTwoPi - log(-x) + log1p(millsSeries(x))
  }

  /// Φ(x) |x| / φ(x) - 1 for x below -30: -1/x² + 3/x⁴ - 15/x⁶ + …
  private static func millsSeries(_ x: Double) -> Double {
    let r = 1 / (x * x)
    return -r * (1 - 3 * r * (1 - 5 * r * (1 - 7 * r * (1 - 9 * r * (1 - 11 * r)))))
  }

  /// Φ⁻¹(p); minus and plus infinity at 0 and 1.
  package static func inverseNormalCDF(_ p: Double) -> Double {
    inverseNormalCDF(offset: p - 0.5, tail: min(p, 1 - p))
  }

  /// Φ⁻¹(½ + offset), where `tail` is ½ - |offset|: each given to full precision.
  ///
  /// Algorithm AS 241, PPND16, of Wichura (1988), Applied Statistics 37, 477, doi:10.2307/2347330.
  package static func inverseNormalCDF(offset: Double, tail: Double) -> Double {
    if abs(offset) <= 0.425 {
      let r = 0.180625 - offset * offset
      return offset * polynomial(centreTop, r) / polynomial(centreBottom, r)
    }
    if tail <= 0 { return tail == 0 ? .infinity * (offset < 0 ? -1 : 1) : .nan }
    let r = (-log(tail)).squareRoot()
    let x =
      r <= 5
      ? polynomial(middleTop, r - 1.6) / polynomial(middleBottom, r - 1.6)
      : polynomial(farTop, r - 5) / polynomial(farBottom, r - 5)
    return offset < 0 ? -x : x
  }

  /// The x at which ln Φ(x) is the given number.
  ///
  /// Where Φ(x) is too small for a `Double` by Newton's method on ln Φ, whose slope there is |x| / (1 + series).
  package static func inverseLogNormalCDF(_ logProbability: Double) -> Double {
    if logProbability > -600 { return inverseNormalCDF(exp(logProbability)) }
    if logProbability == -.infinity { return -.infinity }
    let square = -2 * logProbability
    var x = -(square - log(square) - 2 * halfLogTwoPi).squareRoot()
    for _ in 0..<4 { x += (logNormalCDF(x) - logProbability) * (1 + millsSeries(x)) / x }
    return x
  }

  private typealias Coefficients = (Double, Double, Double, Double, Double, Double, Double, Double)

  @inline(__always)
  private static func polynomial(_ c: Coefficients, _ x: Double) -> Double {
    let high = ((c.7 * x + c.6) * x + c.5) * x + c.4
    return (((high * x + c.3) * x + c.2) * x + c.1) * x + c.0
  }

  private static let centreTop: Coefficients = (
    3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3
  )
  private static let centreBottom: Coefficients = (
    1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
    2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3
  )
  private static let middleTop: Coefficients = (
    1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
    3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
    2.27238449892691845833e-2, 7.74545014278341407640e-4
  )
  private static let middleBottom: Coefficients = (
    1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
    1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
    1.05075007164441684324e-9
  )
  private static let farTop: Coefficients = (
    6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
    2.71155556874348757815e-5, 2.01033439929228813265e-7
  )
  private static let farBottom: Coefficients = (
    1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
    2.04426310338993978564e-15
  )
}
