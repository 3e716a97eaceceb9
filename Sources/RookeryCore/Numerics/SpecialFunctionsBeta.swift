import Glibc

extension SpecialFunctions {
  /// ln B(a, b) = ln Γ(a) + ln Γ(b) - ln Γ(a + b), without cancellation where one or both are large.
  package static func logBeta(_ a: Double, _ b: Double) -> Double {
    let sum = a + b
    let shares = a > b ? (a * log1p(-b / sum), b * log(b / sum)) : (a * log(a / sum), b * log1p(-a / sum))
    return halfLogTwoPi - 0.5 * (log(a) + log(b) - log(sum)) + shares.0 + shares.1
      + stirlingError(a) + stirlingError(b) - stirlingError(sum)
  }

  /// I_x(a, b), the regularised incomplete beta function, and 1 - I.
  ///
  /// By the continued fraction DLMF 8.17.22 with the method of Lentz on the side where it converges fast; the work
  /// grows as √max(a, b).
  ///
  /// - Parameters:
  ///   - x: where.
  ///   - y: 1 - x, given apart so that it keeps its digits near x = 1.
  package static func incompleteBeta(
    _ a: Double, _ b: Double, x: Double, y: Double
  ) -> (lower: Double, upper: Double) {
    if x.isNaN || y.isNaN { return (.nan, .nan) }
    if x <= 0 { return (0, 1) }
    if y <= 0 { return (1, 0) }
    let front = exp(logBetaTerm(a, b, x: x, y: y))
    if x <= (a + 1) / (a + b + 2) {
      let lower = min(front / a * betaFraction(a, b, x), 1)
      return (lower, 1 - lower)
    }
    let upper = min(front / b * betaFraction(b, a, y), 1)
    return (1 - upper, upper)
  }

  /// The logit ln(x / (1 - x)) at which I_x(a, b) and its complement are the given pair, which adds up to one.
  ///
  /// Newton's method on the logarithm of the smaller tail, both of which are log-concave in the logit. The logit keeps
  /// the digits of x and of 1 - x alike.
  package static func inverseIncompleteBetaLogit(
    _ a: Double, _ b: Double, lower p: Double, upper q: Double
  ) -> Double {
    if p <= 0 { return -.infinity }
    if q <= 0 { return .infinity }
    let logB = logBeta(a, b)
    // The limits of the two tails at x near 0 and near 1, which the quantile never passes by much.
    let start =
      p <= q
      ? min(log(a / b), (log(p) + log(a) + logB) / a)
      : max(log(a / b), -(log(q) + log(b) + logB) / b)
    return logTailRoot(start: start, lower: p, upper: q) { t in
      let x = 1 / (1 + exp(-t))
      let y = 1 / (1 + exp(t))
      let tails = incompleteBeta(a, b, x: x, y: y)
      return (tails.lower, tails.upper, exp(logBetaTerm(a, b, x: x, y: y)))
    }
  }

  /// The x at which I_x(a, b) and its complement are the given pair.
  package static func inverseIncompleteBeta(
    _ a: Double, _ b: Double, lower p: Double, upper q: Double
  ) -> Double {
    1 / (1 + exp(-inverseIncompleteBetaLogit(a, b, lower: p, upper: q)))
  }

  /// ln of x^a y^b / B(a, b), Loader's way.
  private static func logBetaTerm(_ a: Double, _ b: Double, x: Double, y: Double) -> Double {
    let sum = a + b
    return stirlingError(sum) - stirlingError(a) - stirlingError(b)
      - deviance(a, sum * x) - deviance(b, sum * y)
      - halfLogTwoPi + 0.5 * (log(a) + log(b) - log(sum))
  }

  private static func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    var c = 1.0
    var d = 1 / nonzero(1 - (a + b) * x / (a + 1))
    var fraction = d
    for i in 1..<10_000_000 {
      let m = Double(i)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / nonzero(1 + even * d)
      c = nonzero(1 + even / c)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / nonzero(1 + odd * d)
      c = nonzero(1 + odd / c)
      fraction *= d * c
      if abs(d * c - 1) < 2e-16 { break }
    }
    return fraction
  }
}
