import Glibc

extension ReportPicture {
  /// Where new points came in among the live ones; nil without points that did.
  static func ranks(_ ranks: InsertionRanks) -> ReportPicture? {
    let places = ranks.places
    guard !places.isEmpty else { return nil }
    let bins = min(max(places.count / 50, 5), 40)
    var counts = [Int](repeating: 0, count: bins)
    for place in places where place.isFinite { counts[min(max(Int(place * Double(bins)), 0), bins - 1)] += 1 }
    let expected = Double(places.count) / Double(bins)
    let deviation = (expected * (1 - 1 / Double(bins))).squareRoot() / expected
    let ratios = counts.map { Double($0) / expected }
    var drawing = Drawing(width: 440, height: 220)
    let panel = Panel(
      Box(left: 62, top: 24, width: 362, height: 150), x: Scale(0, 1),
      y: Scale(0, 1.05 * max(ratios.max() ?? 1, 1 + 3 * deviation)))
    for width in [2.0, 1] {
      let (low, high) = (max(1 - width * deviation, 0), 1 + width * deviation)
      drawing.band(
        [panel.place(0, low), panel.place(1, low)], [panel.place(0, high), panel.place(1, high)], .slate,
        opacity: 0.2)
    }
    var outline: [Place] = []
    for (i, ratio) in ratios.enumerated() {
      outline.append(panel.place(Double(i) / Double(bins), ratio))
      outline.append(panel.place(Double(i + 1) / Double(bins), ratio))
    }
    drawing.polyline(outline, Stroke(.blue, width: 1.4))
    let pValue = ranks.pValue < 0.001 ? "p < 0.001" : "p = \(fixed(ranks.pValue, 3))"
    drawing.text("points, of those expected", at: Place(62, 16), size: 11, bold: true)
    drawing.text("\(pValue), \(grouped(places.count)) points", at: Place(424, 16), anchor: .end, ink: .quiet)
    panel.drawLeftAxis(.init(ticks: 4, size: 10), in: &drawing)
    panel.drawBottomAxis(
      .init(MathText(plain: "place among the live points, by likelihood"), ticks: 5, size: 10), in: &drawing)
    return ReportPicture(
      stem: "ranks", title: "Insertion ranks",
      caption:
        "New points of a sound run come in evenly among the live ones: within the bands (68 % and 95 % of bins).",
      drawing: drawing)
  }
}
