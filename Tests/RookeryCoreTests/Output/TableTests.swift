import Foundation
import RookeryCore
import Testing

@Suite struct TableTests {
  @Test(arguments: [
    (12.3456, 0.12, "12.35"), (12.3456, 1.2, "12.3"), (1234.5, 120, "1235"),
    (0.000123456, 1.2e-6, "0.0001235"),
    (1.23456e-12, 1.2e-14, "1.235e-12"), (6.02214e23, 1.5e20, "6.0221e23"), (0, 1e-12, "0"), (.nan, 1, "nan"),
    (.infinity, 1, "inf"), (3, 0, "3"), (9.999e-12, 1e-13, "1.00e-11"), (1, .nan, "1"),
  ])
  func digitsFollowTheError(_ value: Double, _ error: Double, _ expected: String) {
    #expect(rounded(value, toErrorOf: error) == expected)
  }

  @Test func everyFormOfTheSummary() throws {
    let result = try MadeResult.nested(
      logLikelihoods: [-.infinity, -3, -2, -1], births: [-.infinity, -.infinity, -.infinity, -3],
      names: ["with space", "a|b_c"], derived: [.nan, .infinity, 2, 1])
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

  @Test func formatsByName() throws {
    #expect(try OutputFormat.parse("csv,polychord,csv") == [.csv, .polychord])
    #expect(try OutputFormat.parse("all") == OutputFormat.allCases)
    for text in ["", "csv,", "hdf", "CSV"] {
      #expect(throws: InputError.self) { try OutputFormat.parse(text) }
    }
  }

  @Test func aFormatThatARunHasNoFormIn() throws {
    let result = try MadeResult.importance(logLikelihoods: [1, 2], ratios: [0, 0])
    try inTemporaryDirectory { directory in
      #expect(throws: InputError.self) { try result.write(to: directory, formats: [.ultranest, .csv]) }
      // What can be written is.
      #expect(try RunResult(contentsOf: directory).digest == result.digest)
      #expect(FileManager.default.fileExists(atPath: directory + "/samples.csv"))
      try result.write(to: directory, formats: OutputFormat.allCases)
    }
  }

  @Test func nothingIsLeftUnderATemporaryName() throws {
    try inTemporaryDirectory { directory in
      let result = try MadeResult.nested(logLikelihoods: [1, 2], births: [-.infinity, -.infinity])
      // A directory stands where a file is to go.
      try FileManager.default.createDirectory(
        atPath: directory + "/samples.csv/x", withIntermediateDirectories: true)
      #expect(throws: OutputError.self) { try result.write(to: directory) }
      let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
      #expect(files == ["samples.csv", "samples.npz", "summary.json"])
    }
  }
}
