import Foundation
import ReferenceProblems
import Testing

@testable import RookeryCore

@Suite struct ReportTests {
  private static func run(_ name: String, _ method: Method) throws -> RunResult {
    var settings = RunSettings()
    settings.showsProgress = false
    return try sample(ReferenceProblem.named(name).problem, by: method, settings: settings)
  }

  private static func nested(live: Int) -> Method {
    var settings = NestedSettings()
    settings.live = live
    return .nested(settings)
  }

  private static func shells(effective: Double) -> Method {
    var settings = ImportanceNestedSettings()
    settings.targetEffectiveSize = effective
    return .importanceNested(settings)
  }

  /// What must hold of any page: one document, no number that is none, nothing from elsewhere.
  private func check(_ report: RunReport) throws {
    for picture in report.pictures {
      let file = picture.drawing.file(title: picture.title)
      #expect(isWellFormed(file), "\(picture.stem)")
      for word in ["nan", "NaN", "inf\"", "inf ", " -inf"] {
        #expect(!file.contains(word), "\(picture.stem) has \(word)")
      }
      #expect(file.contains("prefers-color-scheme:dark") && file.contains("var(--ink)"))
    }
    let page = report.html
    // What is not XML in HTML are the doctype and empty elements.
    let body = try #require(page.range(of: "<body>")).lowerBound
    #expect(isWellFormed(String(page[body...].dropLast("\n</html>\n".count))))
    #expect(page.contains("name=\"viewport\"") && page.contains("prefers-color-scheme:dark"))
    for word in ["<script", "<link", "src=", "@import", "url(", "href=\"http"] {
      #expect(!page.contains(word), "the page has \(word)")
    }
    #expect(page.utf8.count < 5_000_000)
  }

  private func stems(_ report: RunReport) -> [String] { report.pictures.map(\.stem) }

  @Test(.timeLimit(.minutes(10)))
  func reportOfANestedRun() throws {
    let result = try Self.run("gauss5", Self.nested(live: 60))
    let report = try RunReport(result, truths: ["theta0": 0, "theta3": 40])
    try check(report)
    #expect(stems(report) == ["corner", "marginals", "run", "trace", "ranks", "busy"])
    #expect(report.html.contains(result.digest) && report.html.contains("Converged"))
    #expect(report.html == (try RunReport(result, truths: ["theta0": 0, "theta3": 40])).html)
  }

  @Test(.timeLimit(.minutes(10)))
  func reportOfAnImportanceRun() throws {
    let report = try RunReport(try Self.run("shells2", Self.shells(effective: 2000)))
    try check(report)
    #expect(stems(report) == ["corner", "marginals", "run", "trace", "busy"])
  }

  @Test(.timeLimit(.minutes(10)))
  func filesAndRanks() throws {
    try inTemporaryDirectory { directory in
      var result = try Self.run("gauss5", Self.nested(live: 30))
      let place = directory + "/a b/c"
      #expect(try result.report(to: place) == place + "/report.html")
      let files = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
      #expect(
        files == [
          "busy.svg", "corner.svg", "marginals.svg", "ranks.svg", "report.html", "run.svg", "trace.svg",
        ])
      // What was saved is enough to draw it again.
      try result.write(to: place)
      #expect(try RunReport(RunResult(contentsOf: place)).html == RunReport(result).html)
      result.head.rank = 1
      #expect(try result.report(to: directory + "/other") == nil)
      #expect(!FileManager.default.fileExists(atPath: directory + "/other"))
      #expect(throws: OutputError.self) {
        result.head.rank = 0
        try result.report(to: "/proc/rookery")
      }
    }
  }

  @Test func trueValuesOfNothing() throws {
    let result = try MadeResult.nested(logLikelihoods: [1, 2], births: [-.infinity, -.infinity])
    #expect(throws: InputError.self) { try RunReport(result, truths: ["c": 1]) }
  }

  @Test func oddResults() throws {
    let names = ["with space", "höhe \u{1F52D}<&\">", "\\alpha_{\\rm x}", "-"]
    try check(
      RunReport(
        try MadeResult.nested(
          logLikelihoods: [-.infinity, -3, -2, -1], births: [-.infinity, -.infinity, -.infinity, -3],
          names: names, derived: [.nan, .infinity, -.infinity, 1])))
    try check(RunReport(try MadeResult.nested(logLikelihoods: [2], births: [-.infinity])))
    try check(RunReport(try MadeResult.nested(logLikelihoods: [], births: [])))
    try check(
      RunReport(
        try MadeResult.nested(logLikelihoods: [0, 0, 0], births: [-.infinity, -.infinity, -.infinity])))
    try check(RunReport(try MadeResult.importance(logLikelihoods: [-1], ratios: [0.5])))
    try check(
      RunReport(try MadeResult.importance(logLikelihoods: [-.infinity, -.infinity], ratios: [0, 0])))
    let wide = (0..<500).map { -1e6 + 2e3 * Double($0) }
    try check(RunReport(try MadeResult.nested(logLikelihoods: wide, births: wide.map { _ in -.infinity })))
  }

  @Test func fixedConditionalAndConstantQuantities() throws {
    let problem = try Problem(
      "odd",
      parameters: [
        Parameter("width", .fixed(2)), Parameter("x", .cauchy(location: 0, scale: 1)),
        Parameter("y", .conditional { .uniform(0, abs($0[1]) + 1) }),
        Parameter("z", .uniform(2_450_000, 2_450_001), label: "t_0", unit: "d", boundary: .periodic),
      ], derived: ["constant", "small"]
    ) { theta, derived in
      derived[0] = 3
      derived[1] = 1e-9 * theta[1]
      return -theta[1] * theta[1]
    }
    var settings = RunSettings()
    settings.showsProgress = false
    let report = try RunReport(try sample(problem, by: Self.nested(live: 60), settings: settings))
    try check(report)
    #expect(report.html.contains("fixed at 2"))
    let corner = try #require(report.pictures.first { $0.stem == "corner" })
    // Neither the fixed nor the constant quantity takes a column.
    #expect(!corner.drawing.inline(title: "").contains("constant"))
  }

  @Test(arguments: [
    (75.7586, 0.061, 0.059, "75.759 ± 0.060"), (1.0, 0.5, 0.1, "1.00+0.50−0.10"), (0, 0, 0, "0"),
    (1.5e-7, 2e-8, 2e-8, "1.50 ± 0.20×10−7"), (1234567, 1000, 1000, "1.2346 ± 0.0010×106"),
    (.nan, 1, 1, "not a number"), (-3.14159, 0.002, 0.002, "−3.1416 ± 0.0020"),
  ])
  func digitsFollowTheError(_ value: Double, _ plus: Double, _ minus: Double, _ expected: String) {
    #expect(MathText(measured: value, plus: plus, minus: minus).plain == expected)
  }

  @Test func priorDensityFromItsQuantiles() throws {
    let problem = try Problem("p", parameters: [Parameter("x", .normal(mean: 1, deviation: 2))]) {
      (_: [Double]) in 0
    }
    let curve = try #require(PriorCurve(try problem.parameterDescriptions()[0]))
    for (x, density) in curve.points where abs(x - 1) < 4 {
      let exact = exp(-0.125 * (x - 1) * (x - 1)) / (2 * (2 * Double.pi).squareRoot())
      #expect(abs(density - exact) < 0.01 * exact)
    }
  }

  /// The evidence curve ends at the evidence, and its band is as wide as the error.
  @Test(.timeLimit(.minutes(10)))
  func evidenceSoFarEndsAtTheEvidence() throws {
    for method in [Self.nested(live: 200), Self.shells(effective: 2000)] {
      let result = try Self.run("shells2", method)
      let curve = try #require(RunCurve(result))
      let last = try #require(curve.evidence.last)
      #expect(abs(last.share - 1) < 0.02)
      let width = (last.quantiles[2] - last.quantiles[1]) / 2
      #expect(abs(width / result.evidence.error - 1) < 0.25, "\(width) and \(result.evidence.error)")
    }
  }

  @Test func picturesOfAUsersOwn() throws {
    let points = (0..<200).map { (x: Double($0), y: Double($0 % 7)) }
    let picture = Picture(
      "data / model", title: "Data <&> model",
      [
        LineChart(
          title: "b", x: "t", y: "v",
          [
            .init("", points, errors: points.map { _ in 1 }, style: .dots),
            .init("model", points, style: .line),
          ],
          bands: [.init(points.map { ($0.x, $0.y - 1, $0.y + 1) }, ofLine: 1)]),
        LineChart(title: "", x: "", y: "", []),
      ])
    let result = try MadeResult.nested(logLikelihoods: [1, 2], births: [-.infinity, -.infinity])
    let report = try RunReport(result, own: [picture])
    try check(report)
    #expect(report.pictures[0].stem == "data---model")
    // They are kept for a report that is made again, until there is one without.
    try inTemporaryDirectory { directory in
      try result.report(to: directory, pictures: [picture])
      let again = try RunReport(result, own: result.picturesOfReport(in: directory))
      #expect(again.html == report.html)
      let other = try MadeResult.nested(logLikelihoods: [1, 3], births: [-.infinity, -.infinity])
      #expect(try other.picturesOfReport(in: directory).isEmpty)
      try Data("{\"digest\":\"\(result.digest)\",\"pictures\":[{}]}".utf8).write(
        to: URL(fileURLWithPath: directory + "/pictures.json"))
      #expect(throws: InputError.self) { try result.picturesOfReport(in: directory) }
      try result.report(to: directory)
      #expect(try result.picturesOfReport(in: directory).isEmpty)
    }
  }

  /// What a referee asks for: when, where and with what, and the options with the values that were in force.
  @Test(.timeLimit(.minutes(10)))
  func settingsInForceAndCircumstances() throws {
    let result = try Self.run("gauss5", Self.nested(live: 60))
    let page = try RunReport(result).html
    for text in ["live", "dlogz", "slices", "explorer", "Finished", "Host", "Swift 6.", "BLAS"] {
      #expect(page.contains("<th>\(text)") || page.contains(">\(text)"), "\(text)")
    }
    #expect(!page.contains("isDynamic") && !page.contains("remainingEvidence"))
    let inForce = result.provenance.inForce.first { $0.name == "dlogz" }
    #expect(Double(inForce?.value ?? "") != nil)
    try inTemporaryDirectory { directory in
      try result.write(to: directory)
      #expect(try RunResult(contentsOf: directory).provenance == result.provenance)
    }
  }

  /// The two errors of a value stand one over the other.
  @Test func errorsAreStacked() {
    let text = MathText(measured: 1, plus: 0.5, minus: 0.1)
    #expect(text.html == "1.00<span class=\"stack\"><sup>+0.50</sup><sub>−0.10</sub></span>")
    let svg = text.svg(size: 10)
    #expect(svg.contains("dx=\"-"), "\(svg)")
    #expect(text.width(size: 10) < MathText(latex: "1.00^{+0.50-0.10}").width(size: 10))
  }

  /// Labels of ticks, moved into their box, do not run into each other.
  @Test func labelsDoNotCollide() {
    for (lower, upper) in [(0.0, 1.0), (-1000, 1000), (1e-10, 3), (9.99, 10.01)] {
      for width in [40.0, 60, 90, 150] {
        var drawing = Drawing(width: 400, height: 100)
        var axis = Panel.Axis(ticks: 5, size: 10)
        axis.keepsLabelsInside = true
        Panel(Box(left: 100, top: 10, width: width, height: 60), x: Scale(lower, upper), y: Scale(0, 1))
          .drawBottomAxis(axis, in: &drawing)
        let labels = drawing.inline(title: "").matches(of: #/<text[^>]* x="([0-9.]+)"[^>]*>([^<]+)</text>/#)
          .compactMap { match in
            Double(match.1).map { ($0, MathText(plain: String(match.2)).width(size: 10)) }
          }.sorted { $0.0 < $1.0 }
        for (a, b) in zip(labels, labels.dropFirst()) where a.0 != b.0 {
          #expect(b.0 - a.0 >= (a.1 + b.1) / 2, "\(lower)...\(upper) on \(width)")
        }
      }
    }
  }

  /// A prior that is even over the logarithm has an axis that is too.
  @Test(.timeLimit(.minutes(10)))
  func logarithmicAxes() throws {
    let problem = try Problem("scales", parameters: [Parameter("s", .logUniform(1e-3, 1e3))]) {
      (theta: [Double]) in -0.5 * pow(log(theta[0]), 2)
    }
    var settings = RunSettings()
    settings.showsProgress = false
    let result = try sample(problem, by: Self.nested(live: 200), settings: settings)
    let report = try RunReport(result)
    try check(report)
    let drawn = report.samples.quantities[0]
    #expect(drawn.kind == .logarithmic)
    let range = try #require(drawn.range(report.samples.weights))
    #expect(range.lower > 0 && abs(log(range.lower) + log(range.upper)) < 2)
  }

  /// Twenty dimensions are the most that a page is meant for; its size hardly depends on the number of samples.
  /// ROOKERY_REPORT_ROWS=1000000 tries as many.
  @Test(.timeLimit(.minutes(10)))
  func pagesOfManySamplesAreSmall() throws {
    let rows = ProcessInfo.processInfo.environment["ROOKERY_REPORT_ROWS"].flatMap { Int($0) } ?? 20_000
    let live = max(rows / 40, 1)
    let deaths = (0..<rows).map { -50 * exp(-Double($0) / Double(live) / 10) }
    let births = (0..<rows).map { $0 < live ? -Double.infinity : deaths[$0 - live] }
    let names = (0..<20).map { "parameter \($0)" }
    let result = try MadeResult.nested(logLikelihoods: deaths, births: births, names: names)
    let start = ContinuousClock.now
    let page = try RunReport(result).html
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    #expect(page.utf8.count < 5_000_000)
    print("a report of \(rows) samples in 20 dimensions: \(page.utf8.count) bytes in \(seconds) s")
  }

  /// A posterior across the seam of a periodic parameter is one piece.
  @Test func posteriorsAcrossTheSeamAreJoined() throws {
    let problem = try Problem(
      "angle", parameters: [Parameter("w", .uniform(0, 2 * .pi), boundary: .periodic)]
    ) { (theta: [Double]) in 20 * cos(theta[0]) }
    var settings = RunSettings()
    settings.showsProgress = false
    let result = try sample(problem, by: Self.nested(live: 100), settings: settings)
    let drawn = DrawnSamples(result, result.marginals(), truths: ["w": 6.2]).quantities[0]
    #expect(abs(drawn.marginal.mean) < 0.1 && abs(drawn.marginal.deviation - 0.226) < 0.03)
    #expect(abs((drawn.truth ?? 0) - (6.2 - 2 * Double.pi)) < 1e-9)
    try check(RunReport(result))
  }

  @Test func ringsAreSimplified() throws {
    let circle = (0..<400).map { i in
      Place(50 + 40 * cos(2 * .pi * Double(i) / 400), 50 + 40 * sin(2 * .pi * Double(i) / 400))
    }
    let few = try #require(simplified(circle, to: 0.15))
    #expect(few.count > 20 && few.count < 80)
    for place in few {
      #expect(abs(((place.x - 50) * (place.x - 50) + (place.y - 50) * (place.y - 50)) - 1600) < 1e-6)
    }
    #expect(simplified([Place(0, 0), Place(0.1, 0), Place(0, 0.1)], to: 0.15) == nil)
    #expect(simplified([], to: 1) == nil)
  }
}
