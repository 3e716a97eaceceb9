import Glibc

/// How well a model predicts data that it has not seen: the expected log pointwise predictive density (elpd) of a new data set like the one
/// that it was fitted to, in nats; higher is better.
///
/// It is a sum of one term for each datum, and its error comes from how much these differ: it says how far another data set of the same
/// size would have led. Equation numbers are those of Vehtari, Gelman & Gabry (2017), Statistics and Computing 27, 1413, arXiv:1507.04544.
public struct Elpd: Sendable {
  /// How it was estimated.
  public enum Criterion: String, Sendable {
    /// By leaving out one datum after another, with Pareto smoothed importance weights (PSIS-LOO).
    case loo
    /// By the widely applicable information criterion.
    case waic
  }

  public let criterion: Criterion
  /// The term of each datum, in the order of the data.
  public let pointwise: [Double]
  /// How much less each datum is expected when it has not been seen, in nats: what each adds to ``effectiveParameters``.
  public let pointwiseParameters: [Double]
  /// Of leave-one-out, for each datum the shape k of the tail of its importance weights: above ``shapeLimit`` its term cannot be relied on.
  /// Infinite where there are too few draws to tell, and minus infinity for a datum that says nothing of the parameters. Else empty.
  public let paretoShapes: [Double]
  /// Up to which shape k as many draws can be relied on: min(1 - 1 / log₁₀ S, 0.7) for S effective draws (Vehtari et al. 2024, JMLR
  /// 25(72)). NaN where there are no shapes.
  public let shapeLimit: Double
  /// One standard deviation of ``elpd`` by the number of draws alone, in nats: more draws make it smaller, and the other ``error`` not.
  /// Where a shape is too high it cannot be taken at its word. NaN for ``Criterion/waic``.
  public let monteCarloError: Double
  /// What a reader should know before trusting it; empty for nothing.
  public let findings: [Finding]

  /// The sum over all data (equations 4 and 11).
  public var elpd: Double { pointwise.reduce(0, +) }

  /// √(n V), where V is the sample variance of the terms of the n data (equation 23). NaN for a single datum.
  public var error: Double { errorOfSum(pointwise) }

  /// The effective number of parameters, p_loo or p_waic: how many the data fit (equation 13 for the latter). One that is far above the
  /// number of parameters there are tells of a model that the data do not fit.
  public var effectiveParameters: Double { pointwiseParameters.reduce(0, +) }

  /// √(n V) of ``effectiveParameters``.
  public var effectiveParametersError: Double { errorOfSum(pointwiseParameters) }

  /// The findings in words.
  public var warnings: [String] { findings.map(\.message) }
}

extension Elpd: CustomStringConvertible {
  /// One line with the sums and their errors, and one for each finding.
  public var description: String {
    let name = criterion.rawValue
    let line =
      "elpd_\(name) = \(sum(elpd, error)), p_\(name) = \(sum(effectiveParameters, effectiveParametersError))"
      + " (\(pointwise.count) \(pointwise.count == 1 ? "datum" : "data"))"
    return ([line] + warnings.map { "  " + printable($0) }).joined(separator: "\n")
  }
}

/// How much better one model predicts than another, from the same data.
public struct ElpdDifference: Sendable, Equatable {
  /// In nats; positive where the first is the better.
  public let value: Double
  /// √(n V) of the differences of the terms of the n data (equation 24): as both models met the same data, most of what makes each
  /// elpd uncertain drops out. It is too small for few data, and of no use where the difference is below 4 (Sivula, Magnusson, Matamoros &
  /// Vehtari 2020, arXiv:2008.10296). NaN for a single datum.
  public let error: Double
}

extension ElpdDifference: CustomStringConvertible {
  /// "-1.3 ± 0.8".
  public var description: String { sum(value, error) }
}

/// Compares how well two models predict the same data; nil, silently, off rank 0.
///
/// - Parameters:
///   - model: the one asked about.
///   - reference: the one it is set against, fitted to the same data in the same order.
/// - Throws: ``InputError`` where the two have different numbers of data, or one is of leave-one-out and the other of WAIC.
public func compare(_ model: Elpd?, with reference: Elpd?) throws -> ElpdDifference? {
  guard let model, let reference else { return nil }
  guard model.pointwise.count == reference.pointwise.count else {
    throw InputError(
      "models of \(model.pointwise.count) and \(reference.pointwise.count) data cannot be compared by what they predict: "
        + "evaluate both for the same data")
  }
  guard model.criterion == reference.criterion else {
    throw InputError(
      "elpd_\(model.criterion.rawValue) and elpd_\(reference.criterion.rawValue) cannot be compared: take loo() of both"
    )
  }
  let differences = zip(model.pointwise, reference.pointwise).map { $0 - $1 }
  return ElpdDifference(value: differences.reduce(0, +), error: errorOfSum(differences))
}

private func sum(_ value: Double, _ error: Double) -> String {
  guard error > 0, error.isFinite else { return fixed(value, 2) }
  return "\(rounded(value, toErrorOf: error)) ± \(rounded(error, toErrorOf: error))"
}

/// √(n V) of n terms with the sample variance V.
private func errorOfSum(_ terms: [Double]) -> Double {
  (Double(terms.count) * sampleVariance(terms)).squareRoot()
}

/// The variance with n - 1 in the denominator; NaN for a single value.
func sampleVariance(_ values: [Double]) -> Double {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
}
