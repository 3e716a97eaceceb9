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
    /// Those of a periodic parameter go on beyond the seam where the posterior lies across it.
    let values: [Double]
    /// Nil for a derived quantity.
    let parameter: ParameterDescription?
    let bits: Double?
    let truth: Double?
    let mean: Double
    let deviation: Double
    let median: Double
    /// The quantiles at 0.16 and 0.84.
    let lower: Double
    let upper: Double
    /// Where densities end: at the ends of the prior, but not at the seam of a periodic parameter.
    let edges: (lower: Double, upper: Double)

    var label: MathText { MathText(quantity) }
    /// Without the unit.
    var symbol: MathText { MathText(DerivedQuantity(quantity.name, label: quantity.label)) }

    init(
      _ quantity: DerivedQuantity, _ values: [Double], _ weights: [Double],
      _ parameter: ParameterDescription?,
      bits: Double?, truth: Double?
    ) {
      let turn = parameter.flatMap { PeriodicTurn($0, values, weights) }
      let values = turn.map { turn in values.map { turn.moved($0) } } ?? values
      let sorted = SortedColumn(values, weights)
      self.quantity = quantity
      self.values = values
      self.parameter = parameter
      self.bits = bits
      self.truth = truth.map { turn?.moved($0) ?? $0 }
      (mean, deviation) = RunResult.moments(values, weights)
      (median, lower, upper) = (sorted.quantile(0.5), sorted.quantile(0.16), sorted.quantile(0.84))
      let isOpen = turn != nil || parameter?.isConditional != false
      edges =
        isOpen ? (-.infinity, .infinity) : (parameter?.lower ?? -.infinity, parameter?.upper ?? .infinity)
    }
  }

  let quantities: [Quantity]
  let weights: [Double]
  let effectiveSize: Double

  /// More would show nothing more.
  private static let mostRows = 50_000

  init(_ result: RunResult, _ marginals: [RunResult.Marginal], truths: [String: Double]) {
    let hasMore = result.logWeights.count { $0 > -.infinity } > Self.mostRows
    let rows =
      hasMore
      ? result.equallyWeightedRows(Self.mostRows).sorted()
      : result.logWeights.indices.filter { result.logWeights[$0] > -.infinity }
    let weights = rows.map { hasMore ? 1 : exp(result.logWeights[$0]) }
    self.weights = weights
    effectiveSize = result.effectiveSampleSize
    let parameters = result.parameters.indices.filter { !result.parameters[$0].isFixed }.map { i in
      let parameter = result.parameters[i]
      return Quantity(
        parameter.quantity, rows.map { result.samples[$0, i] }, weights, parameter, bits: marginals[i].bits,
        truth: truths[parameter.name])
    }
    let derived = result.derived.indices.map { i in
      Quantity(
        result.derived[i], rows.map { result.derivedSamples[$0, i] }, weights, nil, bits: nil,
        truth: truths[result.derived[i].name])
    }
    quantities = parameters + derived
  }
}

extension DrawnSamples.Quantity {
  /// Median and central 68 % in words.
  var measured: MathText { MathText(measured: median, plus: upper - median, minus: median - lower) }

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

/// Moves the values of a periodic parameter by a period, so that its posterior lies in one piece around its middle.
struct PeriodicTurn {
  private let start: Double
  private let period: Double

  /// - Returns: nil for a parameter that is not periodic, and where the posterior lies all around.
  init?(_ parameter: ParameterDescription, _ values: [Double], _ weights: [Double]) {
    let period = parameter.upper - parameter.lower
    guard parameter.boundary == .periodic, period > 0, period.isFinite else { return nil }
    var (x, y, total) = (0.0, 0.0, 0.0)
    for (value, weight) in zip(values, weights) where weight > 0 && value.isFinite {
      let angle = 2 * Double.pi * (value - parameter.lower) / period
      x += weight * cos(angle)
      y += weight * sin(angle)
      total += weight
    }
    guard (x * x + y * y).squareRoot() > 0.2 * total else { return nil }
    self.period = period
    start = parameter.lower + (atan2(y, x) / (2 * Double.pi) - 0.5) * period
  }

  func moved(_ value: Double) -> Double {
    guard value.isFinite else { return value }
    return value - ((value - start) / period).rounded(.down) * period
  }
}
