import Foundation
import TestSupport
import Testing

/// The line that rewrites itself on a terminal, and what a log file gets in its place.
@Suite(.serialized) struct LiveLineTests {
  private static let clear = "\r\u{1B}[K"
  private static let slow = ["run", "gauss10", "--cost", "2ms", "--pool", "processes:2"]

  /// What a program of this package shows on a terminal of so many columns, as it changes to others, until it has shown enough: on a
  /// busy machine that takes longer.
  private func screen(
    _ arguments: [String], columns: Int, then later: Int? = nil, seconds: Double,
    until isEnough: (String) -> Bool
  ) throws -> String {
    for factor in [1.0, 3] {
      let shown = try screen(arguments, columns: columns, then: later, seconds: factor * seconds)
      if isEnough(shown) { return shown }
    }
    return try screen(arguments, columns: columns, then: later, seconds: 10 * seconds)
  }

  private func screen(_ arguments: [String], columns: Int, then later: Int?, seconds: Double) throws -> String
  {
    let resize = later.map { "(sleep \(seconds / 2); stty cols \($0) </dev/tty) & " } ?? ""
    let command = "stty cols \(columns) rows 30; \(resize)exec timeout -s INT \(seconds) $*"
    let run = try ProgramRun(
      "rookery", arguments,
      prefix: ["/bin/bash", "-c", "script -qefc \"\(command)\" /dev/null", "bash"],
      environment: ["TERM": "xterm"])
    return run.output.joined(separator: "\n")
  }

  @Test(.timeLimit(.minutes(10)), arguments: [40, 50, 80, 110, 200])
  func neverWraps(_ columns: Int) throws {
    let screen = try screen(Self.slow, columns: columns, seconds: 3) {
      $0.components(separatedBy: Self.clear).count > 3 && $0.contains("ETA ")
    }
    let lines = screen.components(separatedBy: Self.clear)
    try #require(lines.count > 3, "\(screen)")
    let announced = lines[0].split(separator: "\n")
    #expect(announced.first?.hasPrefix("gauss10: 10 parameters by nautilus (chosen by auto)") == true)
    #expect(lines[0].contains("pool processes:2, 2 workers") && lines[0].contains("seed 1"))
    for line in lines.dropFirst().dropLast() {
      #expect(line.count < columns && !line.contains("\n"), "\(line)")
      #expect(line.hasPrefix("gauss10"), "\(line)")
    }
    let last = lines[lines.count - 3]
    #expect(last.contains("ETA "), "\(last)")
    if columns >= 80 { #expect(last.contains("nautilus") && last.contains("live "), "\(last)") }
    if columns >= 110 { #expect(last.contains(" calls"), "\(last)") }
    #expect(screen.contains("interrupted; nothing is saved"))
  }

  @Test(.timeLimit(.minutes(10)))
  func followsTheWindow() throws {
    let screen = try screen(Self.slow, columns: 110, then: 50, seconds: 2) {
      $0.contains("A\u{1B}[J") && $0.components(separatedBy: "\r\u{1B}[").count > 3
    }
    let lines = screen.components(separatedBy: "\r\u{1B}[")
    // The rows of the line that had become too long are taken off together, and from then on it fits.
    let change = try #require(
      lines.firstIndex { $0.hasPrefix("2A\u{1B}[J") || $0.hasPrefix("1A\u{1B}[J") }, "\(screen)")
    #expect(lines[change - 1].count > 60)
    for line in lines[change..<(lines.count - 1)] { #expect(line.drop { $0 != "g" }.count < 50, "\(line)") }
  }

  @Test(.timeLimit(.minutes(10)))
  func logFilesGetWholeLines() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let run = try ProgramRun(
      "rookery", Self.slow + ["--out", directory], terminatingGroupAfter: 1
    ) { _ in
      // The lock is taken just before signals are heeded.
      waitForFile(directory + "/gauss10/.lock")
    }
    #expect(run.status == 130)
    #expect(!run.errors.contains { $0.contains("\u{1B}") || $0.contains("\r") })
    let first = try #require(run.errors.first)
    #expect(try first.firstMatch(of: Regex(#"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d gauss10: "#)) != nil, "\(first)")
    #expect(first.contains("saved to \(directory)/gauss10"))
    // The command that goes on is given, and does go on.
    let message = try #require(
      run.errors.first { $0.contains("interrupted; its state is saved in") }, "\(run.errors)")
    #expect(message.contains(directory + "/gauss10"))
    let command = try #require(run.errors.last).split(separator: " ").map(String.init)
    #expect(command.last == "--resume")
    let resumed = try ProgramRun("rookery", Array(command.dropFirst()) + ["--max-calls", "3e3"])
    #expect(resumed.status == 2)
    #expect(resumed.errors.first?.contains("goes on after") == true, "\(resumed.errors)")
  }

  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func rankZeroAloneTalks() throws {
    let run = try ProgramRun("rookery", ["run", "gauss5", "--max-calls", "2000"], ranks: 3)
    #expect(run.errors.count { $0.contains("gauss5: 5 parameters") } == 1, "\(run.errors)")
  }

  /// A finished run that is asked for again has done nothing, and has no advice to give about it.
  @Test(.timeLimit(.minutes(10)))
  func finishedRunsHaveNoAdvice() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let arguments = ["run", "gauss10", "--pool", "processes:2", "--out", directory]
    #expect(try ProgramRun("rookery", arguments).status == 0)
    let again = try ProgramRun("rookery", arguments + ["--resume"])
    #expect(
      again.status == 0 && !again.errors.contains { $0.contains("workers were busy") }, "\(again.errors)")
  }
}
