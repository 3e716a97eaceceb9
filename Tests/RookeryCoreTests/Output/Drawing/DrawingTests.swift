import Foundation
import RookeryCore
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct DrawingTests {
  @Test func filesAreWellFormedWithoutNumbersThatAreNone() {
    var drawing = Drawing(width: 100, height: 50)
    drawing.polyline([Place(1, 2), Place(.nan, 3), Place(4, 5), Place(.infinity, 0), Place(1e300, 6)], .axis)
    drawing.dots([Place(.nan, .nan)], .blue)
    drawing.area([[]], .green)
    drawing.text("a < b & \"c\" \u{1}\u{1F52D}", at: Place(3, 4))
    drawing.text(MathText(latex: "x_{i<j}^2"), at: Place(3, 4), turned: true)
    drawing.clipped(to: Box(left: 1, top: 1, width: 5, height: 5)) {
      $0.line(Place(0, 0), Place(9, 9), .grid)
    }
    let file = drawing.file(title: "<&\">")
    #expect(isWellFormed(file))
    #expect(!file.contains("nan") && !file.contains("inf"))
    // A line broken by what is no number goes on behind it.
    #expect(file.contains("M1 2M4 5M100000 6"))
    #expect(isWellFormed(drawing.inline(title: "π")))
  }

  @Test(arguments: [
    (0.0, 10.0, ["0", "2", "4", "6", "8", "10"]), (-1, 1, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
    (75.7, 75.83, ["75.70", "75.75", "75.80"]), (3, 3, ["2.8", "3.0", "3.2"]),
    (2_450_000.1, 2_450_000.42, ["0.1", "0.2", "0.3", "0.4"]),
    (0, 2e-7, ["0.0", "0.5", "1.0", "1.5", "2.0"]), (.nan, 3, ["0", "2", "4", "6", "8", "10"]),
  ])
  func ticksAreRoundAndFew(_ lower: Double, _ upper: Double, _ expected: [String]) {
    let ticks = Ticks(of: Scale(lower, upper), count: 4)
    let labels = ticks.ticks.map(\.label.plain)
    #expect(labels.count >= 2 && labels.count <= 7)
    #expect(Set(labels).count == labels.count, "\(labels)")
    if labels.count == expected.count { #expect(labels == expected) }
    #expect(ticks.note.plain.isEmpty == (upper < 1e5 && (upper > 1e-3 || upper.isNaN)))
  }

  @Test(arguments: [(1e-12, 1e12), (0.01, 3), (2, 5), (1, 1), (1e-300, 1e300)])
  func logarithmicTicks(_ lower: Double, _ upper: Double) {
    let scale = Scale(lower, upper, .logarithmic)
    let ticks = Ticks(of: scale, count: 5)
    #expect(ticks.ticks.count >= 2 && ticks.ticks.count <= 12, "\(ticks.ticks.map(\.label.plain))")
    for tick in ticks.ticks { #expect(scale.contains(tick.value)) }
  }

  @Test(arguments: [
    ("\\omega_b", "ωb"), ("\\hat{x}", "x\u{302}"), ("M_{\\rm c}\\,[M_\\odot]", "Mc\u{2009}[M⊙]"),
    ("\\log_{10} m", "log 10m"), ("}{", ""), ("\\frac{a}{b}", "a/b"), ("\\unknown x", "unknownx"),
    ("\\", ""), ("a^", "a"), ("$H_0$", "H0"), ("\\text{two words}", "two words"),
  ])
  func labelsOfLaTeX(_ latex: String, _ plain: String) {
    #expect(MathText(latex: latex).plain == plain)
  }

  @Test func labelsAreMovedApart() {
    let range = 0.0...100
    #expect(spread([50, 51, 52], spacing: 10, within: range) == [50, 60, 70])
    #expect(spread([99, 100, 98], spacing: 10, within: range) == [90, 100, 80])
    #expect(spread([], spacing: 10, within: range) == [])
  }

  @Test func lineChartsTakeAnyNumbers() {
    let odd: [(x: Double, y: Double)] = [(1, .nan), (2, -1), (.infinity, 3), (0, 0), (4, 1e12)]
    for isLogarithmic in [false, true] {
      var chart = LineChart(
        title: "busy & idle", x: "workers", y: "s",
        [
          .init("none", []), .init("one", [(1, 1)]), .init("odd", odd, errors: [1, 1e9, .nan]),
          .init("ideal", odd, style: .reference),
        ])
      (chart.isXLogarithmic, chart.isYLogarithmic) = (isLogarithmic, isLogarithmic)
      let file = chart.drawing().file(title: chart.title)
      #expect(isWellFormed(file))
      #expect(!file.contains("nan") && !file.contains("inf"))
      #expect(file == chart.drawing().file(title: chart.title))
    }
  }
}

/// Whether a text is one XML document.
func isWellFormed(_ text: String) -> Bool {
  let parser = XMLParser(data: Data(text.utf8))
  return parser.parse()
}
