import Foundation
import RookeryCore
import Testing

@Suite struct OutputFormatTests {
  /// A format as a program may have one of its own: one number a line, of nested runs alone.
  private struct Heights: ResultFormat {
    let name = "heights"
    let readers = "gnuplot"

    func obstacle(to result: RunResult) -> String? {
      result.birthLogLikelihoods == nil ? "only nested runs climb" : nil
    }

    func write(_ result: RunResult, to directory: OutputDirectory) throws {
      try directory.write(result.logLikelihoods.map { "\($0)\n" }.joined(), to: "heights.txt")
    }
  }

  @Test func formatsByName() throws {
    #expect(try OutputFormat.parse("csv,polychord,csv") == [.csv, .polychord])
    #expect(try OutputFormat.parse("all") == OutputFormat.allCases)
    for text in ["", "csv,", "hdf", "CSV"] {
      #expect(throws: InputError.self) { try OutputFormat.parse(text) }
    }
  }

  /// The list is what people are told and what they may type.
  @Test func everyFormatIsInTheListOnce() throws {
    let formats = OutputFormat.allCases
    #expect(formats == [.npz, .csv, .polychord, .arviz, .bilby, .ultranest])
    #expect(Set(formats.map(\.name)).count == formats.count)
    for format in formats {
      #expect(try OutputFormat.parse(format.name) == [format] && !format.readers.isEmpty)
    }
  }

  /// What cannot be typed in a list, or means something else there.
  @Test(arguments: ["", "all", "a,b", "a b", "csv", "a\n"]) func namesThatNoFormatCanHave(_ name: String) {
    #expect(OutputFormat.complaint(about: name, beside: [.npz, .csv])?.contains("\"\(name)\"") == true)
    #expect(OutputFormat.complaint(about: "heights", beside: [.npz, .csv]) == nil)
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

  @Test func aProgramMayHaveOneOfItsOwn() throws {
    let nested = try MadeResult.nested(logLikelihoods: [1, 2], births: [-.infinity, -.infinity])
    let draws = try MadeResult.importance(logLikelihoods: [1, 2], ratios: [0, 0])
    let own = OutputFormat(Heights())
    try inTemporaryDirectory { directory in
      try nested.write(to: directory, formats: [.csv, own])
      #expect(try String(contentsOfFile: directory + "/heights.txt", encoding: .utf8) == "1.0\n2.0\n")
      #expect(throws: InputError("only nested runs climb")) {
        try draws.write(to: directory + "/draws", formats: [own])
      }
      #expect(!FileManager.default.fileExists(atPath: directory + "/draws/heights.txt"))
    }
    #expect(throws: InputError.self) { try OutputFormat.parse("heights") }
  }
}
