/// A prior of one parameter, as the map from the unit interval that it is to a nested sampler.
public struct Prior: Sendable {
  package enum Form: Sendable {
    case distribution(any PriorDistribution)
    /// A prior that depends on the values of the parameters before it.
    case conditional(@Sendable (Span<Double>) throws -> Prior)
    case fixed(Double)
  }

  package let form: Form
  /// The prior in words, part of a problem's fingerprint.
  public let description: String

  package init(_ distribution: some PriorDistribution) {
    form = .distribution(distribution)
    description = distribution.description
  }

  private init(form: Form, description: String) {
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
  ///   anything but another `conditional` or `fixed`.
  public static func conditional(_ prior: @escaping @Sendable (Span<Double>) throws -> Prior) -> Prior {
    Prior(form: .conditional(prior), description: "conditional")
  }

  package var isFixed: Bool {
    if case .fixed = form { true } else { false }
  }
}

/// A continuous distribution on a range of real numbers.
package protocol PriorDistribution: Sendable, CustomStringConvertible {
  /// What is wrong with the distribution's numbers, in words that follow its name; nil where nothing is.
  var complaint: String? { get }
  /// The ends of its range where they were given as numbers, which the quantile function reaches but for rounding.
  var givenRange: (lower: Double, upper: Double)? { get }
  /// The quantile function: the value below which the fraction `u`, in (0, 1), of the prior lies.
  func value(at u: Double) -> Double
  /// The inverse of `value(at:)`.
  func cumulative(_ x: Double) -> Double
  /// The natural logarithm of the normalised density; minus infinity outside the range.
  func logDensity(_ x: Double) -> Double
}

extension PriorDistribution {
  package var givenRange: (lower: Double, upper: Double)? { nil }
}
