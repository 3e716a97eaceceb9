import Glibc

extension ReportPicture {
  /// Live points or draws, likelihood, posterior mass and evidence against the prior volume left.
  static func run(_ result: RunResult, _ curve: RunCurve) -> ReportPicture {
    var drawing = Drawing(width: 440, height: 4 * 104 + 46)
    let x = Scale(0, curve.depths.last ?? 1)
    func panel(_ row: Int, _ y: Scale) -> Panel {
      Panel(Box(left: 62, top: 22 + Double(row) * 104, width: 362, height: 76), x: x, y: y)
    }
    let names = [
      curve.liveCounts == nil ? "draws per unit of ln X" : "points alive", "ln L",
      "posterior mass per unit of ln X", "evidence so far / Z",
    ]
    let panels = [
      drawCounts(curve, panel, &drawing), drawLikelihood(result, curve, panel, &drawing),
      drawMass(result, curve, panel, &drawing), drawEvidence(curve, panel, &drawing),
    ]
    for (row, panel) in panels.enumerated() {
      drawing.text(names[row], at: Place(panel.box.left, panel.box.top - 6), size: 11, bold: true)
      panel.drawLeftAxis(.init(ticks: 3, size: 10), in: &drawing)
      let isLast = row == panels.count - 1
      panel.drawBottomAxis(
        .init(isLast ? Self.depthLabel : MathText(plain: ""), ticks: 6, hasLabels: isLast, size: 10),
        in: &drawing)
    }
    let text = MathText(plain: "ln Z = ") + .evidence(result.evidence)
    drawing.text(text, at: Place(panels[3].box.left + 10, panels[3].box.top + 14), size: 11, ink: .quiet)
    let source =
      curve.liveCounts == nil
      ? "X is the prior volume above a likelihood, as the weighted draws measure it."
      : "X is the prior volume left, which each death shrinks by about 1 in the number of points alive."
    let end =
      curve.liveCounts == nil
      ? ""
      : " The line follows the middle of that; ln Z is quoted for the mean, which is higher, so the line ends a little below 1."
    return ReportPicture(
      stem: "run", title: "The run",
      caption: "From the whole prior on the left to the peak of the likelihood. \(source) "
        + "Bands hold 68 % and 95 % of what the evidence may be.\(end)", drawing: drawing)
  }

  static var depthLabel: MathText { MathText(plain: "−ln X, prior volume left") }

  private static func drawCounts(
    _ curve: RunCurve, _ panel: (Int, Scale) -> Panel, _ drawing: inout Drawing
  ) -> Panel {
    if let counts = curve.liveCounts {
      let thin = curve.thinned(400)
      let panel = panel(0, Scale(0, 1.1 * Double(counts.max() ?? 1)))
      drawing.polyline(thin.map { panel.place(curve.depths[$0], Double(counts[$0])) }, Stroke(.blue))
      return panel
    }
    let bins = curve.binned(80) { _ in 1 }
    let panel = panel(0, Scale(0, 1.1 * (bins.map(\.sum).max() ?? 1)))
    drawing.polyline(bins.map { panel.place($0.depth, $0.sum) }, Stroke(.blue))
    return panel
  }

  private static func drawLikelihood(
    _ result: RunResult, _ curve: RunCurve, _ panel: (Int, Scale) -> Panel, _ drawing: inout Drawing
  ) -> Panel {
    let thin = curve.thinned(400).map { (curve.depths[$0], result.logLikelihoods[curve.rows[$0]]) }
    // Likelihoods of the first points may be lower than anything that matters.
    let matters = thin.filter { $0.0 >= 0.05 * (curve.depths.last ?? 0) }.map(\.1).filter(\.isFinite)
    let panel = panel(1, Scale(around: matters, margin: 0.08))
    drawing.clipped(to: panel.box) { inside in
      inside.polyline(thin.map { panel.place($0.0, $0.1) }, Stroke(.blue))
    }
    return panel
  }

  private static func drawMass(
    _ result: RunResult, _ curve: RunCurve, _ panel: (Int, Scale) -> Panel, _ drawing: inout Drawing
  ) -> Panel {
    let bins = curve.binned(80) { exp(result.logWeights[$0]) }
    let panel = panel(2, Scale(0, 1.1 * (bins.map(\.sum).max() ?? 1)))
    let line = bins.map { panel.place($0.depth, $0.sum) }
    drawing.band(bins.map { panel.place($0.depth, 0) }, line, .blue, opacity: 0.22)
    drawing.polyline(line, Stroke(.blue))
    return panel
  }

  private static func drawEvidence(
    _ curve: RunCurve, _ panel: (Int, Scale) -> Panel, _ drawing: inout Drawing
  ) -> Panel {
    let steps = curve.evidence
    let highest = steps.map { max($0.share, min($0.quantiles[3], 4)) }.filter(\.isFinite).max() ?? 1
    let panel = panel(3, Scale(0, 1.08 * max(highest, 1)))
    drawing.clipped(to: panel.box) { inside in
      for (low, high) in [(0, 3), (1, 2)] {
        inside.band(
          steps.map { panel.place($0.depth, $0.quantiles[low]) },
          steps.map { panel.place($0.depth, $0.quantiles[high]) }, .blue, opacity: 0.22)
      }
      inside.polyline(steps.map { panel.place($0.depth, $0.share) }, Stroke(.blue))
    }
    return panel
  }
}
