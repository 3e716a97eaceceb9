import Foundation
import Testing

@testable import RookeryCore

@Suite struct PolyChordTests {
  private func rows(_ path: String) throws -> [[Double]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      line.split(separator: " ").compactMap { Double($0) }
    }
  }

  /// Columns as PolyChord has them: values and then log L and birth of dead and live points; weight and -ln L before the values of
  /// weighted ones.
  @Test func everyColumnStandsInItsPlace() throws {
    let result = try MadeResult.nested(
      logLikelihoods: [-.infinity, -3, -2, -1], births: [-.infinity, -.infinity, -.infinity, -3],
      names: ["a b", "#c"],
      derived: [6, 7, 8, 9])
    try inTemporaryDirectory { directory in
      try PolyChordFiles(result).write(to: OutputDirectory(path: directory))
      // Above the last birth contour, -3, points were alive at the end.
      let (dead, live) = (
        try rows(directory + "/run_dead-birth.txt"), try rows(directory + "/run_phys_live-birth.txt")
      )
      #expect(dead.count == 2 && live.count == 2)
      #expect(dead[0] == result.samples[row: 0] + [6, -1e29, -1e30])
      #expect(dead[1] == result.samples[row: 1] + [7, -3, -1e30])
      #expect(live[1] == result.samples[row: 3] + [9, -1, -3])
      let weighted = try rows(directory + "/run.txt")
      let peak = try #require(result.logWeights.max())
      #expect(weighted.count == 3)
      #expect(weighted[1] == [exp(result.logWeights[2] - peak), 2] + result.samples[row: 2] + [8])
      let names = try String(contentsOfFile: directory + "/run.paramnames", encoding: .utf8)
      #expect(
        names.split(separator: "\n").map { $0.split(separator: " ")[0] } == ["a_b", "_c", "sum_of_all*"])
      let ranges = try String(contentsOfFile: directory + "/run.ranges", encoding: .utf8)
      #expect(ranges.contains("a_b -1.0 3.0\n"))
    }
  }

  @Test func namesStayDifferent() {
    #expect(PolyChordFiles.plainNames(["a b", "a_b", "a*b", "x"]) == ["a_b", "a_b_", "a_b__", "x"])
  }
}
