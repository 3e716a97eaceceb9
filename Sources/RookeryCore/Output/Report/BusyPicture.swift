extension ReportPicture {
  /// Which share of the workers was busy in the course of the run; nil where that was not recorded.
  static func busy(_ statistics: RunStatistics) -> ReportPicture? {
    let timeline = statistics.timeline
    let workers = Double(max(statistics.workers, 1))
    guard timeline.busySeconds.count > 1 else { return nil }
    let (seconds, unit) = Self.unit(Double(timeline.busySeconds.count) * timeline.binSeconds)
    let shares = timeline.busySeconds.dropLast().map { min($0 / (timeline.binSeconds * workers), 1) }
    let end = Double(shares.count) * timeline.binSeconds / seconds
    var drawing = Drawing(width: 440, height: 190)
    let panel = Panel(
      Box(left: 62, top: 24, width: 362, height: 120), x: Scale(0, end), y: Scale(0, 100))
    var (base, top): ([Place], [Place]) = ([], [])
    for (bin, share) in shares.enumerated() {
      for edge in [bin, bin + 1] {
        let time = Double(edge) * timeline.binSeconds / seconds
        base.append(panel.place(time, 0))
        top.append(panel.place(time, 100 * share))
      }
    }
    drawing.band(base, top, .green, opacity: 0.3)
    drawing.polyline(top, Stroke(.green, width: 1.1))
    panel.drawHorizontal(at: 100 * statistics.busy, Stroke(.ink, width: 0.8, dashed: true), in: &drawing)
    drawing.text(
      "busy, % of \(grouped(statistics.workers)) worker\(statistics.workers == 1 ? "" : "s")",
      at: Place(62, 16), size: 11, bold: true)
    drawing.text(
      "mean \(fixed(100 * statistics.busy, 0)) %", at: Place(424, 16), anchor: .end, ink: .quiet)
    panel.drawLeftAxis(.init(ticks: 4, size: 10), in: &drawing)
    panel.drawBottomAxis(.init(MathText(plain: "time [\(unit)]"), ticks: 6, size: 10), in: &drawing)
    return ReportPicture(
      stem: "busy", title: "Workers",
      caption: "Wall time inside pieces of work; what is missing is waiting and the driver's own work.",
      drawing: drawing)
  }

  private static func unit(_ seconds: Double) -> (Double, String) {
    if seconds < 1 { return (1e-3, "ms") }
    if seconds < 300 { return (1, "s") }
    return seconds < 3 * 3600 ? (60, "min") : (3600, "h")
  }
}
