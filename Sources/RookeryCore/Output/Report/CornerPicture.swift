extension ReportPicture {
  /// All pairs of quantities with contours, and each quantity's density on the diagonal.
  ///
  /// - Returns: nil where no quantity has a spread.
  static func corner(_ samples: DrawnSamples) -> ReportPicture? {
    let shown = samples.quantities.compactMap { quantity in
      quantity.range(samples.weights).map { CornerColumn(quantity, range: $0, samples.weights) }
    }.prefix(CornerLayout.mostColumns)
    guard !shown.isEmpty else { return nil }
    let layout = CornerLayout(columns: shown.count)
    var drawing = Drawing(width: layout.width, height: layout.height)
    for row in shown.indices {
      for column in 0..<row {
        drawPair(shown[column], shown[row], samples, in: layout.box(column, row), layout, &drawing)
      }
      drawDiagonal(shown[row], samples, in: layout.box(row, row), layout, &drawing)
    }
    drawAxes(Array(shown), layout, &drawing)
    let free = samples.quantities.count { $0.range(samples.weights) != nil }
    let omitted = free > shown.count ? " The first \(shown.count) of \(free) quantities are shown." : ""
    let caption =
      samples.effectiveSize < CornerLayout.fewestForContours
      ? "Samples, as there are too few for contours."
      : "The posterior. Contours hold 68 % and 95 % of it; dashed lines and titles give the median and the central 68 %."
    let truth = shown.contains { $0.quantity.truth != nil } ? " Orange marks the true values." : ""
    return ReportPicture(
      stem: "corner", title: "Posterior", caption: caption + truth + omitted, drawing: drawing, isWide: true)
  }

  private static func drawPair(
    _ x: CornerColumn, _ y: CornerColumn, _ samples: DrawnSamples, in box: Box, _ layout: CornerLayout,
    _ drawing: inout Drawing
  ) {
    let panel = Panel(box, x: x.scale, y: y.scale)
    let density =
      samples.effectiveSize < CornerLayout.fewestForContours
      ? nil
      : PairDensity(
        x.quantity.onAxis, y.quantity.onAxis, weights: samples.weights, xEdges: x.quantity.edgesOnAxis,
        yEdges: y.quantity.edgesOnAxis)
    drawing.clipped(to: box) { inside in
      if let density {
        for (share, opacity) in [(0.95, 0.22), (0.68, 0.45)] {
          let rings = density.contours(holding: share).compactMap {
            simplified(
              $0.map { panel.place(x.quantity.value(at: $0.x), y.quantity.value(at: $0.y)) }, to: 0.15)
          }
          inside.area(rings, .blue, opacity: opacity)
          inside.outlines(rings, Stroke(.blue, width: 0.8))
        }
      } else {
        let heavy = samples.weights.indices.sorted { samples.weights[$0] > samples.weights[$1] }.prefix(300)
        inside.dots(
          heavy.map { panel.place(x.quantity.values[$0], y.quantity.values[$0]) }, .blue, diameter: 2.5,
          opacity: 0.7)
      }
      if let truth = x.quantity.truth { panel.drawVertical(at: truth, .truth, in: &inside) }
      if let truth = y.quantity.truth { panel.drawHorizontal(at: truth, .truth, in: &inside) }
      if let a = x.quantity.truth, let b = y.quantity.truth {
        inside.dots([panel.place(a, b)], .orange, diameter: 4)
      }
    }
  }

  private static func drawDiagonal(
    _ column: CornerColumn, _ samples: DrawnSamples, in box: Box, _ layout: CornerLayout,
    _ drawing: inout Drawing
  ) {
    let quantity = column.quantity
    let peak = column.density?.values.max() ?? 1
    let panel = Panel(box, x: column.scale, y: Scale(0, 1.08 * peak))
    if let density = column.density {
      let points = density.x.points.map { quantity.value(at: $0) }
      let top = panel.places(points, density.values)
      let base = points.map { panel.place($0, 0) }
      drawing.clipped(to: box) { inside in
        inside.band(base, top, .blue, opacity: 0.22)
        inside.polyline(top, Stroke(.blue, width: 1.1))
      }
    }
    let marginal = quantity.marginal
    for level in [marginal.lower, marginal.median, marginal.upper] where samples.isSummarised {
      panel.drawVertical(at: level, Stroke(.blue, width: 0.7, dashed: true), in: &drawing)
    }
    if let truth = quantity.truth { panel.drawVertical(at: truth, .truth, in: &drawing) }
    // Left-aligned above the panel there is room to its right, where the triangle is empty.
    drawing.text(
      quantity.symbol, at: Place(box.left, box.top - layout.font - 9), size: layout.font, bold: true)
    let unit = quantity.quantity.unit
    guard samples.isSummarised else { return }
    drawing.text(
      unit.isEmpty ? quantity.measured : quantity.measured + " " + MathText(unit: unit),
      at: Place(box.left, box.top - 7),
      size: layout.font - 1, ink: .quiet)
  }

  private static func drawAxes(_ shown: [CornerColumn], _ layout: CornerLayout, _ drawing: inout Drawing) {
    let last = shown.count - 1
    for place in shown.indices {
      let column = shown[place]
      let bottom = Panel(layout.box(place, last), x: column.scale, y: Scale(0, 1))
      var bottomAxis = Panel.Axis(column.quantity.label, ticks: layout.ticks, size: layout.font)
      bottomAxis.keepsLabelsInside = true
      bottom.drawBottomAxis(bottomAxis, in: &drawing)
      for row in place..<last {
        Panel(layout.box(place, row), x: column.scale, y: Scale(0, 1)).drawBottomAxis(
          .init(ticks: layout.ticks, hasLabels: false), in: &drawing)
      }
      for other in 0..<place {
        var axis = Panel.Axis(ticks: layout.ticks, hasLabels: other == 0, size: layout.font)
        axis.keepsLabelsInside = true
        if other == 0 {
          axis.label = column.quantity.label
          axis.labelDistance = layout.left - layout.font - 2
        }
        Panel(layout.box(other, place), x: Scale(0, 1), y: column.scale).drawLeftAxis(axis, in: &drawing)
      }
    }
  }
}

/// One quantity of a corner plot.
private struct CornerColumn {
  let quantity: DrawnSamples.Quantity
  let scale: Scale
  let density: WeightedDensity?

  init(_ quantity: DrawnSamples.Quantity, range: (lower: Double, upper: Double), _ weights: [Double]) {
    self.quantity = quantity
    scale = Scale(range.lower, range.upper, quantity.kind)
    density = WeightedDensity(samples: quantity.onAxis, weights: weights, edges: quantity.edgesOnAxis)
  }
}

/// Where the panels of a corner plot are.
private struct CornerLayout {
  static let mostColumns = 20
  /// With fewer effective samples, contours would show nothing but the kernel.
  static let fewestForContours = 40.0

  let cell: Double
  let gap = 6.0
  let left = 58.0
  let top = 34.0
  let width: Double
  let height: Double
  let font: Double
  let ticks: Int

  init(columns: Int) {
    cell = columns <= 3 ? 128 : columns <= 6 ? 104 : columns <= 10 ? 92 : 80
    font = columns <= 3 ? 11 : 10
    ticks = columns <= 6 ? 3 : 2
    // The last title may be wider than its panel.
    width = left + Double(columns) * (cell + gap) + 36
    height = top + Double(columns) * (cell + gap) + 2 * font + 10
  }

  func box(_ column: Int, _ row: Int) -> Box {
    Box(
      left: left + Double(column) * (cell + gap), top: top + Double(row) * (cell + gap), width: cell,
      height: cell)
  }
}

extension Stroke {
  /// Of marks of true values.
  static let truth = Stroke(.orange, width: 0.8)
}
