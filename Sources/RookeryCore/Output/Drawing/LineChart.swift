/// A chart of one or more lines over one axis, each named at its right end.
package struct LineChart: Sendable {
  package struct Line: Sendable {
    package var name: String
    package var points: [(x: Double, y: Double)]
    /// One standard deviation up and down, for each point; empty for none.
    package var errors: [Double]
    package var ink: Ink?
    /// A line to compare with, not data: dashed, without marks.
    package var isReference: Bool

    package init(
      _ name: String, _ points: [(x: Double, y: Double)], errors: [Double] = [], ink: Ink? = nil,
      isReference: Bool = false
    ) {
      self.name = name
      self.points = points
      self.errors = errors
      self.ink = ink
      self.isReference = isReference
    }
  }

  package var title: String
  package var xLabel: String
  package var yLabel: String
  package var lines: [Line]
  package var xKind = Scale.Kind.linear
  package var yKind = Scale.Kind.linear
  /// The ends of the vertical axis; nil where the data decide.
  package var yRange: ClosedRange<Double>?
  /// Whether each point has a mark, as for a few measured points.
  package var hasMarks = true

  package init(title: String, x: String, y: String, _ lines: [Line]) {
    self.title = title
    xLabel = x
    yLabel = y
    self.lines = lines
  }

  package func drawing(width: Double = 480, height: Double = 320) -> Drawing {
    var drawing = Drawing(width: width, height: height)
    let names = lines.map { MathText(plain: $0.name).width(size: 11) }.max() ?? 0
    let y = yScale
    let ticks = Ticks(of: y, count: 5).ticks.map { $0.label.width(size: 11) }.max() ?? 0
    let left = ticks + (yLabel.isEmpty ? 14 : 32)
    let top = title.isEmpty ? 12.0 : 30
    let panel = Panel(
      Box(
        left: left, top: top, width: max(width - left - names - 18, 40),
        height: max(height - top - (xLabel.isEmpty ? 26 : 42), 40)),
      x: Scale(around: lines.flatMap { $0.points.map(\.x) }, margin: 0.04, xKind), y: y)
    drawing.text(title, at: Place(left, 17), size: 12, bold: true)
    panel.drawLeftAxis(.init(MathText(plain: yLabel), hasGrid: true), in: &drawing)
    panel.drawBottomAxis(
      .init(MathText(plain: xLabel), ticks: max(2, Int(panel.box.width / 60))), in: &drawing)
    for (place, line) in lines.enumerated() { draw(line, ink(place), in: panel, &drawing) }
    drawNames(in: panel, &drawing)
    return drawing
  }

  private var yScale: Scale {
    if let yRange { return Scale(yRange.lowerBound, yRange.upperBound, yKind) }
    return Scale(
      around: lines.flatMap { line in
        line.points.indices.flatMap { i in
          let error = i < line.errors.count ? line.errors[i] : 0
          return [line.points[i].y - error, line.points[i].y + error]
        }
      }, yKind)
  }

  private func ink(_ place: Int) -> Ink {
    if let ink = lines[place].ink { return ink }
    return lines[place].isReference ? .quiet : .data(lines[..<place].count { !$0.isReference })
  }

  private func draw(_ line: Line, _ ink: Ink, in panel: Panel, _ drawing: inout Drawing) {
    let places = line.points.map { panel.place($0.x, $0.y) }
    drawing.clipped(to: panel.box.grown(by: 4)) { inside in
      inside.polyline(
        places, Stroke(ink, width: line.isReference ? 1 : 1.6, dashed: line.isReference))
      for (point, error) in zip(line.points, line.errors) where error > 0 {
        let ends = [point.y - error, point.y + error].map { y in
          // On a logarithmic axis a bar may go down without end.
          panel.place(point.x, panel.y.kind == .logarithmic ? max(y, panel.y.lower) : y)
        }
        inside.polyline(ends, Stroke(ink, width: 1.2))
      }
      if hasMarks && !line.isReference { inside.dots(places, ink, diameter: 5.5) }
    }
  }

  private func drawNames(in panel: Panel, _ drawing: inout Drawing) {
    let ends = lines.indices.compactMap { i in
      lines[i].points.max { $0.x < $1.x }.map { (i, panel.place($0.x, $0.y)) }
    }.filter { $0.1.isFinite }
    let heights = spread(ends.map(\.1.y), spacing: 13, within: panel.box.top...panel.box.bottom)
    for ((i, end), height) in zip(ends, heights) {
      drawing.text(lines[i].name, at: Place(end.x + 8, height + 4), ink: ink(i))
    }
  }
}

extension Box {
  package func grown(by margin: Double) -> Box {
    Box(left: left - margin, top: top - margin, width: width + 2 * margin, height: height + 2 * margin)
  }
}
