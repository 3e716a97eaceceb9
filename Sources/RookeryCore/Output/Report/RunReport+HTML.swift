import Glibc

extension RunReport {
  /// The page, with style and pictures in it.
  var html: String {
    let sections = [header, warnings, table, gallery, provenance].joined(separator: "\n")
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(escaped(result.problem)) · Rookery</title>
      <style>\(Ink.styleSheet)\(Self.styleSheet)</style>
      </head>
      <body>
      <main>
      \(sections)
      </main>
      </body>
      </html>

      """
  }

  // MARK: - Summary

  private var header: String {
    let (evidence, statistics) = (result.evidence, result.statistics)
    let facts: [(String, String)] = [
      ("ln Z", MathText.evidence(evidence).plain),
      ("Information", "\(fixed(evidence.information, 2)) nats"),
      (
        "Effective samples",
        "\(grouped(wholeOf: result.effectiveSampleSize)) of \(grouped(result.samples.rows))"
      ),
      ("Likelihood calls", grouped(statistics.calls)),
      ("Wall time", duration(statistics.wallSeconds)),
      (
        "Workers", "\(statistics.workers), busy \(fixed(100 * statistics.busy, 0)) %"
      ),
    ]
    let items = facts.map { "<div><dt>\($0)</dt><dd>\(escaped($1))</dd></div>" }.joined()
    let state = result.ending == .converged ? "good" : "bad"
    return """
      <header>
      <h1>\(escaped(result.problem))</h1>
      <p class="\(state)">\(escaped(endingInWords))</p>
      <dl class="facts">\(items)</dl>
      </header>
      """
  }

  private var isConverged: Bool { result.ending == .converged }
  private var obstacle: String? { result.obstacleToSummary }

  private var endingInWords: String {
    switch result.ending {
    case .converged: "Converged"
    case .stuck(let reason): "Not converged: \(reason.message)"
    case .callLimit: "Not converged: stopped at the limit on likelihood calls"
    case .timeLimit: "Not converged: stopped at the limit on time"
    case .interrupted: "Not converged: interrupted"
    }
  }

  private var warnings: String {
    let warnings = result.warnings().map { "<li>\(escaped($0))</li>" }
    return warnings.isEmpty ? "" : "<ul class=\"warnings\">\(warnings.joined())</ul>"
  }

  private var table: String {
    let descriptions = result.parameters.map { Optional($0) } + result.derived.map { _ in nil }
    let rows = zip(marginals, zip(result.quantities, descriptions)).map { marginal, what in
      let (quantity, parameter) = what
      let symbol = MathText(DerivedQuantity(quantity.name, label: quantity.label)).html
      let name = quantity.label == quantity.name ? "" : "<small>\(escaped(quantity.name))</small>"
      if let parameter, parameter.isFixed {
        return "<tr><th>\(symbol)\(name)</th><td colspan=\"5\">fixed at \(MathText.short(marginal.mean))</td>"
          + "<td>\(escaped(quantity.unit))</td></tr>"
      }
      let numbers =
        obstacle == nil
        ? [
          MathText(measured: marginal.mean, plus: marginal.deviation, minus: marginal.deviation).html,
          MathText(
            measured: marginal.median, plus: marginal.upper - marginal.median,
            minus: marginal.median - marginal.lower
          ).html, marginal.map.isNaN ? "–" : MathText.rounded(marginal.map, by: marginal.deviation),
        ] : ["–", "–", "–"]
      let cells =
        numbers + [
          marginal.bits.map { fixed($0, 1) } ?? "", escaped(parameter.map(prior) ?? "derived"),
          MathText(unit: quantity.unit).html,
        ]
      let edges =
        marginal.edges.isEmpty
        ? "" : "<small class=\"bad\">at the \(edge(marginal.edges)) of the prior</small>"
      // The headings go with the cells, for a narrow screen to show them one below the other.
      let labelled = zip(Self.headings, cells).map { heading, cell in
        "<td data-h=\"\(heading)\"\(cell.isEmpty ? " class=\"none\"" : "")>\(cell)</td>"
      }
      return "<tr><th>\(symbol)\(name)\(edges)</th>" + labelled.joined() + "</tr>"
    }
    let words =
      obstacle.map { "No means and intervals: \($0)." }
      ?? (isConverged ? "" : "Not converged: these may change by more than their errors.")
    return """
      \(words.isEmpty ? "" : "<p class=\"bad\">\(escaped(words))</p>")
      <div class="scroll"><table class="posterior">
      <thead><tr><th>\(isConverged ? "" : "not converged")</th>\(Self.headings.map { "<th>\($0)</th>" }.joined())</tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody>
      </table></div>
      """
  }

  private static let headings = ["Mean ± s.d.", "Median, 68 %", "MAP", "Bits", "Prior", "Unit"]

  private func edge(_ edges: PriorEdges) -> String {
    edges.contains(.lower) ? edges.contains(.upper) ? "ends" : "lower end" : "upper end"
  }

  private func prior(_ parameter: ParameterDescription) -> String {
    Self.shortened(parameter.prior) + (parameter.boundary == .open ? "" : ", \(parameter.boundary)")
  }

  /// Numbers of many digits cut short.
  private static func shortened(_ prior: String) -> String {
    prior.split(separator: " ", omittingEmptySubsequences: false).map { word in
      let digits = word.drop { $0.isLetter || $0 == "(" }
      let (start, rest) = (word.prefix(word.count - digits.count), digits.prefix { $0 != "," && $0 != ")" })
      guard rest.count > 7, let value = Double(rest) else { return String(word) }
      return start + MathText.short(value) + digits.dropFirst(rest.count)
    }.joined(separator: " ")
  }

  // MARK: - Pictures

  private var gallery: String {
    let wide = pictures.filter(\.isWide).map(figure).joined(separator: "\n")
    // Into the column that is shorter so far, the highest first; then in the order in which they come.
    let narrow = pictures.filter { !$0.isWide }
    let heights = narrow.map { $0.drawing.height / $0.drawing.width + 0.25 }
    var (columns, sums): ([[Int]], [Double]) = ([[], []], [0, 0])
    for i in narrow.indices.sorted(by: { (heights[$1], $0) < (heights[$0], $1) }) {
      let shorter = sums[1] < sums[0] ? 1 : 0
      columns[shorter].append(i)
      sums[shorter] += heights[i]
    }
    let sorted = columns.filter { !$0.isEmpty }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    let gallery = sorted.map { "<div>\($0.map { figure(narrow[$0]) }.joined(separator: "\n"))</div>" }
    return "\(wide)\n<div class=\"gallery\">\(gallery.joined(separator: "\n"))</div>"
  }

  private func figure(_ picture: ReportPicture) -> String {
    // A picture much wider than its place scrolls in its frame, for its letters to stay legible.
    let least = Int(0.9 * picture.drawing.width)
    let most = Int(picture.drawing.width * (picture.isWide ? 1.7 : 1.4))
    return """
      <figure id="\(escaped(picture.stem))"\(picture.isWide ? " class=\"wide\"" : "")>
      <h2>\(escaped(picture.title))</h2>
      <div class="scroll"><div style="min-width:\(least)px;max-width:\(most)px">
      \(picture.drawing.inline(title: picture.title))</div></div>
      <figcaption>\(escaped(picture.caption)) <a href="\(escaped(picture.stem)).svg">SVG</a></figcaption>
      </figure>
      """
  }

  // MARK: - How it came to be

  private var provenance: String {
    let (engine, own, statistics) = (result.engine, result.provenance, result.statistics)
    var facts: [(String, String)] = [
      ("Method", engine.name), ("Rookery", own.version), ("Seed", "\(result.seed)"),
      ("Digest", result.digest), ("Dimensions", "\(engine.dimension)"),
      ("Pool", "\(statistics.pool), \(statistics.ranks) rank\(statistics.ranks == 1 ? "" : "s")"),
      ("Window", "\(statistics.window)"),
      ("CPU time", duration(statistics.cpuSeconds)),
      ("In the likelihood", duration(statistics.likelihoodSeconds)),
      ("Largest memory of one process", "\(grouped(statistics.peakBytes / 1_048_576)) MB"),
      ("Error of ln Z from", result.evidence.errorKind.rawValue.split(separator: "-").joined(separator: " ")),
    ]
    if statistics.refused > 0 { facts.append(("Points refused", grouped(statistics.refused))) }
    if !own.parts.isEmpty { facts.append(("Merged from", own.parts.joined(separator: ", "))) }
    facts += own.circumstances.map { ($0.name, $0.value) }
    // As they are typed and with the values that were in force; of older runs, what was asked for.
    facts +=
      own.inForce.isEmpty
      ? own.settings.map { ($0.name, $0.value) } : own.inForce.map { ("\(SettingName($0.name))", $0.value) }
    let rows = facts.map { "<tr><th>\(escaped($0))</th><td>\(escaped($1))</td></tr>" }.joined(separator: "\n")
    return """
      <section>
      <h2>Settings</h2>
      <div class="scroll"><table class="settings"><tbody>\(rows)</tbody></table></div>
      <h2>Make it again</h2>
      <p>The same binary with the same seed gives the same bits on any pool and number of ranks; the digest tells.</p>
      <pre>\(escaped(own.command.map(Self.quoted).joined(separator: " ")))</pre>
      </section>
      """
  }

  /// A word as a shell takes it.
  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || "0123456789-_./:=,+%@".unicodeScalars.contains($0)
      }
    guard !isPlain else { return word }
    return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
