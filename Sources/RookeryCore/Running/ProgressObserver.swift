import Glibc

/// What a run looks like at one moment.
package struct RunSnapshot: Sendable {
  package var status: SamplerStatus
  package var calls: Int
  package var seconds: Double
  package var busy: Double
  package var workers: Int
  /// Who gives no sign of life, and for how long; nil where everybody does.
  package var silence: String?
}

/// Shows on standard error how far a run has come: one line that rewrites itself on a terminal, whole lines with the
/// time of day in a log file.
final class ProgressObserver {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start: Double
  private var lastShown: Double
  private var hasShown = false

  init(start: Double) {
    self.start = start
    lastShown = start
  }

  func observe(_ now: Double, _ snapshot: () -> RunSnapshot) {
    guard now - lastShown >= (isTerminal ? 0.2 : 30) else { return }
    lastShown = now
    let line = Self.line(snapshot())
    if isTerminal {
      put("\r\u{1B}[K" + line)
    } else {
      put(Self.timeOfDay() + " " + line + "\n")
    }
    hasShown = true
  }

  /// Clears the line, so that what follows starts on a clean one.
  func finish() {
    if isTerminal && hasShown { put("\r\u{1B}[K") }
  }

  static func line(_ snapshot: RunSnapshot) -> String {
    let status = snapshot.status
    var parts = [status.phase, "\(grouped(snapshot.calls)) calls"]
    if snapshot.seconds > 0 {
      parts.append("\(grouped(Int(Double(snapshot.calls) / snapshot.seconds)))/s")
    }
    if status.logZ.isFinite {
      var evidence = "log Z \(fixed(status.logZ, 2))"
      if status.logZError.isFinite { evidence += " ± \(fixed(status.logZError, 2))" }
      parts.append(evidence)
    }
    if status.remaining.isFinite { parts.append("left \(fixed(status.remaining, 2))") }
    if status.effectiveSampleSize > 0 { parts.append("ESS \(grouped(Int(status.effectiveSampleSize)))") }
    parts.append("busy \(Int((100 * snapshot.busy).rounded())) % of \(snapshot.workers)")
    if let silence = snapshot.silence { parts.append(silence) }
    parts.append(duration(snapshot.seconds))
    if status.progress > 0.01, status.progress < 1 {
      parts.append("ETA \(duration(snapshot.seconds * (1 / status.progress - 1)))")
    }
    return parts.filter { !$0.isEmpty }.joined(separator: " | ")
  }

  private func put(_ text: String) { RookeryCore.put(text, to: STDERR_FILENO) }

  private static func timeOfDay() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    func two(_ n: Int32) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }
}
