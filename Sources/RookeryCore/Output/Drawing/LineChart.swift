/// A chart of points, lines and bands over one axis, each line named at its right end.
public struct LineChart: Sendable {
  /// How the points of a line are shown.
  public enum Style: Sendable {
    /// A line with a mark at each point, as for a few measured points.
    case marked
    case line
    case dots
    /// A dashed line to compare with.
    case reference
  }

  public struct Line: Sendable {
    public var name: String
    public var points: [(x: Double, y: Double)]
    /// One standard deviation up and down, for each point; empty for none.
    public var errors: [Double]
    public var style: Style
    package var ink: Ink?

    /// - Parameters:
    ///   - name: shown beside it; empty for none.
    ///   - points: in the order in which a line joins them. What is not finite is left out, and breaks the line.
    ///   - errors: one standard deviation up and down, for each point; empty for none.
    public init(
      _ name: String = "", _ points: [(x: Double, y: Double)], errors: [Double] = [], style: Style = .marked
    ) {
      self.name = name
      self.points = points
      self.errors = errors
      self.style = style
    }
  }

  /// The area between two lines, drawn below everything else in the colour of a line.
  public struct Band: Sendable {
    public var points: [(x: Double, low: Double, high: Double)]
    /// The place in `lines` of the line whose colour it takes.
    public var line: Int

    public init(_ points: [(x: Double, low: Double, high: Double)], ofLine line: Int) {
      self.points = points
      self.line = line
    }
  }

  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var lines: [Line]
  public var bands: [Band] = []
  /// Whether an axis goes by the logarithm; what is not above zero is then left out.
  public var isXLogarithmic = false
  public var isYLogarithmic = false
  /// The ends of the vertical axis; nil where the data decide.
  public var yRange: ClosedRange<Double>?

  public init(title: String, x: String, y: String, _ lines: [Line], bands: [Band] = []) {
    self.title = title
    xLabel = x
    yLabel = y
    self.lines = lines
    self.bands = bands
  }
}

// MARK: - Drawing

extension LineChart {
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
      x: Scale(
        around: lines.flatMap { $0.points.map(\.x) } + bands.flatMap { $0.points.map(\.x) }, margin: 0.03,
        isXLogarithmic ? .logarithmic : .linear), y: y)
    drawing.text(title, at: Place(left, 17), size: 12, bold: true)
    panel.drawLeftAxis(.init(MathText(plain: yLabel), hasGrid: true), in: &drawing)
    panel.drawBottomAxis(
      .init(MathText(plain: xLabel), ticks: max(2, Int(panel.box.width / 60))), in: &drawing)
    drawing.clipped(to: panel.box.grown(by: 3)) { inside in
      for band in bands {
        inside.band(
          band.points.map { panel.place($0.x, $0.low) }, band.points.map { panel.place($0.x, $0.high) },
          lines.indices.contains(band.line) ? ink(band.line) : .slate, opacity: 0.25)
      }
      for (place, line) in lines.enumerated() { draw(line, ink(place), in: panel, &inside) }
    }
    drawNames(in: panel, &drawing)
    return drawing
  }

  private var yScale: Scale {
    let kind = isYLogarithmic ? Scale.Kind.logarithmic : .linear
    if let yRange { return Scale(yRange.lowerBound, yRange.upperBound, kind) }
    let ofLines = lines.flatMap { line in
      line.points.indices.flatMap { i in
        let error = i < line.errors.count ? line.errors[i] : 0
        return [line.points[i].y - error, line.points[i].y + error]
      }
    }
    return Scale(around: ofLines + bands.flatMap { $0.points.flatMap { [$0.low, $0.high] } }, kind)
  }

  private func ink(_ place: Int) -> Ink {
    if let ink = lines[place].ink { return ink }
    if lines[place].style == .reference { return .quiet }
    return .data(lines[..<place].count { $0.style != .reference })
  }

  private func draw(_ line: Line, _ ink: Ink, in panel: Panel, _ drawing: inout Drawing) {
    let places = line.points.map { panel.place($0.x, $0.y) }
    for (point, error) in zip(line.points, line.errors) where error > 0 {
      let ends = [point.y - error, point.y + error].map { y in
        // On a logarithmic axis a bar may go down without end.
        panel.place(point.x, isYLogarithmic ? max(y, panel.y.lower) : y)
      }
      drawing.polyline(
        ends, Stroke(ink, width: line.style == .dots ? 0.7 : 1.2, opacity: line.style == .dots ? 0.6 : 1))
    }
    switch line.style {
    case .reference: drawing.polyline(places, Stroke(ink, width: 1, dashed: true))
    case .line: drawing.polyline(places, Stroke(ink, width: 1.5))
    case .dots: drawing.dots(places, ink, diameter: dotDiameter)
    case .marked:
      drawing.polyline(places, Stroke(ink, width: 1.6))
      drawing.dots(places, ink, diameter: 5.5)
    }
  }

  /// The same for all dots of a chart, smaller where there are many.
  private var dotDiameter: Double {
    lines.filter { $0.style == .dots }.reduce(0) { $0 + $1.points.count } > 100 ? 3 : 5
  }

  private func drawNames(in panel: Panel, _ drawing: inout Drawing) {
    let ends = lines.indices.compactMap { i in
      lines[i].name.isEmpty
        ? nil : lines[i].points.max { $0.x < $1.x }.map { (i, panel.place($0.x, $0.y)) }
    }.filter { $0.1.isFinite }
    let heights = spread(ends.map(\.1.y), spacing: 13, within: panel.box.top...panel.box.bottom)
    for ((i, end), height) in zip(ends, heights) {
      // Dots have no end to stand beside.
      let x = lines[i].style == .dots ? panel.box.right : end.x
      drawing.text(lines[i].name, at: Place(x + 8, height + 4), ink: ink(i))
    }
  }
}

extension Box {
  package func grown(by margin: Double) -> Box {
    Box(left: left - margin, top: top - margin, width: width + 2 * margin, height: height + 2 * margin)
  }
}
