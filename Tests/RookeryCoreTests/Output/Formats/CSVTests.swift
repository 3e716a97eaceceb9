import Foundation
import Testing

@testable import RookeryCore

@Suite struct CSVTests {
  private func lines(_ result: RunResult) throws -> [String] {
    try inTemporaryDirectory { directory in
      try result.write(to: directory, formats: [.csv])
      return try String(contentsOfFile: directory + "/samples.csv", encoding: .utf8).components(
        separatedBy: "\n")
    }
  }

  /// Every number stands under its name: weight, log L, birth, parameters, derived quantities.
  @Test func columnsStandUnderTheirNames() throws {
    let result = try MadeResult.nested(
      logLikelihoods: [-3, -2, -1], births: [-.infinity, -.infinity, -3], names: ["a,b", "c \"d\""],
      derived: [7, 8, 9])
    let lines = try lines(result)
    #expect(lines[0] == #"weight,logl,logl_birth,"a,b","c ""d""",sum of all"#)
    #expect(lines.count == 5 && lines[4] == "")
    for row in 0..<3 {
      let numbers = lines[row + 1].split(separator: ",").compactMap { Double($0) }
      let expected =
        [
          exp(result.logWeights[row]), result.logLikelihoods[row],
          try #require(result.birthLogLikelihoods)[row],
        ]
        + result.samples[row: row] + result.derivedSamples[row: row]
      #expect(numbers == expected)
      #expect(numbers[5] == [7, 8, 9][row])
    }
  }

  @Test func drawsHaveNoBirths() throws {
    let lines = try lines(try MadeResult.importance(logLikelihoods: [-1, -2], ratios: [0, 1]))
    #expect(lines[0] == "weight,logl,a,b" && lines[1].split(separator: ",").count == 4)
  }
}
