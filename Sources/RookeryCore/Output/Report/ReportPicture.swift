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
    /// Those of a periodic parameter are on its branch.
    let values: [Double]
    /// Nil for a derived quantity.
    let parameter: ParameterDescription?
    /// The numbers, the same as in tables and files.
    let marginal: RunResult.Marginal
    let truth: Double?
    /// Where densities end: at the ends of the prior, of a periodic parameter at the cut of its branch.
    let edges: (lower: Double, upper: Double)

    /// How its axes go: by the logarithm where the prior does and the posterior covers more than a factor of three.
    let kind: Scale.Kind
    /// The values as densities are made of them, on an even axis.
    let onAxis: [Double]

    var label: MathText { MathText(quantity) }
    /// Without the unit.
    var symbol: MathText { MathText(DerivedQuantity(quantity.name, label: quantity.label)) }

    init(
      _ quantity: DerivedQuantity, _ values: [Double], _ parameter: ParameterDescription?,
      _ marginal: RunResult.Marginal, truth: Double?
    ) {
      let branch = marginal.branch
      self.quantity = quantity
      self.values = branch.map { branch in values.map { branch($0) } } ?? values
      self.parameter = parameter
      self.marginal = marginal
      self.truth = truth.map { branch?($0) ?? $0 }
      let bounds = parameter.flatMap { $0.isConditional ? nil : ($0.lower, $0.upper) }
      let isEvenInLog = parameter.map { $0.prior.hasPrefix("logUniform(") && $0.lower > 0 } ?? false
      kind =
        isEvenInLog && marginal.upper > 0 && marginal.upper > 1.8 * marginal.lower ? .logarithmic : .linear
      onAxis = kind == .linear ? self.values : self.values.map { log($0) }
      edges = branch.map { ($0.lower, $0.upper) } ?? bounds ?? (-.infinity, .infinity)
    }
  }

  let quantities: [Quantity]
  let weights: [Double]
  let effectiveSize: Double
  /// Whether medians and intervals mean something.
  let isSummarised: Bool

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
    isSummarised = result.obstacleToSummary == nil
    let parameters = result.parameters.indices.filter { !result.parameters[$0].isFixed }.map { i in
      let parameter = result.parameters[i]
      return Quantity(
        parameter.quantity, rows.map { result.samples[$0, i] }, parameter, marginals[i],
        truth: truths[parameter.name])
    }
    let derived = result.derived.indices.map { i in
      Quantity(
        result.derived[i], rows.map { result.derivedSamples[$0, i] }, nil,
        marginals[result.parameters.count + i], truth: truths[result.derived[i].name])
    }
    quantities = parameters + derived
  }
}

extension DrawnSamples.Quantity {
  /// Where a value is on the even axis of ``onAxis``, and which value is there.
  func place(_ value: Double) -> Double { kind == .linear ? value : log(value) }
  func value(at place: Double) -> Double { kind == .linear ? place : exp(place) }
  var edgesOnAxis: (lower: Double, upper: Double) { (place(edges.lower), place(edges.upper)) }

  /// Median and central 68 % in words.
  var measured: MathText {
    let m = marginal
    return MathText(measured: m.median, plus: m.upper - m.median, minus: m.median - m.lower)
  }

  /// The values that pictures show, with the true one among them.
  func range(_ weights: [Double], room: Double = 0.15) -> (lower: Double, upper: Double)? {
    guard let spread = SampleSpread(onAxis, weights) else { return nil }
    let ends = edgesOnAxis
    var (lower, upper) = (
      max(spread.lower - room * spread.width, ends.lower), min(spread.upper + room * spread.width, ends.upper)
    )
    if let truth = truth.map(place), truth.isFinite {
      lower = min(lower, truth - 0.05 * spread.width)
      upper = max(upper, truth + 0.05 * spread.width)
    }
    return (value(at: lower), value(at: upper))
  }
}
