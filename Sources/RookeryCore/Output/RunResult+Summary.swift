import Glibc

extension RunResult {
  /// Prints a table of the run to standard output and returns it; nil, silently, off rank 0.
  @discardableResult
  public func summary() -> String? {
    guard let text = summaryText() else { return nil }
    put(text + "\n", to: STDOUT_FILENO)
    return text
  }

  /// The table that `summary()` prints; nil off rank 0.
  public func summaryText() -> String? {
    guard rank == 0 else { return nil }
    let s = statistics
    var lines = [
      "\(problem): \(endingInWords)",
      "  log Z = \(fixed(evidence.logZ, 3)) ± \(fixed(evidence.error, 3))"
        + "   information \(fixed(evidence.information, 2)) nats",
      "  \(grouped(s.calls)) calls, effective sample size \(grouped(Int(effectiveSampleSize)))"
        + " of \(grouped(samples.rows)) samples",
      "  \(duration(s.wallSeconds)) on \(s.pool), \(s.workers) worker\(s.workers == 1 ? "" : "s") busy"
        + " \(Int((100 * s.busy).rounded())) %, seed \(seed), digest \(digest)",
    ]
    if s.refused > 0 { lines.append("  \(grouped(s.refused)) points were refused by the likelihood") }
    if s.crashed > 0 {
      lines.append("  \(grouped(s.crashed)) of them because the likelihood crashed there or did not return")
    }
    if s.replacedWorkers > 0 {
      lines.append("  \(grouped(s.replacedWorkers)) workers died and were replaced")
    }
    lines += warnings().map { "  WARNING: " + $0 }
    lines.append("")
    lines += table(marginals())
    return lines.joined(separator: "\n")
  }

  private var endingInWords: String {
    switch ending {
    case .converged: "converged"
    case .callLimit: "NOT converged, stopped at the limit on calls"
    case .timeLimit: "NOT converged, stopped at the limit on time"
    case .interrupted: "NOT converged, interrupted"
    case .stuck(let reason): "NOT converged: \(reason)"
    }
  }

  private func table(_ marginals: [Marginal]) -> [String] {
    let rows =
      [["parameter", "mean", "sd", "median", "-", "+", "best", "unit"]]
      + marginals.map { m in
        let decimals = Self.decimals(for: m.deviation)
        return [
          m.name, fixed(m.mean, decimals), fixed(m.deviation, decimals), fixed(m.median, decimals),
          fixed(m.median - m.lower, decimals), fixed(m.upper - m.median, decimals), fixed(m.best, decimals),
          m.unit,
        ]
      }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 || column == row.count - 1 ? text + space : space + text
      }
      let line = "  " + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// How many decimals show two digits of the given deviation.
  private static func decimals(for deviation: Double) -> Int {
    guard deviation > 0, deviation.isFinite else { return 3 }
    return min(max(1 - Int(log10(deviation).rounded(.down)), 0), 12)
  }
}
