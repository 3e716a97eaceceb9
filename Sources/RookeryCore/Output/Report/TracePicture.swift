import Glibc

extension ReportPicture {
  private static let mostTraces = 24
  private static let mostPoints = 700

  /// The samples of each quantity against the prior volume left: how the run closed in on the posterior.
  static func trace(_ result: RunResult, _ curve: RunCurve) -> ReportPicture? {
    let free = result.parameters.indices.filter { !result.parameters[$0].isFixed }
    let columns =
      free.map { (result.parameters[$0].quantity, result.samples.column($0)) }
      + result.derived.indices.map { (result.derived[$0], result.derivedSamples.column($0)) }
    let shown = columns.prefix(mostTraces)
    guard !shown.isEmpty else { return nil }
    let height = shown.count <= 8 ? 74.0 : 56
    var drawing = Drawing(width: 440, height: Double(shown.count) * (height + 24) + 46)
    let all = curve.thinned(mostPoints)
    let posterior = posteriorPlaces(result, curve)
    for (row, (quantity, values)) in shown.enumerated() {
      let box = Box(left: 62, top: 20 + Double(row) * (height + 24), width: 362, height: height)
      let chosen = (all + posterior).map { values[curve.rows[$0]] }
      let panel = Panel(
        box, x: Scale(0, curve.depths.last ?? 1), y: Scale(around: chosen, margin: 0.04))
      func places(_ chosen: [Int]) -> [Place] {
        chosen.map { panel.place(curve.depths[$0], values[curve.rows[$0]]) }
      }
      drawing.clipped(to: box) { inside in
        inside.dots(places(all), .slate, diameter: 1.6, opacity: 0.6)
        inside.dots(places(posterior), .blue, diameter: 2.2, opacity: 0.8)
      }
      let isLast = row == shown.count - 1
      drawing.text(MathText(quantity), at: Place(box.left, box.top - 5), size: 10.5, bold: true)
      panel.drawLeftAxis(.init(ticks: 3, size: 9.5), in: &drawing)
      panel.drawBottomAxis(
        .init(isLast ? depthLabel : MathText(plain: ""), ticks: 6, hasLabels: isLast, size: 10),
        in: &drawing)
    }
    let omitted = columns.count > shown.count ? " The first \(shown.count) of \(columns.count)." : ""
    return ReportPicture(
      stem: "trace", title: "Trace",
      caption: "Grey: samples as the prior volume shrinks. Blue: draws from the posterior." + omitted,
      drawing: drawing)
  }

  /// Places along the curve at even steps of the posterior mass.
  private static func posteriorPlaces(_ result: RunResult, _ curve: RunCurve) -> [Int] {
    let count = mostPoints / 2
    var (sum, next) = (0.0, 0)
    var chosen: [Int] = []
    for (place, row) in curve.rows.enumerated() {
      sum += exp(result.logWeights[row])
      guard (Double(next) + 0.5) / Double(count) <= sum else { continue }
      chosen.append(place)
      next = Int(sum * Double(count) + 0.5)
    }
    return chosen
  }
}
