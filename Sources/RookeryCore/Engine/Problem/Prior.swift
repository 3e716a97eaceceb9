import Glibc

/// A prior of one parameter, as the map from the unit interval that it is to a nested sampler.
public struct Prior: Sendable {
  package enum Form: Sendable {
    case distribution(any PriorDistribution)
    /// A prior that depends on the values of the parameters before it.
    case conditional(@Sendable (Span<Double>) throws -> Prior)
    case fixed(Double)
    /// One of several under one distribution, and which of them.
    case member(any JointPrior, Int)
    /// One of several that a function makes of as many coordinates, and which of them.
    case transformed(PriorTransform, Int)
    /// No prior: density one everywhere.
    case flat
  }

  package let form: Form
  /// The prior in words, part of a problem's fingerprint.
  public let description: String

  package init(_ distribution: some PriorDistribution) {
    form = .distribution(distribution)
    description = distribution.description
  }

  init(form: Form, description: String) {
    self.form = form
    self.description = description
  }

  /// A parameter that is not inferred: it keeps its value and takes no dimension of the unit cube.
  public static func fixed(_ value: Double) -> Prior {
    Prior(form: .fixed(value), description: "fixed(\(value))")
  }

  /// A prior that depends on earlier parameters.
  ///
  /// - Parameter prior: given the values of all parameters listed before this one, the prior of this one;
  ///   of one parameter by itself and not another `conditional`. Where it is `fixed` the parameter has that value, and its coordinate of the
  ///   unit cube no effect.
  public static func conditional(_ prior: @escaping @Sendable (Span<Double>) throws -> Prior) -> Prior {
    Prior(form: .conditional(prior), description: "conditional")
  }

  /// No prior: the likelihood is the density of all of it over the real line, as of models whose density comes in one piece. The methods
  /// that begin with draws from the prior refuse it.
  public static let flat = Prior(form: .flat, description: "flat")

  /// Whether the value at a coordinate depends on other coordinates.
  package var isDependent: Bool {
    switch form {
    case .conditional, .transformed: true
    case .member(_, let place): place > 0
    case .distribution, .fixed, .flat: false
    }
  }

  package var isTransformed: Bool {
    if case .transformed = form { true } else { false }
  }

  /// Those that it belongs to, and its place among them.
  package var group: (any PriorGroup, Int)? {
    switch form {
    case .member(let joint, let place): (joint, place)
    case .transformed(let transform, let place): (transform, place)
    default: nil
    }
  }

  package var isFlat: Bool {
    if case .flat = form { true } else { false }
  }

  package var isFixed: Bool {
    if case .fixed = form { true } else { false }
  }
}

/// A continuous distribution on a range of real numbers.
///
/// For the whitened space it is also the map from a standard normal number z that has the same mass below it, u = Φ(z).
package protocol PriorDistribution: Sendable, CustomStringConvertible {
  /// What is wrong with the distribution's numbers, in words that follow its name; nil where nothing is.
  var complaint: String? { get }
  /// The ends of its range where they were given as numbers, which the quantile function reaches but for rounding.
  var givenRange: (lower: Double, upper: Double)? { get }
  /// The quantile function: the value below which the fraction `u`, in (0, 1), of the prior lies.
  func value(at u: Double) -> Double
  /// The same from the other end: the value above which the fraction `v` lies. Where it is small, `1 - v` has none of its digits.
  func value(above v: Double) -> Double
  /// The value at a standard normal number.
  func value(atNormal z: Double) -> Double
  /// The inverse of `value(at:)`.
  func cumulative(_ x: Double) -> Double
  /// Whether it knows its density. Where it does not, that and its slope are NaN.
  var hasDensity: Bool { get }
  /// The natural logarithm of the normalised density; minus infinity outside the range.
  func logDensity(_ x: Double) -> Double
  /// Its derivative, inside the range.
  func logDensitySlope(_ x: Double) -> Double
  /// The derivative of `value(at:)`, which is `x` there: one over the density.
  func slope(atCube u: Double, value x: Double) -> Double
  /// The derivative of `value(atNormal:)`, which is `x` there.
  func slope(atNormal z: Double, value x: Double) -> Double
}

extension PriorDistribution {
  package var givenRange: (lower: Double, upper: Double)? { nil }
  package var hasDensity: Bool { true }
  package func value(above v: Double) -> Double { value(at: min(1 - v, 1.0.nextDown)) }

  package func value(atNormal z: Double) -> Double {
    z < 0 ? value(at: SpecialFunctions.normalCDF(z)) : value(above: SpecialFunctions.normalCDF(-z))
  }

  /// φ(z) / π(x), since both densities hold the same mass.
  package func slope(atNormal z: Double, value x: Double) -> Double {
    slope(logMass: -0.5 * z * z - SpecialFunctions.halfLogTwoPi, value: x)
  }

  package func slope(atCube u: Double, value x: Double) -> Double { slope(logMass: 0, value: x) }

  /// The derivative by a coordinate whose own log density is given. None where rounding has put the value on an end of its range at which the
  /// density is zero: it stays there.
  func slope(logMass: Double, value x: Double) -> Double {
    let slope = exp(logMass - logDensity(x))
    return slope.isFinite ? slope : 0
  }

  /// The derivative by z of the logarithm of `slope(atNormal:value:)`: what the volume of the map adds to the slope of a density.
  package func logSlopeSlope(atNormal z: Double, value x: Double) -> Double {
    let slope = slope(atNormal: z, value: x)
    return slope == 0 ? -z : -z - logDensitySlope(x) * slope
  }
}
