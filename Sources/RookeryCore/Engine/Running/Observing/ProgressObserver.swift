internal import CPosix
import Glibc
import Synchronization

/// Shows on standard error what runs and how far it has come: one line that rewrites itself on a terminal, whole lines with
/// date and time in a log file.
final class ProgressObserver: RunObserver {
  private struct State {
    var title = RunTitle(problem: "", method: "")
    /// Columns of the line that is on the terminal now.
    var columnsShown = 0
  }

  private let state = Mutex(State())
  private let isTerminal = isatty(STDERR_FILENO) == 1 && Launcher.environment("TERM") != "dumb"

  var secondsBetweenSnapshots: Double { isTerminal ? 0.2 : 30 }

  /// Says what runs, where, and where it is saved.
  func begins(_ title: RunTitle) {
    state.withLock { $0.title = title }
    if isTerminal {
      for line in title.lines(columns: Self.terminalColumns) { put(line + "\n") }
    } else {
      put("\(Self.now()) \(title.parts.joined(separator: " | "))\n")
    }
  }

  func sees(_ snapshot: RunSnapshot) {
    state.withLock { state in
      let line = ProgressLine(state.title, snapshot)
      guard isTerminal else {
        put("\(Self.now()) \(line.text())\n")
        return
      }
      // Asked for each time, as windows change their size. The last column stays free: a cursor there would wrap.
      let columns = Self.terminalColumns
      let text = line.text(columns: columns - 1)
      put(Self.erasing(state.columnsShown, columns) + text)
      state.columnsShown = columnCount(text)
    }
  }

  /// Advice on the workers; what is found in the result is a matter of its summary.
  func hears(_ finding: Finding) {
    if let advice = finding.sentenceOfWorkers { put("rookery: \(advice)\n") }
  }

  /// Clears the line, so that what follows starts on a clean one.
  func makesWay() {
    state.withLock { state in
      if state.columnsShown > 0 { put(Self.erasing(state.columnsShown, Self.terminalColumns)) }
      state.columnsShown = 0
    }
  }

  func ends(_ end: RunEnd) {
    if end.isSaved, let text = StopMessage(end).text { put(text + "\n") }
  }

  /// What takes the line off the terminal: of several rows where the window has become narrower than the line.
  private static func erasing(_ columnsShown: Int, _ columns: Int) -> String {
    let rows = max(0, columnsShown - 1) / max(columns, 1)
    return rows == 0 ? "\r\u{1B}[K" : "\r\u{1B}[\(rows)A\u{1B}[J"
  }

  private static var terminalColumns: Int {
    let columns = Int(rookery_terminal_columns(STDERR_FILENO))
    return columns > 0 ? columns : 80
  }

  private func put(_ text: String) { RookeryCore.put(text, to: STDERR_FILENO) }

  private static func now() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    func two(_ n: Int32) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + " \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }
}
