import Glibc

extension Prior {
  /// Uniform between two numbers.
  public static func uniform(_ lower: Double, _ upper: Double) -> Prior {
    Prior(UniformPrior(lower: lower, upper: upper))
  }

  /// Uniform in the logarithm between two positive numbers, also called Jeffreys: density 1 / (x ln(upper /
  /// lower)).
  public static func logUniform(_ lower: Double, _ upper: Double) -> Prior {
    Prior(LogUniformPrior(lower: lower, upper: upper))
  }

  /// Density proportional to sin x, x in radians: an inclination or polar angle of isotropic orientation.
  public static func sine(lower: Double = 0, upper: Double = .pi) -> Prior {
    Prior(SinePrior(lower: lower, upper: upper))
  }

  /// Density proportional to cos x, x in radians: a latitude or declination of isotropic direction.
  public static func cosine(lower: Double = -.pi / 2, upper: Double = .pi / 2) -> Prior {
    Prior(CosinePrior(lower: lower, upper: upper))
  }

  /// Density rising in a straight line from zero at the lower bound to the peak, and falling to zero at the upper.
  public static func triangular(_ lower: Double, peak: Double, _ upper: Double) -> Prior {
    Prior(TriangularPrior(lower: lower, peak: peak, upper: upper))
  }
}

/// What is wrong with the bounds of a range, if anything.
func rangeComplaint(lower: Double, upper: Double) -> String? {
  guard lower.isFinite, upper.isFinite else { return "needs finite bounds" }
  guard lower < upper else { return "needs its lower bound below its upper bound" }
  return (upper - lower).isFinite ? nil : "spans more than a number can hold"
}

struct UniformPrior: PriorDistribution {
  let lower: Double
  let upper: Double

  var description: String { "uniform(\(lower), \(upper))" }
  var givenRange: (lower: Double, upper: Double)? { (lower, upper) }
  var complaint: String? { rangeComplaint(lower: lower, upper: upper) }
  func value(at u: Double) -> Double { min(lower + u * (upper - lower), upper) }
  func cumulative(_ x: Double) -> Double { min(max((x - lower) / (upper - lower), 0), 1) }
  func logDensity(_ x: Double) -> Double {
    x >= lower && x <= upper ? -log(upper - lower) : -.infinity
  }
  func logDensitySlope(_ x: Double) -> Double { 0 }
}

struct LogUniformPrior: PriorDistribution {
  let lower: Double
  let upper: Double
  private let logLower: Double
  private let range: Double

  init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
    logLower = log(lower)
    range = log(upper) - logLower
  }

  var description: String { "logUniform(\(lower), \(upper))" }
  var givenRange: (lower: Double, upper: Double)? { (lower, upper) }
  var complaint: String? {
    if let wrong = rangeComplaint(lower: lower, upper: upper) { return wrong }
    return lower > 0 ? nil : "needs positive bounds"
  }
  func value(at u: Double) -> Double { min(max(exp(logLower + u * range), lower), upper) }
  func cumulative(_ x: Double) -> Double {
    x > lower ? min((log(x) - logLower) / range, 1) : 0
  }
  func logDensity(_ x: Double) -> Double {
    x >= lower && x <= upper ? -log(x) - log(range) : -.infinity
  }
  func logDensitySlope(_ x: Double) -> Double { -1 / x }
}

/// Works in sin²(x/2) and cos²(x/2), both linear in u, so that x keeps its digits near either pole.
struct SinePrior: PriorDistribution {
  let lower: Double
  let upper: Double

  var description: String { "sine(\(lower), \(upper))" }
  var givenRange: (lower: Double, upper: Double)? { (lower, upper) }
  var complaint: String? {
    if let wrong = rangeComplaint(lower: lower, upper: upper) { return wrong }
    return lower >= 0 && upper <= .pi ? nil : "needs bounds between 0 and pi, in radians"
  }
  func value(at u: Double) -> Double { value(below: u, above: 1 - u) }
  func value(above v: Double) -> Double { value(below: 1 - v, above: v) }
  private func value(below u: Double, above v: Double) -> Double {
    let (low, high) = (sin(lower / 2), sin(upper / 2))
    let (lowRest, highRest) = (cos(lower / 2), cos(upper / 2))
    let sine = v * low * low + u * high * high
    let cosine = v * lowRest * lowRest + u * highRest * highRest
    return min(max(2 * atan2(sine.squareRoot(), cosine.squareRoot()), lower), upper)
  }
  func cumulative(_ x: Double) -> Double {
    x <= lower ? 0 : x >= upper ? 1 : difference(lower, x) / difference(lower, upper)
  }
  func logDensity(_ x: Double) -> Double {
    x >= lower && x <= upper ? log(sin(x) / difference(lower, upper)) : -.infinity
  }
  func logDensitySlope(_ x: Double) -> Double { 1 / tan(x) }
  /// cos a - cos b.
  private func difference(_ a: Double, _ b: Double) -> Double {
    2 * sin((b - a) / 2) * sin((a + b) / 2)
  }
}

/// Works in (1 ± sin x) / 2, both linear in u, so that x keeps its digits near either pole.
struct CosinePrior: PriorDistribution {
  let lower: Double
  let upper: Double

  var description: String { "cosine(\(lower), \(upper))" }
  var givenRange: (lower: Double, upper: Double)? { (lower, upper) }
  var complaint: String? {
    if let wrong = rangeComplaint(lower: lower, upper: upper) { return wrong }
    return lower >= -.pi / 2 && upper <= .pi / 2 ? nil : "needs bounds between -pi/2 and pi/2, in radians"
  }
  func value(at u: Double) -> Double { value(below: u, above: 1 - u) }
  func value(above v: Double) -> Double { value(below: 1 - v, above: v) }
  private func value(below u: Double, above v: Double) -> Double {
    let (low, high) = (sin(lower / 2 + .pi / 4), sin(upper / 2 + .pi / 4))
    let (lowRest, highRest) = (cos(lower / 2 + .pi / 4), cos(upper / 2 + .pi / 4))
    let north = v * low * low + u * high * high
    let south = v * lowRest * lowRest + u * highRest * highRest
    return min(max(atan2(north - south, 2 * (north * south).squareRoot()), lower), upper)
  }
  func cumulative(_ x: Double) -> Double {
    x <= lower ? 0 : x >= upper ? 1 : difference(lower, x) / difference(lower, upper)
  }
  func logDensity(_ x: Double) -> Double {
    x >= lower && x <= upper ? log(cos(x) / difference(lower, upper)) : -.infinity
  }
  func logDensitySlope(_ x: Double) -> Double { -tan(x) }
  /// sin b - sin a.
  private func difference(_ a: Double, _ b: Double) -> Double {
    2 * sin((b - a) / 2) * cos((a + b) / 2)
  }
}

struct TriangularPrior: PriorDistribution {
  let lower: Double
  let peak: Double
  let upper: Double

  /// The mass below the peak, and the products of its distances from the ends with the whole range.
  private var share: Double { (peak - lower) / (upper - lower) }
  private var left: Double { (upper - lower) * (peak - lower) }
  private var right: Double { (upper - lower) * (upper - peak) }

  var description: String { "triangular(\(lower), peak: \(peak), \(upper))" }
  var givenRange: (lower: Double, upper: Double)? { (lower, upper) }
  var complaint: String? {
    if let wrong = rangeComplaint(lower: lower, upper: upper) { return wrong }
    guard peak >= lower, peak <= upper else { return "needs its peak between its bounds" }
    return left.isFinite && right.isFinite ? nil : "spans more than a number can hold"
  }
  func value(at u: Double) -> Double {
    u < share ? lower + (u * left).squareRoot() : upper - ((1 - u) * right).squareRoot()
  }
  func value(above v: Double) -> Double {
    v < 1 - share ? upper - (v * right).squareRoot() : value(at: 1 - v)
  }
  func cumulative(_ x: Double) -> Double {
    if x <= lower { return 0 }
    if x >= upper { return 1 }
    return x < peak ? (x - lower) * (x - lower) / left : 1 - (upper - x) * (upper - x) / right
  }
  func logDensity(_ x: Double) -> Double {
    guard x >= lower, x <= upper else { return -.infinity }
    if x == peak { return M_LN2 - log(upper - lower) }
    return M_LN2 + (x < peak ? log((x - lower) / left) : log((upper - x) / right))
  }
  func logDensitySlope(_ x: Double) -> Double { x < peak ? 1 / (x - lower) : -1 / (upper - x) }
}
