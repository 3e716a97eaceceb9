import Foundation
import Testing

@testable import RookeryCore

@Suite struct TableTests {
  private static let common: [(Double, Double, String)] = [
    (12.3456, 0.12, "12.35"), (12.3456, 1.2, "12.3"), (1234.5, 120, "1235"),
    (0.000123456, 1.2e-6, "0.0001235"), (1.23456e-12, 1.2e-14, "1.235e-12"),
    (6.02214e23, 1.5e20, "6.0221e23"), (0, 1e-12, "0"), (.nan, 1, "nan"), (.infinity, 1, "inf"), (3, 0, "3"),
    (9.999e-12, 1e-13, "1.00e-11"), (1, .nan, "1"),
  ]

  /// Errors that say nothing leave few digits.
  private static let without: [(Double, Double, String)] = [
    (-1.6266983482506902, 5.8e-115, "-1.6267"), (-0.1, 1e-300, "-0.1"),
    (-0.1, .leastNonzeroMagnitude, "-0.1"),
    (0.30000000000000004, 0, "0.3"), (0.3333333333333333, .nan, "0.333333"),
    (0.3333333333333333, .infinity, "0.333333"), (3.3333333e299, 0, "3.33333e299"),
    (.leastNonzeroMagnitude, 0, "4.94066e-324"), (0, .leastNonzeroMagnitude, "0"), (-.infinity, 0, "-inf"),
    (5.8e-115, 5.8e-115, "5.8e-115"),
    (1.7e308, 1e307, "1.70e308"), (2_459_000.123456789, 1e-6, "2459000.1234568"),
    (123456789.123, 0, "123456789"), (3.3333333e16, 0, "3.33333e16"),
  ]

  @Test(arguments: common + without)
  func digitsFollowTheError(_ value: Double, _ error: Double, _ expected: String) {
    #expect(rounded(value, toErrorOf: error) == expected)
  }

  /// No number that a table can meet makes it wide, or traps.
  @Test func noNumberHasMoreDigitsThanMeaning() {
    let sizes = [
      0, .leastNonzeroMagnitude, Double.leastNormalMagnitude / 100, 1e-115, 1e-16, 0.1, 1 / 3.0, 7,
      1e6 + 1 / 3.0, 1e15, 1e16 / 3, 1.7e308,
    ]
    let numbers = sizes + sizes.map { -$0 } + [.infinity, -.infinity, .nan]
    for value in numbers {
      for error in sizes + [.infinity, .nan, -1] {
        for text in [
          rounded(value, toErrorOf: error), fixed(value, 3), fixed(value, 12), short(value),
          scientific(value, digits: 2), MathText.short(value), MathText.rounded(value, by: error),
          MathText(measured: value, plus: error, minus: error).plain,
          MathText(measured: value, plus: error, minus: .leastNonzeroMagnitude).plain,
        ] { #expect(text.count <= 60 && !text.contains("NaN"), "\(value) ± \(error): \(text)") }
        let digits = rounded(value, toErrorOf: error).prefix { $0 != "e" }.count { $0.isNumber }
        #expect(digits <= 17, "\(rounded(value, toErrorOf: error)) for \(value) ± \(error)")
      }
      _ = (grouped(wholeOf: value), percent(value), duration(value), shortDuration(value))
    }
  }

  @Test func everyFormOfTheSummary() throws {
    let count = 200
    let result = try MadeResult.nested(
      logLikelihoods: [-.infinity] + (1..<count).map { 1e-3 * Double($0) },
      births: (0..<count).map { _ in -.infinity }, names: ["with space", "a|b_c"],
      derived: [.nan, .infinity] + (2..<count).map(Double.init))
    let terminal = try #require(result.summaryText())
    #expect(terminal.contains("  with space") && terminal.contains("  sum of all"))
    let markdown = try #require(result.summaryText(as: .markdown))
    #expect(markdown.contains("| a\\|b_c |"))
    let latex = try #require(result.summaryText(as: .latex))
    #expect(latex.contains("$\\hat{with space}$ & $"))
    #expect(latex.contains("sum of all & inf"))
    let json = try #require(result.summaryText(as: .json))
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let parameters = try #require(object?["parameters"] as? [[String: Any]])
    #expect(parameters.map { $0["name"] as? String } == ["with space", "a|b_c"])
    #expect(parameters[0]["map"] is Double)
  }

  @Test func nothingIsLeftUnderATemporaryName() throws {
    try inTemporaryDirectory { directory in
      let result = try MadeResult.nested(logLikelihoods: [1, 2], births: [-.infinity, -.infinity])
      // A directory stands where a file is to go.
      try FileManager.default.createDirectory(
        atPath: directory + "/samples.csv/x", withIntermediateDirectories: true)
      #expect(throws: OutputError.self) { try result.write(to: directory, formats: [.csv]) }
      let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
      #expect(files == ["samples.csv", "samples.npz", "summary.json"])
    }
  }
}
