/// A rectangle with two scales: what most pictures are made of.
package struct Panel: Sendable {
  package let box: Box
  package let x: Scale
  package let y: Scale

  package init(_ box: Box, x: Scale, y: Scale) {
    self.box = box
    self.x = x.between(box.left, box.right)
    self.y = y.between(box.bottom, box.top)
  }

  package func place(_ x: Double, _ y: Double) -> Place { Place(self.x(x), self.y(y)) }

  package func places(_ xs: some Sequence<Double>, _ ys: some Sequence<Double>) -> [Place] {
    zip(xs, ys).map { place($0, $1) }
  }

  /// What an axis shows beside its spine.
  package struct Axis: Sendable {
    package var label = MathText(plain: "")
    /// About how many ticks there is room for; none at zero.
    package var ticks = 5
    package var hasLabels = true
    package var hasGrid = false
    package var size = 11.0
    /// From the axis to the label of a vertical one; nil where the ticks decide.
    package var labelDistance: Double?
    /// Whether the labels of ticks stay beside the box, for not to run into those of a neighbour.
    package var keepsLabelsInside = false

    package init(
      _ label: MathText = MathText(plain: ""), ticks: Int = 5, hasLabels: Bool = true, hasGrid: Bool = false,
      size: Double = 11
    ) {
      self.label = label
      self.ticks = ticks
      self.hasLabels = hasLabels
      self.hasGrid = hasGrid
      self.size = size
    }
  }

  // MARK: - Axes

  /// The horizontal axis, below the box.
  package func drawBottomAxis(_ axis: Axis, in drawing: inout Drawing) {
    let bottom = box.bottom
    var label = axis.label
    var lowest = bottom + 4
    if axis.ticks > 0 {
      let ticks = Ticks(of: x, count: axis.ticks)
      for tick in ticks.ticks {
        let place = x(tick.value)
        if axis.hasGrid { drawing.line(Place(place, box.top), Place(place, bottom), .grid) }
        drawing.line(Place(place, bottom), Place(place, bottom + 4), .axis)
      }
      for value in ticks.minor { drawing.line(Place(x(value), bottom), Place(x(value), bottom + 2), .axis) }
      if axis.hasLabels {
        lowest = bottom + 6 + axis.size
        var taken = -Double.infinity
        for tick in Self.apart(ticks.ticks, size: axis.size, at: { x($0) }) {
          let half = tick.label.width(size: axis.size) / 2
          // The last label may not run out of the picture.
          let (first, last) = axis.keepsLabelsInside ? (box.left, box.right) : (0, drawing.width)
          let place = min(max(x(tick.value), first + half), last - half)
          // One that was moved may have come too close to the one before.
          guard place - half > taken + 3 else { continue }
          taken = place + half
          drawing.text(
            tick.label, at: Place(place, lowest - 1), anchor: .middle, size: axis.size, ink: .quiet)
        }
        if !ticks.note.isEmpty { label = label.isEmpty ? ticks.note : label + "  (" + ticks.note + ")" }
      }
    }
    drawing.line(Place(box.left, bottom), Place(box.right, bottom), .axis)
    drawing.text(
      label, at: Place(box.middle.x, lowest + axis.size + 3), anchor: .middle, size: axis.size)
  }

  /// The vertical axis, to the left of the box.
  package func drawLeftAxis(_ axis: Axis, in drawing: inout Drawing) {
    let left = box.left
    var label = axis.label
    var widest = 0.0
    if axis.ticks > 0 {
      let ticks = Ticks(of: y, count: axis.ticks)
      var taken = Double.infinity
      for tick in ticks.ticks {
        let place = y(tick.value)
        if axis.hasGrid { drawing.line(Place(left, place), Place(box.right, place), .grid) }
        drawing.line(Place(left - 4, place), Place(left, place), .axis)
        let (top, bottom) = (box.top + 0.7 * axis.size, box.bottom)
        let middle = place + 0.35 * axis.size
        let height = axis.keepsLabelsInside ? min(max(middle, top), bottom) : middle
        guard axis.hasLabels, height < taken - axis.size else { continue }
        taken = height
        widest = max(widest, tick.label.width(size: axis.size))
        drawing.text(
          tick.label, at: Place(left - 6, height), anchor: .end, size: axis.size,
          ink: .quiet)
      }
      for value in ticks.minor { drawing.line(Place(left - 2, y(value)), Place(left, y(value)), .axis) }
      if axis.hasLabels, !ticks.note.isEmpty {
        label = label.isEmpty ? ticks.note : label + "  (" + ticks.note + ")"
      }
    }
    drawing.line(Place(left, box.top), Place(left, box.bottom), .axis)
    drawing.text(
      label, at: Place(max(left - (axis.labelDistance ?? 12 + widest), axis.size), box.middle.y),
      anchor: .middle, size: axis.size,
      turned: true)
  }

  /// The ticks whose labels do not run into each other.
  private static func apart(_ ticks: [Ticks.Tick], size: Double, at place: (Double) -> Double) -> [Ticks.Tick]
  {
    let widest = ticks.map { $0.label.width(size: size) }.max() ?? 0
    guard ticks.count > 1 else { return ticks }
    let spacing = abs(place(ticks[1].value) - place(ticks[0].value))
    let every = max(1, Int(((widest + 5) / max(spacing, 1e-9)).rounded(.up)))
    return ticks.enumerated().filter { $0.offset % every == 0 }.map(\.element)
  }

  // MARK: - Marks

  /// A vertical line through the whole box.
  package func drawVertical(at value: Double, _ stroke: Stroke, in drawing: inout Drawing) {
    guard x.contains(value) else { return }
    drawing.line(Place(x(value), box.top), Place(x(value), box.bottom), stroke)
  }

  package func drawHorizontal(at value: Double, _ stroke: Stroke, in drawing: inout Drawing) {
    guard y.contains(value) else { return }
    drawing.line(Place(box.left, y(value)), Place(box.right, y(value)), stroke)
  }
}

/// Moves labels apart that would overlap, each as little as it can be.
///
/// - Parameters:
///   - wanted: where each would best be.
///   - spacing: the least distance of two.
///   - range: where they may be.
/// - Returns: where they are, in the order of `wanted`.
package func spread(_ wanted: [Double], spacing: Double, within range: ClosedRange<Double>) -> [Double] {
  let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
  var places = order.map { min(max(wanted[$0], range.lowerBound), range.upperBound) }
  for i in places.indices.dropFirst() { places[i] = max(places[i], places[i - 1] + spacing) }
  // Where the last was pushed out of the range, push back.
  var limit = range.upperBound
  for i in places.indices.reversed() {
    places[i] = min(places[i], limit)
    limit = places[i] - spacing
  }
  var result = wanted
  for (place, i) in zip(places, order) { result[i] = place }
  return result
}
