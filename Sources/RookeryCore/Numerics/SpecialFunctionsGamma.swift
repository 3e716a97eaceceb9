import Glibc

extension SpecialFunctions {
  /// ln Γ(x) for x > 0.
  package static func logGamma(_ x: Double) -> Double { lgamma(x).0 }

  /// P(a, x) = γ(a, x) / Γ(a) and Q = 1 - P, the distribution function of the gamma distribution and its complement.
  ///
  /// Below x = a + 1 by the series, above by the continued fraction (DLMF 8.11.4, 8.9.2) with the method of Lentz as
  /// modified by Thompson and Barnett (1986), doi:10.1016/0021-9991(86)90046-X. The work grows as √a.
  package static func incompleteGamma(shape a: Double, at x: Double) -> (lower: Double, upper: Double) {
    guard x > 0 else { return x.isNaN ? (.nan, .nan) : (0, 1) }
    guard x < .infinity else { return (1, 0) }
    let front = exp(logPoissonTerm(a, x))
    if x < a + 1 {
      var term = 1.0
      var sum = 1.0
      var n = a
      while term > sum * 1e-17 {
        n += 1
        term *= x / n
        sum += term
      }
      let lower = min(front * sum, 1)
      return (lower, 1 - lower)
    }
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var fraction = d
    for i in 1..<10_000_000 {
      let an = -Double(i) * (Double(i) - a)
      b += 2
      d = 1 / nonzero(an * d + b)
      c = nonzero(b + an / c)
      fraction *= d * c
      if abs(d * c - 1) < 2e-16 { break }
    }
    let upper = min(front * a * fraction, 1)
    return (1 - upper, upper)
  }

  /// The x at which the lower and upper incomplete gamma functions are the given pair, which adds up to one.
  ///
  /// Newton's method in ln x on the logarithm of the smaller tail. Both tails are log-concave in ln x, so that the
  /// steps cannot wander; the start is the limit at small x, or Wilson and Hilferty's normal approximation.
  package static func inverseIncompleteGamma(shape a: Double, lower p: Double, upper q: Double) -> Double {
    if p <= 0 { return 0 }
    if q <= 0 { return .infinity }
    var start = (log(p) + logGamma(a + 1)) / a
    if a > 1 {
      let z = inverseNormalCDF(offset: p < q ? p - 0.5 : 0.5 - q, tail: min(p, q))
      let root = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
      if root > 0 { start = max(start, log(a) + 3 * log(root)) }
    } else if p > q {
      // The quantile of the exponential distribution, which lies above that of any a < 1.
      start = log(-log(q))
    }
    return exp(
      logTailRoot(start: start, lower: p, upper: q) { t in
        let x = exp(t)
        let tails = incompleteGamma(shape: a, at: x)
        return (tails.lower, tails.upper, a * exp(logPoissonTerm(a, x)))
      })
  }

  /// ln of x^a e^-x / Γ(a + 1) without the cancellation that the plain form suffers at large a.
  ///
  /// Loader (2000), "Fast and accurate computation of binomial probabilities".
  static func logPoissonTerm(_ a: Double, _ x: Double) -> Double {
    -stirlingError(a) - deviance(a, x) - halfLogTwoPi - 0.5 * log(a)
  }

  /// ln Γ(a + 1) - (a + ½) ln a + a - ½ ln 2π, what Stirling's formula leaves out.
  static func stirlingError(_ a: Double) -> Double {
    if a < 15 { return logGamma(a + 1) - (a + 0.5) * log(a) + a - halfLogTwoPi }
    let r = 1 / (a * a)
    return (1 / 12.0 - r * (1 / 360.0 - r * (1 / 1260.0 - r * (1 / 1680.0 - r / 1188)))) / a
  }

  /// x ln(x / mean) + mean - x, by a series where the two are near each other.
  static func deviance(_ x: Double, _ mean: Double) -> Double {
    let difference = x - mean
    let v = difference / (x + mean)
    guard abs(v) < 0.1 else { return x * (log(x) - log(mean)) + mean - x }
    var sum = difference * v
    var term = 2 * x * v
    for j in 1..<100 {
      term *= v * v
      let next = sum + term / Double(2 * j + 1)
      if next == sum { break }
      sum = next
    }
    return sum
  }

  static func nonzero(_ x: Double) -> Double { abs(x) < 1e-300 ? 1e-300 : x }

  /// The t at which a distribution has the given tails: Newton's method on the logarithm of the smaller tail, with
  /// bisection where a step leaves the bracket.
  ///
  /// - Parameter tails: the lower and the upper tail and the density at t.
  static func logTailRoot(
    start: Double, lower p: Double, upper q: Double,
    tails: (Double) -> (lower: Double, upper: Double, density: Double)
  ) -> Double {
    let fromBelow = p <= q
    let target = log(fromBelow ? p : q)
    var low = -Double.infinity
    var high = Double.infinity
    var t = start
    for _ in 0..<200 {
      let at = tails(t)
      let tail = fromBelow ? at.lower : at.upper
      // Positive where t is too high.
      let excess = fromBelow ? log(tail) - target : target - log(tail)
      if excess > 0 { high = t } else { low = t }
      var next = t - excess * tail / at.density
      if next == t { return t }
      if !(next > low && next < high) || !next.isFinite {
        // With one end open, strides that double, so that the bracket closes whatever the start.
        next =
          low == -.infinity
          ? high - 2 * max(1, abs(high - start))
          : high == .infinity ? low + 2 * max(1, abs(low - start)) : 0.5 * (low + high)
      }
      let step = abs(next - t)
      t = next
      // Convergence is quadratic: after a step this small the error is below rounding.
      if step <= 1e-11 * max(1, abs(t)) { break }
    }
    return t
  }
}
