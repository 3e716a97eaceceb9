internal import CPosix
import Glibc

/// Shows on standard error what runs and how far it has come: one line that rewrites itself on a terminal, whole lines with
/// date and time in a log file. Only the driver of a run has one.
final class ProgressObserver {
  private let title: RunTitle
  private let isTerminal: Bool
  private var lastShown: Double
  /// Columns of the line that is on the terminal now.
  private var columnsShown = 0

  init(_ title: RunTitle, start: Double) {
    self.title = title
    isTerminal = isatty(STDERR_FILENO) == 1 && Launcher.environment("TERM") != "dumb"
    lastShown = start
  }

  /// Says what runs, where, and where it is saved.
  func announce() {
    if isTerminal {
      for line in title.lines(columns: Self.terminalColumns) { put(line + "\n") }
    } else {
      put("\(Self.now()) \(title.parts.joined(separator: " | "))\n")
    }
  }

  func observe(_ now: Double, _ snapshot: () -> RunSnapshot) {
    guard now - lastShown >= (isTerminal ? 0.2 : 30) else { return }
    lastShown = now
    let line = ProgressLine(title, snapshot())
    guard isTerminal else {
      put("\(Self.now()) \(line.text())\n")
      return
    }
    // Asked for each time, as windows change their size. The last column stays free: a cursor there would wrap.
    let columns = Self.terminalColumns
    let text = line.text(columns: columns - 1)
    put(erasing(columns) + text)
    columnsShown = columnCount(text)
  }

  /// Clears the line, so that what follows starts on a clean one.
  func makeWay() {
    if columnsShown > 0 { put(erasing(Self.terminalColumns)) }
    columnsShown = 0
  }

  /// What takes the line off the terminal: of several rows where the window has become narrower than the line.
  private func erasing(_ columns: Int) -> String {
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
