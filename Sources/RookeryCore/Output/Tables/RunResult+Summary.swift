import Glibc

extension RunResult {
  /// Prints the summary of the run to standard output and returns it; nil, silently, off rank 0, and in a program that was
  /// asked for `--json`.
  @discardableResult
  public func summary(as format: TableFormat = .terminal) -> String? {
    guard head.printsSummary, let text = summaryText(as: format) else { return nil }
    put(text + "\n", to: STDOUT_FILENO)
    return text
  }

  /// What `summary(as:)` prints; nil off rank 0.
  ///
  /// Values have as many digits as two of their standard deviation. "MAP" is the sample of highest posterior density, "bits"
  /// is what was learnt beyond the prior, and "edge" says where the posterior piles up at an end of the prior. Where there are too few
  /// samples for means, there are dashes.
  public func summaryText(as format: TableFormat = .terminal) -> String? {
    guard rank == 0 else { return nil }
    let marginals = marginals()
    let findings = findings()
    let obstacle = obstacleToSummary(findings)
    let headlines = headlines(findings, obstacle: obstacle)
    let table = table(marginals, isSummarised: obstacle == nil)
    switch format {
    case .terminal:
      return
        (headlines.enumerated().map { $0 == 0 ? $1 : "  " + $1 } + [""] + table.terminal
        + remarks(marginals, obstacle: obstacle))
        .joined(separator: "\n")
    case .markdown: return (headlines.map { $0 + "  " } + [""] + table.markdown).joined(separator: "\n")
    case .latex: return (headlines.map { "% " + $0 } + table.latex).joined(separator: "\n")
    case .json: return fullSummary(marginals).text
    }
  }

  private func headlines(_ findings: [Finding], obstacle: String?) -> [String] {
    let s = statistics
    var lines = [
      "\(problem): \(endingInWords)",
      "log Z = \(fixed(evidence.logZ, 3)) ± \(fixed(evidence.error, 3))"
        + "   information \(fixed(evidence.information, 2)) nats"
        + "   dimensionality \(fixed(modelDimensionality, 1))",
      "\(grouped(s.calls)) calls, effective sample size \(grouped(wholeOf: effectiveSampleSize))"
        + " of \(grouped(logLikelihoods.count)) samples",
      methodInWords,
      "\(duration(s.wallSeconds)) on \(s.pool), \(s.workers) worker\(s.workers == 1 ? "" : "s") busy"
        + " \(percent(s.busy)), seed \(seed), digest \(digest)",
    ]
    if !provenance.parts.isEmpty { lines.append("merged from \(provenance.parts.count) runs") }
    if s.refused > 0 { lines.append("\(grouped(s.refused)) points were refused by the likelihood") }
    if s.crashed > 0 {
      lines.append("\(grouped(s.crashed)) of them because the likelihood crashed there or did not return")
    }
    if s.replacedWorkers > 0 { lines.append("\(grouped(s.replacedWorkers)) workers died and were replaced") }
    lines += findings.map { ($0.severity == .note ? "note: " : "WARNING: ") + $0.message }
    if let obstacle { lines.append("no means and intervals: \(obstacle)") }
    return lines.map(printable)
  }

  /// The method by the name that `--method` takes, and how it got on.
  private var methodInWords: String {
    let prefix = "rookery-"
    let name = engine.name.hasPrefix(prefix) ? String(engine.name.dropFirst(prefix.count)) : engine.name
    var words = "by \(name) with \(grouped(engine.live)) live points"
    let calls = Double(statistics.calls)
    if calls > 0 {
      words += ", \(fixed(100 * effectiveSampleSize / calls, 1)) effective samples per 100 calls"
    }
    if let ranks = insertionRanks() { words += ", insertion-rank p \(fixed(ranks.pValue, 3))" }
    return words
  }

  private var endingInWords: String {
    switch ending {
    case .converged: "converged"
    case .callLimit: "NOT converged, stopped at the limit on calls"
    case .timeLimit: "NOT converged, stopped at the limit on time"
    case .interrupted: "NOT converged, interrupted"
    case .stuck(let reason): "NOT converged: \(reason.message)"
    }
  }

  /// What is copied from a table says by itself that its run did not converge.
  private func table(_ marginals: [Marginal], isSummarised: Bool) -> Table {
    let hasEdges = marginals.contains { !$0.edges.isEmpty }
    let hasUnits = marginals.contains { !$0.unit.isEmpty }
    var table = Table(columns: [
      (ending == .converged ? "parameter" : "parameter (not converged)", .leading), ("mean", .trailing),
      ("sd", .trailing), ("median", .trailing), (.init("-", latex: "$-$"), .trailing),
      (.init("+", latex: "$+$"), .trailing), ("MAP", .trailing), ("bits", .trailing),
    ])
    if hasEdges { table.columns.append(("edge", .leading)) }
    if hasUnits { table.columns.append(("unit", .leading)) }
    table.rows = marginals.enumerated().map { i, m in
      let isFixed = i < parameters.count && parameters[i].isFixed
      // All numbers of a row have the digits of its deviation, that of rounding alone has none.
      func shown(_ value: Double) -> Table.Cell { .init(rounded(value, toErrorOf: m.deviation)) }
      let isConstant = m.deviation < 1e-14 * abs(m.mean)
      let dash = Table.Cell("–", latex: "--")
      let numbers: [Table.Cell] =
        isFixed
        ? [.init(short(m.mean)), "fixed", "", "", "", ""]
        : !isSummarised
          ? [Table.Cell](repeating: dash, count: 6)
          : [shown(m.mean), isConstant ? "0" : shown(m.deviation)]
            + [m.median, m.median - m.lower, m.upper - m.median].map(shown) + [
              m.map.isNaN ? dash : shown(m.map)
            ]
      var row = [.init(m.name, latex: m.label == m.name ? nil : "$\(printable(m.label))$")] + numbers
      row.append(.init(m.bits.map { fixed($0, 1) } ?? ""))
      if hasEdges { row.append(.init(m.edges.words.joined(separator: ", "))) }
      if hasUnits { row.append(.init(m.unit)) }
      return row
    }
    return table
  }

  private func remarks(_ marginals: [Marginal], obstacle: String?) -> [String] {
    var remarks: [String] = []
    if obstacle == nil, ending != .converged {
      remarks.append("these are of a run that did not converge: they may change by more than their errors.")
    }
    let names = marginals.filter { !$0.edges.isEmpty }.map(\.name)
    if !names.isEmpty {
      remarks.append(
        "\(names.joined(separator: ", ")): the posterior piles up at the edge of the prior; see that the range is meant."
      )
    }
    return remarks.flatMap { ["", "  " + printable($0)] }
  }
}
