import Glibc

extension Prior {
  /// A prior of one's own, by its quantile function.
  ///
  /// ```swift
  /// .custom("power law", quantile: { u in pow(1 - u, -1 / 1.35) }, logDensity: { x in log(1.35) - 2.35 * log(x) })
  /// ```
  ///
  /// - Parameters:
  ///   - name: what tables and messages call it. Two of one name are told apart by what they give.
  ///   - quantile: the value below which the fraction u, between 0 and 1, of the prior lies. It must not fall.
  ///   - logDensity: the natural logarithm of the normalised density, minus infinity outside the range. Without it samples have no prior
  ///     density and a result no most probable sample.
  public static func custom(
    _ name: String, quantile: @escaping @Sendable (Double) -> Double,
    logDensity: (@Sendable (Double) -> Double)? = nil
  ) -> Prior {
    Prior(CustomPrior(name: name, quantile: quantile, density: logDensity))
  }

  /// A prior from a table of its density, which is taken for straight between the points and zero beyond them. It need not be normalised.
  ///
  /// - Parameters:
  ///   - points: at least two, ascending.
  ///   - densities: one a point, none negative.
  public static func interpolated(at points: [Double], densities: [Double]) -> Prior {
    Prior(InterpolatedPrior(points: points, densities: densities))
  }
}

struct CustomPrior: PriorDistribution {
  let name: String
  let quantile: @Sendable (Double) -> Double
  let density: (@Sendable (Double) -> Double)?

  var description: String { "custom(\(name))" }
  var hasDensity: Bool { density != nil }
  var complaint: String? {
    let values = (1...9).map { quantile(Double($0) / 10) }
    return values.allSatisfy(\.isFinite) && zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
      ? nil : "needs a quantile function that is finite and does not fall"
  }

  func value(at u: Double) -> Double { quantile(u) }

  /// By halving, since all that is known of the function is that it does not fall.
  func cumulative(_ x: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while true {
      let middle = 0.5 * (low + high)
      guard low < middle, middle < high, high > 1e-300 else { return high }
      if quantile(middle) < x { low = middle } else { high = middle }
    }
  }

  func logDensity(_ x: Double) -> Double { density?(x) ?? .nan }

  // Closures have no formulas: what follows is by central differences where the density is not known.

  func logDensitySlope(_ x: Double) -> Double {
    let h = 6e-6 * (quantile(0.75) - quantile(0.25))
    return (logDensity(x + h) - logDensity(x - h)) / ((x + h) - (x - h))
  }

  func slope(atCube u: Double, value x: Double) -> Double {
    if hasDensity { return slope(logMass: 0, value: x) }
    let (low, high) = (max(u - 6e-6, u / 2), min(u + 6e-6, (1 + u) / 2))
    return high > low ? (quantile(high) - quantile(low)) / (high - low) : 0
  }

  func slope(atNormal z: Double, value x: Double) -> Double {
    if hasDensity { return slope(logMass: -0.5 * z * z - SpecialFunctions.halfLogTwoPi, value: x) }
    let (low, high) = (z - 6e-6 * max(1, abs(z)), z + 6e-6 * max(1, abs(z)))
    return (value(atNormal: high) - value(atNormal: low)) / (high - low)
  }
}

/// Piecewise linear, so that its distribution function is quadratic between two points.
struct InterpolatedPrior: PriorDistribution {
  /// The points, the densities there once normalised, and the mass below each; empty where they cannot be used.
  private let points: [Double]
  private let densities: [Double]
  private let masses: [Double]
  let complaint: String?
  let description: String

  init(points: [Double], densities: [Double]) {
    description =
      "interpolated(\(points.count) points, \(points.first ?? .nan) to \(points.last ?? .nan))"
    complaint = Self.complaint(points, densities)
    guard complaint == nil else {
      (self.points, self.densities, masses) = ([], [], [])
      return
    }
    var masses = [0.0]
    for i in 1..<points.count {
      masses.append(masses[i - 1] + 0.5 * (densities[i] + densities[i - 1]) * (points[i] - points[i - 1]))
    }
    let whole = masses[points.count - 1]
    self.points = points
    self.densities = densities.map { $0 / whole }
    self.masses = masses.map { $0 / whole }
  }

  private static func complaint(_ points: [Double], _ densities: [Double]) -> String? {
    guard points.count >= 2, points.count == densities.count else {
      return "needs two points or more, and a density for each"
    }
    guard points.allSatisfy(\.isFinite), zip(points, points.dropFirst()).allSatisfy({ $0 < $1 }) else {
      return "needs finite points that ascend"
    }
    guard densities.allSatisfy({ $0 >= 0 && $0.isFinite }), densities.contains(where: { $0 > 0 }) else {
      return "needs densities that are finite and not negative, and not all zero"
    }
    return nil
  }

  var givenRange: (lower: Double, upper: Double)? {
    points.first.flatMap { a in points.last.map { (a, $0) } }
  }

  /// The last point at which a rising list is not above a value, the one before the last at most.
  private func segment(of value: Double, in list: [Double]) -> Int {
    var (low, high) = (0, list.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if list[middle] <= value { low = middle } else { high = middle }
    }
    return low
  }

  private func rise(_ i: Int) -> Double { (densities[i + 1] - densities[i]) / (points[i + 1] - points[i]) }

  func value(at u: Double) -> Double {
    let i = segment(of: u, in: masses)
    let rest = u - masses[i]
    guard rest > 0 else { return points[i] }
    // The root of ½ rise t² + density t = rest that keeps its digits where the rise is small.
    let root = max(densities[i] * densities[i] + 2 * rise(i) * rest, 0).squareRoot()
    return min(points[i] + 2 * rest / (densities[i] + root), points[i + 1])
  }

  func cumulative(_ x: Double) -> Double {
    guard x > points[0] else { return 0 }
    guard x < points[points.count - 1] else { return 1 }
    let i = segment(of: x, in: points)
    let t = x - points[i]
    return masses[i] + t * (densities[i] + 0.5 * rise(i) * t)
  }

  func logDensity(_ x: Double) -> Double {
    guard x >= points[0], x <= points[points.count - 1] else { return -.infinity }
    let i = segment(of: x, in: points)
    return log(densities[i] + rise(i) * (x - points[i]))
  }

  func logDensitySlope(_ x: Double) -> Double {
    let i = segment(of: x, in: points)
    return rise(i) / (densities[i] + rise(i) * (x - points[i]))
  }
}

/// What a conditional prior gives where it holds its parameter fixed: all of the cube's coordinate is the one value.
struct PointMass: PriorDistribution {
  let value: Double

  var description: String { "fixed(\(value))" }
  var complaint: String? { value.isFinite ? nil : "needs a finite value" }
  func value(at u: Double) -> Double { value }
  func cumulative(_ x: Double) -> Double { 0.5 }
  func logDensity(_ x: Double) -> Double { x == value ? 0 : -.infinity }
  func logDensitySlope(_ x: Double) -> Double { 0 }
  func slope(atCube u: Double, value x: Double) -> Double { 0 }
  func slope(atNormal z: Double, value x: Double) -> Double { 0 }
}

/// No prior. It has no quantiles; in the whitened space its coordinate is the value itself.
struct FlatPrior: PriorDistribution {
  var description: String { "flat" }
  var complaint: String? { nil }
  func value(at u: Double) -> Double { .nan }
  func value(atNormal z: Double) -> Double { z }
  func cumulative(_ x: Double) -> Double { .nan }
  func logDensity(_ x: Double) -> Double { 0 }
  func logDensitySlope(_ x: Double) -> Double { 0 }
  func slope(atNormal z: Double, value x: Double) -> Double { 1 }
}
