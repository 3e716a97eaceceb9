import Foundation
import Testing

@testable import RookeryCore

/// Names that mean something to a terminal, to a format or to its columns.
@Suite struct NamesTests {
  private let weird = "a\u{1b}[31m\u{7}b\u{9b}c\u{202e}d\r\ne\u{2028}"

  private func problem(_ names: [String], name: String = "made", derived: [String] = []) throws -> RunResult {
    let problem = try Problem(
      name, parameters: names.map { Parameter($0, .uniform(-1, 3), label: $0 + "'", unit: $0) },
      derived: derived.map { DerivedQuantity($0) },
      likelihood: PointLikelihood(isThreadSafe: true) { _, _ in 0 })
    let rows = 200
    let cube = PointMatrix(
      columns: names.count, values: (0..<rows * names.count).map { (Double($0 * 37 % 997) + 0.5) / 997 })
    return try RunResult(
      record: RunRecord(
        cube: cube,
        derived: PointMatrix(
          columns: derived.count, values: Array(repeating: 1, count: rows * derived.count)),
        logLikelihoods: (0..<rows).map { Double($0) / 400 },
        kind: .nested(birthLogLikelihoods: (0..<rows).map { _ in -.infinity })),
      problem: problem, engine: EngineDescription(name: "made", live: rows, dimension: names.count),
      settings: RunSettings(), ending: .stuck(MadeResult.said(weird)), statistics: RunStatistics())
  }

  private func isPlain(_ text: String) -> Bool {
    !text.unicodeScalars.contains { $0 != "\n" && isControl($0) }
  }

  @Test func controlCharactersAreWrittenOut() throws {
    #expect(printable(weird) == "a\\u{1b}[31m\\u{7}b\\u{9b}c\\u{202e}d\\r\\ne\\u{2028}")
    #expect(printable("größe, ε 🔭 e\u{301}") == "größe, ε 🔭 e\u{301}")
    let result = try problem([weird, "b"], name: weird, derived: ["z" + weird])
    for format in TableFormat.allCases {
      let text = try #require(result.summaryText(as: format))
      #expect(isPlain(text), "\(format)")
      #expect(text.contains("31m"))
    }
    #expect(isPlain(try #require(result.json())))
    let comparison = try #require(try compare([result, result], names: [weird, "other"]))
    for format in TableFormat.allCases { #expect(isPlain(comparison.text(as: format)), "\(format)") }
    try inTemporaryDirectory { directory in
      let place = try OutputDirectory(path: directory, part: weird)
      #expect(isPlain(place.path))
      try place.write(result, formats: OutputFormat.allCases)
      #expect(try RunResult(contentsOf: place.path).parameters[0].name == weird)
    }
  }

  @Test func namesOfColumns() throws {
    let names = [
      "logl", "weight", "logl_birth", "logl_", "log_likelihood", "log_prior", "weights", "logL", "chain",
    ]
    let result = try problem(names)
    try inTemporaryDirectory { directory in
      try result.write(to: directory, formats: OutputFormat.allCases)
      let csv = String(decoding: try readFile(directory + "/samples.csv"), as: UTF8.self)
      let header = csv.prefix { $0 != "\n" }.split(separator: ",").map(String.init)
      #expect(header.count == 3 + names.count && Set(header).count == header.count, "\(header)")
      #expect(
        Array(header.suffix(6)) == ["logl_", "log_likelihood", "log_prior", "weights", "logL", "chain"])
      let bilby = try JSON(
        parsing: String(decoding: readFile(directory + "/bilby_result.json"), as: UTF8.self)
          .replacingOccurrences(of: "NaN", with: "null"))
      for table in ["posterior", "nested_samples"] {
        let columns = try #require(bilby[table]?["content"]?.members).map(\.0)
        #expect(Set(columns).count == columns.count, "\(columns)")
      }
      let searched = try #require(bilby["search_parameter_keys"]?.elements).compactMap(\.string)
      let priors = Set(try #require(bilby["priors"]?.members).map(\.0))
      #expect(searched.count == names.count && priors.isSuperset(of: searched))
    }
  }

  /// Longer than the messages that HDF5 keeps names in.
  @Test(.timeLimit(.minutes(10)), arguments: [300, 65_000, 70_000, 1_000_000])
  func longNames(_ length: Int) throws {
    let long = String(repeating: "ñ", count: length / 2)
    let result = try problem([long, long + "x", "y"])
    try inTemporaryDirectory { directory in
      try result.write(to: directory, formats: [.arviz, .polychord, .bilby, .csv])
      #expect(try RunResult(contentsOf: directory).parameters[0].name == long)
      #expect(try readFile(directory + "/arviz.nc").count > 200 * 8 * 3)
    }
  }
}
