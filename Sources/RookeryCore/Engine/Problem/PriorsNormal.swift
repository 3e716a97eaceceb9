import Glibc

extension Prior {
  /// Normal of the given mean and standard deviation.
  public static func normal(mean: Double, deviation: Double) -> Prior {
    Prior(NormalPrior(mean: mean, deviation: deviation))
  }

  /// Normal of the given mean and standard deviation *before* it is cut off at the bounds, either of which
  /// may be infinite.
  public static func truncatedNormal(
    mean: Double, deviation: Double, lower: Double = -.infinity, upper: Double = .infinity
  ) -> Prior {
    Prior(TruncatedNormalPrior(mean: mean, deviation: deviation, lower: lower, upper: upper))
  }

  /// The absolute value of a normal number of mean zero and the given standard deviation.
  public static func halfNormal(deviation: Double) -> Prior {
    Prior(HalfNormalPrior(deviation: deviation))
  }

  /// A number whose natural logarithm is normal.
  public static func logNormal(logMean: Double, logDeviation: Double) -> Prior {
    Prior(LogNormalPrior(logMean: logMean, logDeviation: logDeviation))
  }
}

private func normalComplaint(mean: Double, deviation: Double) -> String? {
  guard mean.isFinite else { return "needs a finite mean" }
  return deviation > 0 && deviation.isFinite ? nil : "needs a deviation that is positive and finite"
}

/// ln φ(z) - ln scale.
private func logNormalDensity(_ z: Double, scale: Double) -> Double {
  -0.5 * z * z - SpecialFunctions.halfLogTwoPi - log(scale)
}

struct NormalPrior: PriorDistribution {
  let mean: Double
  let deviation: Double

  var description: String { "normal(mean: \(mean), deviation: \(deviation))" }
  var complaint: String? { normalComplaint(mean: mean, deviation: deviation) }
  func value(at u: Double) -> Double { mean + deviation * SpecialFunctions.inverseNormalCDF(u) }
  func value(atNormal z: Double) -> Double { mean + deviation * z }
  func cumulative(_ x: Double) -> Double { SpecialFunctions.normalCDF((x - mean) / deviation) }
  func logDensity(_ x: Double) -> Double { logNormalDensity((x - mean) / deviation, scale: deviation) }
  func logDensitySlope(_ x: Double) -> Double { (mean - x) / (deviation * deviation) }
  func slope(atNormal z: Double, value x: Double) -> Double { deviation }
}

/// Works on the lower side of the normal, mirrored if need be, and there in logarithms: far out Φ is below
/// what a number can hold and 1 - Φ has no digits.
struct TruncatedNormalPrior: PriorDistribution {
  let mean: Double
  let deviation: Double
  let lower: Double
  let upper: Double
  /// The range in standard deviations, mirrored so that it reaches at least as far below zero as above.
  private let low: Double
  private let high: Double
  private let isMirrored: Bool
  /// ln Φ(high), Φ(low) / Φ(high) and one minus that.
  private let logHigh: Double
  private let share: Double
  private let rest: Double

  init(mean: Double, deviation: Double, lower: Double, upper: Double) {
    (self.mean, self.deviation, self.lower, self.upper) = (mean, deviation, lower, upper)
    let (a, b) = ((lower - mean) / deviation, (upper - mean) / deviation)
    isMirrored = a + b > 0
    (low, high) = isMirrored ? (-b, -a) : (a, b)
    logHigh = SpecialFunctions.logNormalCDF(high)
    let logShare = SpecialFunctions.logNormalCDF(low) - logHigh
    share = exp(logShare)
    rest = -expm1(logShare)
  }

  var description: String {
    "truncatedNormal(mean: \(mean), deviation: \(deviation), lower: \(lower), upper: \(upper))"
  }
  var givenRange: (lower: Double, upper: Double)? { (lower, upper) }

  var complaint: String? {
    if let wrong = normalComplaint(mean: mean, deviation: deviation) { return wrong }
    guard lower < upper else { return "needs its lower bound below its upper bound" }
    return logHigh.isFinite && rest > 0
      ? nil : "has no mass between its bounds: they are too far out or too near"
  }

  func value(at u: Double) -> Double { value(below: u, above: 1 - u) }
  func value(above v: Double) -> Double { value(below: 1 - v, above: v) }

  private func value(below u: Double, above v: Double) -> Double {
    let (below, above) = isMirrored ? (v, u) : (u, v)
    let logShareBelow = above < 0.5 ? log1p(-above * rest) : log(share + below * rest)
    var z: Double
    if logHigh + logShareBelow < -M_LN2 {
      z = SpecialFunctions.inverseLogNormalCDF(logHigh + logShareBelow)
    } else {
      // Above the median: from the mass above, which keeps its digits there.
      let tail = SpecialFunctions.normalCDF(-high) + above * rest * exp(logHigh)
      z = -SpecialFunctions.inverseNormalCDF(tail)
    }
    if isMirrored { z = -z }
    return min(max(mean + deviation * z, lower), upper)
  }

  func cumulative(_ x: Double) -> Double {
    if x <= lower { return 0 }
    if x >= upper { return 1 }
    let z = (x - mean) / deviation
    let logShareBelow = SpecialFunctions.logNormalCDF(isMirrored ? -z : z) - logHigh
    let part = isMirrored ? -expm1(logShareBelow) / rest : (exp(logShareBelow) - share) / rest
    return min(max(part, 0), 1)
  }

  func logDensity(_ x: Double) -> Double {
    guard x >= lower, x <= upper else { return -.infinity }
    return logNormalDensity((x - mean) / deviation, scale: deviation) - logHigh - log(rest)
  }

  func logDensitySlope(_ x: Double) -> Double { (mean - x) / (deviation * deviation) }
}

struct HalfNormalPrior: PriorDistribution {
  let deviation: Double

  var description: String { "halfNormal(deviation: \(deviation))" }
  var complaint: String? { normalComplaint(mean: 0, deviation: deviation) }
  func value(at u: Double) -> Double {
    deviation * SpecialFunctions.inverseNormalCDF(offset: u / 2, tail: (1 - u) / 2)
  }
  func value(above v: Double) -> Double {
    deviation * SpecialFunctions.inverseNormalCDF(offset: (1 - v) / 2, tail: v / 2)
  }
  func cumulative(_ x: Double) -> Double { x <= 0 ? 0 : erf(x / deviation * 0.5.squareRoot()) }
  func logDensity(_ x: Double) -> Double {
    x >= 0 ? M_LN2 + logNormalDensity(x / deviation, scale: deviation) : -.infinity
  }
  func logDensitySlope(_ x: Double) -> Double { -x / (deviation * deviation) }
}

struct LogNormalPrior: PriorDistribution {
  let logMean: Double
  let logDeviation: Double

  var description: String { "logNormal(logMean: \(logMean), logDeviation: \(logDeviation))" }
  var complaint: String? { normalComplaint(mean: logMean, deviation: logDeviation) }
  func value(at u: Double) -> Double { exp(logMean + logDeviation * SpecialFunctions.inverseNormalCDF(u)) }
  func value(atNormal z: Double) -> Double { exp(logMean + logDeviation * z) }
  func cumulative(_ x: Double) -> Double {
    x <= 0 ? 0 : SpecialFunctions.normalCDF((log(x) - logMean) / logDeviation)
  }
  func logDensity(_ x: Double) -> Double {
    guard x > 0 else { return -.infinity }
    return logNormalDensity((log(x) - logMean) / logDeviation, scale: logDeviation) - log(x)
  }
  func logDensitySlope(_ x: Double) -> Double {
    -(1 + (log(x) - logMean) / (logDeviation * logDeviation)) / x
  }
  func slope(atNormal z: Double, value x: Double) -> Double { logDeviation * x }
}
