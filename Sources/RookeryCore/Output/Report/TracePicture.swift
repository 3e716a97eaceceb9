import Glibc

extension ReportPicture {
  private static let mostTraces = 24
  private static let mostInOneColumn = 8
  private static let mostPoints = 700

  /// The samples of each quantity against the prior volume left: how the run closed in on the posterior.
  static func trace(_ result: RunResult, _ curve: RunCurve, _ marginals: [RunResult.Marginal])
    -> ReportPicture?
  {
    let free = result.parameters.indices.filter { !result.parameters[$0].isFixed }
    let columns: [(DerivedQuantity, Scale.Kind, [Double])] =
      free.map { i in
        // On the branch of the table, for a chain not to jump where a circle is cut.
        let values = result.samples.column(i)
        let branch = marginals[i].branch
        let shown = branch.map { branch in values.map { branch($0) } } ?? values
        let kind = result.parameters[i].prior.hasPrefix("logUniform(") ? Scale.Kind.logarithmic : .linear
        return (result.parameters[i].quantity, kind, shown)
      }
      + result.derived.indices.map { (result.derived[$0], .linear, result.derivedSamples.column($0)) }
    let shown = columns.prefix(mostTraces)
    guard !shown.isEmpty else { return nil }
    // Many stand in two columns, not to be higher than a page.
    let columnCount = shown.count <= mostInOneColumn ? 1 : 2
    let perColumn = (shown.count + columnCount - 1) / columnCount
    let height = shown.count <= mostInOneColumn ? 74.0 : 60
    var drawing = Drawing(width: 440 * Double(columnCount), height: Double(perColumn) * (height + 24) + 46)
    let all = curve.thinned(mostPoints)
    let posterior = posteriorPlaces(result, curve)
    for (place, (quantity, kind, values)) in shown.enumerated() {
      let (column, row) = place.quotientAndRemainder(dividingBy: perColumn)
      let box = Box(
        left: 62 + 440 * Double(column), top: 20 + Double(row) * (height + 24), width: 362, height: height)
      let chosen = (all + posterior).map { values[curve.rows[$0]] }
      let panel = Panel(
        box, x: Scale(0, curve.depths.last ?? 1), y: Scale(around: chosen, margin: 0.04, kind))
      func places(_ chosen: [Int]) -> [Place] {
        chosen.map { panel.place(curve.depths[$0], values[curve.rows[$0]]) }
      }
      drawing.clipped(to: box) { inside in
        inside.dots(places(all), .slate, diameter: 1.6, opacity: 0.6)
        inside.dots(places(posterior), .blue, diameter: 2.2, opacity: 0.8)
      }
      let isLast = row == perColumn - 1 || place == shown.count - 1
      drawing.text(MathText(quantity), at: Place(box.left, box.top - 5), size: 10.5, bold: true)
      panel.drawLeftAxis(.init(ticks: 3, size: 9.5), in: &drawing)
      panel.drawBottomAxis(
        .init(isLast ? depthLabel : MathText(plain: ""), ticks: 6, hasLabels: isLast, size: 10),
        in: &drawing)
    }
    let omitted = columns.count > shown.count ? " The first \(shown.count) of \(columns.count)." : ""
    let grey =
      curve.liveCounts == nil
      ? "Grey: all draws, each at the prior volume above its likelihood; they are independent, and this is not their order."
      : "Grey: samples as the prior volume shrinks."
    return ReportPicture(
      stem: "trace", title: "Trace", caption: "\(grey) Blue: those that make up the posterior." + omitted,
      drawing: drawing, isWide: columnCount > 1)
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
