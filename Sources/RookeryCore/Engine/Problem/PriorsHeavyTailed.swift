import Glibc

extension Prior {
  /// Student's t, moved to `location` and widened by `scale`.
  public static func studentT(degrees: Double, location: Double = 0, scale: Double = 1) -> Prior {
    Prior(StudentTPrior(degrees: degrees, location: location, scale: scale))
  }

  /// Cauchy, also called Lorentz: density 1 / (π scale (1 + z²)) with z = (x - location) / scale.
  public static func cauchy(location: Double = 0, scale: Double = 1) -> Prior {
    Prior(CauchyPrior(location: location, scale: scale))
  }

  /// The absolute value of Student's t, widened by `scale`: the usual prior of a standard deviation of a hierarchy with few groups (Gelman
  /// 2006, doi:10.1214/06-BA117A).
  public static func halfStudentT(degrees: Double, scale: Double = 1) -> Prior {
    Prior(HalfStudentTPrior(degrees: degrees, scale: scale))
  }

  /// The absolute value of a Cauchy number: density 2 / (π scale (1 + (x / scale)²)) above zero.
  public static func halfCauchy(scale: Double = 1) -> Prior {
    Prior(HalfCauchyPrior(scale: scale))
  }
}

private func locationComplaint(location: Double, scale: Double) -> String? {
  guard location.isFinite else { return "needs a finite location" }
  return scale > 0 && scale.isFinite ? nil : "needs a scale that is positive and finite"
}

private func degreesComplaint(_ degrees: Double) -> String? {
  degrees > 0 && degrees.isFinite ? nil : "needs degrees of freedom that are positive and finite"
}

/// By P(|t| > τ) = I_w(degrees / 2, ½) with w = degrees / (degrees + τ²), DLMF 8.17 and Abramowitz and Stegun
/// 26.5.27.
struct StudentTPrior: PriorDistribution {
  let degrees: Double
  let location: Double
  let scale: Double

  var description: String { "studentT(degrees: \(degrees), location: \(location), scale: \(scale))" }
  var complaint: String? {
    locationComplaint(location: location, scale: scale) ?? degreesComplaint(degrees)
  }
  func value(at u: Double) -> Double {
    let t = distance(tail: min(u, 1 - u), rest: abs(2 * u - 1))
    return location + scale * (u < 0.5 ? -t : t)
  }
  func value(above v: Double) -> Double {
    let t = distance(tail: min(v, 1 - v), rest: abs(2 * v - 1))
    return location + scale * (v < 0.5 ? t : -t)
  }
  /// How far from the centre, in scales, `tail` lies further out on one side, with `rest` between the two sides.
  func distance(tail: Double, rest: Double) -> Double {
    let logit = SpecialFunctions.inverseIncompleteBetaLogit(degrees / 2, 0.5, lower: 2 * tail, upper: rest)
    // τ² = degrees (1 - w) / w; the root is taken first, or τ² would overflow long before τ does.
    return degrees.squareRoot() * exp(-0.5 * logit)
  }
  func cumulative(_ x: Double) -> Double {
    let z = (x - location) / scale
    let r = abs(z) / degrees.squareRoot()
    let tails = SpecialFunctions.incompleteBeta(
      degrees / 2, 0.5, x: 1 / (1 + r * r), y: 1 / (1 + 1 / (r * r)))
    return z < 0 ? 0.5 * tails.lower : 0.5 + 0.5 * tails.upper
  }
  func logDensity(_ x: Double) -> Double {
    let z = (x - location) / scale
    return -SpecialFunctions.logBeta(degrees / 2, 0.5) - 0.5 * log(degrees) - log(scale)
      - 0.5 * (degrees + 1) * log1p(z * z / degrees)
  }
  func logDensitySlope(_ x: Double) -> Double {
    let z = (x - location) / scale
    return -(degrees + 1) * z / (degrees + z * z) / scale
  }
}

struct CauchyPrior: PriorDistribution {
  let location: Double
  let scale: Double

  var description: String { "cauchy(location: \(location), scale: \(scale))" }
  var complaint: String? { locationComplaint(location: location, scale: scale) }
  func value(at u: Double) -> Double {
    // The cotangent of the tail keeps its digits where tan(π(u - ½)) loses them.
    if u < 0.25 { return location - scale / tan(.pi * u) }
    if u > 0.75 { return location + scale / tan(.pi * (1 - u)) }
    return location + scale * tan(.pi * (u - 0.5))
  }
  func value(above v: Double) -> Double {
    if v < 0.25 { return location + scale / tan(.pi * v) }
    return value(at: 1 - v)
  }
  func cumulative(_ x: Double) -> Double {
    let z = (x - location) / scale
    return z < -1 ? atan(-1 / z) / .pi : 0.5 + atan(z) / .pi
  }
  func logDensity(_ x: Double) -> Double {
    let z = (x - location) / scale
    return -log(.pi * scale) - log1p(z * z)
  }
  func logDensitySlope(_ x: Double) -> Double {
    let z = (x - location) / scale
    return -2 * z / (1 + z * z) / scale
  }
}

struct HalfStudentTPrior: PriorDistribution {
  let degrees: Double
  let scale: Double

  private var whole: StudentTPrior { StudentTPrior(degrees: degrees, location: 0, scale: scale) }

  var description: String { "halfStudentT(degrees: \(degrees), scale: \(scale))" }
  var complaint: String? { whole.complaint }
  func value(at u: Double) -> Double { scale * whole.distance(tail: (1 - u) / 2, rest: u) }
  func value(above v: Double) -> Double { scale * whole.distance(tail: v / 2, rest: 1 - v) }
  func cumulative(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    let r = x / scale / degrees.squareRoot()
    return SpecialFunctions.incompleteBeta(
      degrees / 2, 0.5, x: 1 / (1 + r * r), y: 1 / (1 + 1 / (r * r))
    ).upper
  }
  func logDensity(_ x: Double) -> Double { x >= 0 ? M_LN2 + whole.logDensity(x) : -.infinity }
  func logDensitySlope(_ x: Double) -> Double { whole.logDensitySlope(x) }
}

struct HalfCauchyPrior: PriorDistribution {
  let scale: Double

  private var whole: CauchyPrior { CauchyPrior(location: 0, scale: scale) }

  var description: String { "halfCauchy(scale: \(scale))" }
  var complaint: String? { whole.complaint }
  func value(at u: Double) -> Double {
    u < 0.5 ? scale * tan(.pi / 2 * u) : scale / tan(.pi / 2 * (1 - u))
  }
  func value(above v: Double) -> Double { scale / tan(.pi / 2 * v) }
  func cumulative(_ x: Double) -> Double { x <= 0 ? 0 : atan(x / scale) * M_2_PI }
  func logDensity(_ x: Double) -> Double { x >= 0 ? M_LN2 + whole.logDensity(x) : -.infinity }
  func logDensitySlope(_ x: Double) -> Double { whole.logDensitySlope(x) }
}
