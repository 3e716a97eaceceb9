extension ReportPicture {
  /// The density of each quantity with that of its prior.
  static func marginals(_ samples: DrawnSamples) -> ReportPicture? {
    let shown = samples.quantities.filter { SampleSpread($0.values, samples.weights) != nil }
    guard !shown.isEmpty else { return nil }
    let columns = shown.count <= 6 ? min(shown.count, 2) : 3
    let rows = (shown.count + columns - 1) / columns
    let (cell, height, gap) = (columns == 3 ? 150.0 : 190.0, 70.0, 18.0)
    var drawing = Drawing(
      width: max(Double(columns) * (cell + gap) + gap, 420), height: Double(rows) * (height + 62) + 4)
    for (place, quantity) in shown.enumerated() {
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      let box = Box(
        left: gap + Double(column) * (cell + gap), top: 34 + Double(row) * (height + 62), width: cell,
        height: height)
      draw(quantity, samples, in: box, &drawing)
    }
    return ReportPicture(
      stem: "marginals", title: "What was learnt",
      caption: "Posterior (blue) over prior (dashed), and the bits gained on each parameter.",
      drawing: drawing)
  }

  private static func draw(
    _ quantity: DrawnSamples.Quantity, _ samples: DrawnSamples, in box: Box, _ drawing: inout Drawing
  ) {
    let weights = samples.weights
    guard
      let density = WeightedDensity(samples: quantity.onAxis, weights: weights, edges: quantity.edgesOnAxis),
      var range = quantity.range(weights)
    else { return }
    let kind = quantity.kind
    // A density over the logarithm, where the axis goes by that.
    let prior = quantity.parameter.flatMap { PriorCurve($0) }?.points.filter { kind == .linear || $0.x > 0 }
      .map {
        (x: $0.x, density: kind == .linear ? $0.density : $0.density * $0.x)
      }
    // The whole prior is shown where the posterior still fills a good part of it.
    let (lower, upper) = quantity.edges
    let (all, shown) = (quantity.edgesOnAxis, (quantity.place(range.lower), quantity.place(range.upper)))
    if all.upper - all.lower < 3 * (shown.1 - shown.0) { range = (lower, upper) }
    let inView = prior?.filter { $0.x >= range.lower && $0.x <= range.upper }.map(\.density).max() ?? 0
    let panel = Panel(
      box, x: Scale(range.lower, range.upper, kind),
      y: Scale(0, 1.08 * max(density.values.max() ?? 1, min(inView, 1.5 * (density.values.max() ?? 1)))))
    let points = density.x.points.map { quantity.value(at: $0) }
    let top = panel.places(points, density.values)
    drawing.clipped(to: box) { inside in
      inside.band(points.map { panel.place($0, 0) }, top, .blue, opacity: 0.22)
      inside.polyline(top, Stroke(.blue, width: 1.3))
      if let prior {
        inside.polyline(
          prior.map { panel.place($0.x, $0.density) }, Stroke(.quiet, width: 1.1, dashed: true))
      }
    }
    if let truth = quantity.truth { panel.drawVertical(at: truth, .truth, in: &drawing) }
    var axis = Panel.Axis(ticks: 4, size: 10)
    axis.keepsLabelsInside = true
    panel.drawBottomAxis(axis, in: &drawing)
    let unit = quantity.quantity.unit
    drawing.text(quantity.symbol, at: Place(box.left, box.top - 18), size: 11, bold: true)
    guard samples.isSummarised else { return }
    drawing.text(
      unit.isEmpty ? quantity.measured : quantity.measured + " " + MathText(unit: unit),
      at: Place(box.left, box.top - 5), size: 10,
      ink: .quiet)
    if let bits = quantity.marginal.bits {
      drawing.text(
        "\(fixed(bits, 1)) bits", at: Place(box.right, box.top - 18), anchor: .end, size: 10, ink: .quiet)
    }
  }
}

/// The density of a marginal prior, from its quantiles.
struct PriorCurve: Sendable {
  let points: [(x: Double, density: Double)]

  /// - Returns: nil where the quantiles have no spread.
  init?(_ parameter: ParameterDescription) {
    let quantiles = parameter.priorQuantiles
    guard let first = quantiles.first, let last = quantiles.last, last > first else { return nil }
    if parameter.isConditional {
      // Quantiles of draws are too rough to take differences of.
      guard
        let density = WeightedDensity(
          samples: quantiles, weights: quantiles.map { _ in 1 }, edges: (-.infinity, .infinity))
      else { return nil }
      points = zip(density.x.points, density.values).map { ($0, $1) }
      return
    }
    let mass = 1 / Double(quantiles.count)
    var points: [(x: Double, density: Double)] = []
    for (a, b) in zip(quantiles, quantiles.dropFirst()) where b > a && (b - a).isFinite {
      points.append((0.5 * (a + b), mass / (b - a)))
    }
    guard let start = points.first, let end = points.last else { return nil }
    // On to the ends of the range, where it falls at once.
    if parameter.boundary == .periodic {
      let period = parameter.upper - parameter.lower
      self.points = [-period, 0, period].flatMap { turn in points.map { ($0.x + turn, $0.density) } }
      return
    }
    if parameter.lower.isFinite {
      points.insert(contentsOf: [(parameter.lower, 0), (parameter.lower, start.density)], at: 0)
    }
    if parameter.upper.isFinite {
      points += [(parameter.upper, end.density), (parameter.upper, 0)]
    }
    self.points = points
  }
}
