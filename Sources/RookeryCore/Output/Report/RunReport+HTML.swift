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
        "\(grouped(Int(result.effectiveSampleSize))) of \(grouped(result.samples.rows))"
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

  private var endingInWords: String {
    switch result.ending {
    case .converged: "Converged"
    case .stuck(let reason): "Not converged: \(reason)"
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
      guard let drawn = samples.quantities.first(where: { $0.quantity.name == quantity.name }) else {
        return ""
      }
      let cells = [
        MathText(measured: drawn.mean, plus: drawn.deviation, minus: drawn.deviation).html,
        drawn.measured.html,
        MathText.rounded(marginal.map, by: drawn.deviation), marginal.bits.map { fixed($0, 1) } ?? "",
        escaped(parameter.map(prior) ?? "derived"), escaped(quantity.unit),
      ]
      let edges =
        marginal.edges.isEmpty
        ? "" : "<small class=\"bad\">at the \(edge(marginal.edges)) of the prior</small>"
      return "<tr><th>\(symbol)\(name)\(edges)</th>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }
    return """
      <div class="scroll"><table>
      <thead><tr><th></th><th>Mean ± s.d.</th><th>Median, 68 %</th><th>MAP</th><th>Bits</th><th>Prior</th><th>Unit</th></tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody>
      </table></div>
      """
  }

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
    let narrow = pictures.filter { !$0.isWide }.map(figure).joined(separator: "\n")
    return "\(wide)\n<div class=\"gallery\">\(narrow)</div>"
  }

  private func figure(_ picture: ReportPicture) -> String {
    // A picture much wider than a phone scrolls in its frame, for its letters to stay legible.
    let least = Int(min(0.8 * picture.drawing.width, 1000))
    let most = Int(picture.drawing.width * (picture.isWide ? 1.7 : 1.4))
    return """
      <figure id="\(escaped(picture.stem))">
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
    facts += own.settings.map { ($0.name, $0.value) }
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

  private static let styleSheet = """
    *{box-sizing:border-box}
    body{margin:0;background:#fff;background:var(--paper);color:#1f2328;color:var(--ink);
    font:16px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
    main{max-width:1160px;margin:0 auto;padding:1rem}
    h1{font-size:1.6rem;margin:.5rem 0 0;overflow-wrap:anywhere}
    h2{font-size:1.1rem;margin:1.5rem 0 .4rem}
    .good{color:var(--green);margin:.1rem 0 .8rem}
    .bad{color:var(--orange);margin:.1rem 0 .8rem}
    .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem 1rem;margin:0 0 1rem}
    .facts dt{color:var(--quiet);font-size:.8rem}
    .facts dd{margin:0;font-size:1.05rem;font-variant-numeric:tabular-nums}
    .warnings{border-left:3px solid var(--orange);margin:0 0 1rem;padding:.2rem 0 .2rem 1.6rem}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
    th,td{padding:.25rem .9rem .25rem 0;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--grid)}
    td{white-space:nowrap}
    thead th{color:var(--quiet);font-weight:400;font-size:.8rem}
    th small{display:block;font-weight:400;color:var(--quiet)}
    th small.bad{color:var(--orange);margin:0}
    sup,sub{font-size:.72em;line-height:0}
    .settings th{font-weight:400;color:var(--quiet);white-space:nowrap}
    .settings td{white-space:normal;overflow-wrap:anywhere}
    .gallery{columns:2;column-gap:2.5rem}
    figure{margin:0;break-inside:avoid}
        figure svg{display:block;width:100%;height:auto}
    figcaption{color:var(--quiet);font-size:.85rem;margin-top:.3rem;max-width:44rem}
    a{color:var(--blue)}
    pre{overflow-x:auto;padding:.7rem;border:1px solid var(--grid);border-radius:4px;font-size:.85rem}
    @media (max-width:820px){.gallery{columns:1}}
    @media print{.scroll{overflow:visible}}
    """
}
