/// Rows of text under a heading, to be shown on a terminal, in Markdown or in LaTeX.
struct Table {
  enum Alignment { case leading, trailing }

  /// A cell that reads differently in LaTeX.
  struct Cell: ExpressibleByStringLiteral {
    let plain: String
    let latex: String

    init(_ plain: String, latex: String? = nil) {
      self.plain = printable(plain)
      self.latex = latex ?? Self.escaped(self.plain)
    }

    init(stringLiteral text: String) { self.init(text) }

    /// Numbers in mathematics, other text with its special characters escaped.
    private static func escaped(_ text: String) -> String {
      if Double(text)?.isFinite == true { return "$\(scientificInLaTeX(text))$" }
      return text.reduce(into: "") { latex, character in
        switch character {
        case "_", "&", "%", "#", "$", "{", "}": latex += "\\\(character)"
        case "\\": latex += "\\textbackslash{}"
        case "~": latex += "\\textasciitilde{}"
        case "^": latex += "\\textasciicircum{}"
        default: latex.append(character)
        }
      }
    }
  }

  var columns: [(heading: Cell, alignment: Alignment)]
  var rows: [[Cell]] = []

  /// Lines with columns two spaces apart, indented by two.
  var terminal: [String] {
    let all = [columns.map(\.heading)] + rows
    let widths = columns.indices.map { column in all.map { $0[column].plain.count }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { i in
        let space = String(repeating: " ", count: widths[i] - row[i].plain.count)
        return columns[i].alignment == .leading ? row[i].plain + space : space + row[i].plain
      }
      let line = "  " + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  var markdown: [String] {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    func escaped(_ cell: Cell) -> String {
      cell.plain.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
    let rules = columns.map { $0.alignment == .leading ? "---" : "---:" }
    return [line(columns.map { escaped($0.heading) }), line(rules)] + rows.map { line($0.map(escaped)) }
  }

  var latex: [String] {
    func line(_ cells: [Cell]) -> String { cells.map(\.latex).joined(separator: " & ") + " \\\\" }
    let alignments = columns.map { $0.alignment == .leading ? "l" : "r" }.joined()
    return ["\\begin{tabular}{\(alignments)}", "\\hline", line(columns.map(\.heading)), "\\hline"]
      + rows.map(line) + ["\\hline", "\\end{tabular}"]
  }
}

/// How a table is written.
public enum TableFormat: String, Sendable, CaseIterable {
  case terminal, markdown, latex, json
}

/// "1.2e-08" as "1.2 \times 10^{-8}".
func scientificInLaTeX(_ text: String) -> String {
  let parts = text.split(separator: "e")
  guard parts.count == 2, let exponent = Int(parts[1]) else { return text }
  return "\(parts[0]) \\times 10^{\(exponent)}"
}
