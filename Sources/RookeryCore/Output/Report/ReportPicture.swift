import Glibc

/// A picture of a report with what is said about it.
struct ReportPicture: Sendable {
  /// The name of its file, without extension.
  let stem: String
  let title: String
  let caption: String
  let drawing: Drawing

  /// A page shows it in one column unless it needs more room.
  var isWide = false
}

/// The samples that pictures are drawn from: those with weight, or as many draws from them as pictures can show.
struct DrawnSamples: Sendable {
  /// One parameter that is not fixed, or derived quantity.
  struct Quantity: Sendable {
    let quantity: DerivedQuantity
    let values: [Double]
    /// Nil for a derived quantity.
    let parameter: ParameterDescription?
    let marginal: RunResult.Marginal
    let truth: Double?

    var label: MathText { MathText(quantity) }
    /// Without the unit.
    var symbol: MathText { MathText(DerivedQuantity(quantity.name, label: quantity.label)) }

    /// Where densities end: at the ends of the prior, but not at the seam of a periodic parameter.
    var edges: (lower: Double, upper: Double) {
      guard let parameter, !parameter.isConditional else { return (-.infinity, .infinity) }
      return (parameter.lower, parameter.upper)
    }
  }

  let quantities: [Quantity]
  let weights: [Double]
  let effectiveSize: Double

  /// More would show nothing more.
  private static let mostRows = 100_000

  init(_ result: RunResult, truths: [String: Double]) {
    var rows = result.logWeights.indices.filter { result.logWeights[$0] > -.infinity }
    if rows.count > Self.mostRows {
      rows = result.equallyWeightedRows(Self.mostRows).sorted()
      weights = rows.map { _ in 1 }
    } else {
      weights = rows.map { exp(result.logWeights[$0]) }
    }
    effectiveSize = result.effectiveSampleSize
    let marginals = result.marginals()
    let parameters = result.parameters.indices.filter { !result.parameters[$0].isFixed }.map { i in
      Quantity(
        quantity: result.parameters[i].quantity, values: rows.map { result.samples[$0, i] },
        parameter: result.parameters[i], marginal: marginals[i], truth: truths[result.parameters[i].name])
    }
    let derived = result.derived.indices.map { i in
      Quantity(
        quantity: result.derived[i], values: rows.map { result.derivedSamples[$0, i] }, parameter: nil,
        marginal: marginals[result.parameters.count + i], truth: truths[result.derived[i].name])
    }
    quantities = parameters + derived
  }
}

extension DrawnSamples.Quantity {
  /// Median and central 68 % in words.
  var measured: MathText {
    MathText(
      measured: marginal.median, plus: marginal.upper - marginal.median,
      minus: marginal.median - marginal.lower)
  }

  /// The values that pictures show, with the true one among them.
  func range(_ weights: [Double], room: Double = 0.15) -> (lower: Double, upper: Double)? {
    guard let spread = SampleSpread(values, weights) else { return nil }
    var (lower, upper) = (
      max(spread.lower - room * spread.width, edges.lower),
      min(spread.upper + room * spread.width, edges.upper)
    )
    if let truth, truth.isFinite {
      lower = min(lower, truth - 0.05 * spread.width)
      upper = max(upper, truth + 0.05 * spread.width)
    }
    return (lower, upper)
  }
}
