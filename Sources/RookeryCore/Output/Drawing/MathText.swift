/// A line of text that may have subscripts and superscripts: what is left of a LaTeX label where there is no LaTeX.
///
/// Greek letters, accents, common signs and `\mathrm` come out as in print; of a command it does not know it keeps the name.
package struct MathText: Sendable, Equatable {
  struct Run: Sendable, Equatable {
    var text: String
    var isItalic = false
    /// Steps up (superscripts) or down.
    var level = 0
  }

  private(set) var runs: [Run] = []

  package init(plain text: String) { append(text) }

  package init(latex: String) {
    var parser = LatexParser(latex)
    runs = parser.runs()
  }

  /// A label with its unit in brackets.
  package init(_ quantity: DerivedQuantity) {
    // A name that was not given as LaTeX is shown as it is, unless it is a letter with an index.
    let parts = quantity.name.split(separator: "_", omittingEmptySubsequences: false)
    let isIndexed = parts.count == 2 && parts[0].count == 1 && (1...3).contains(parts[1].count)
    if quantity.label != quantity.name {
      self = MathText(latex: quantity.label)
    } else {
      self = isIndexed ? MathText(latex: "\(parts[0])_{\(parts[1])}") : MathText(plain: quantity.name)
    }
    if !quantity.unit.isEmpty { append(" [\(quantity.unit)]") }
  }

  var isEmpty: Bool { runs.allSatisfy(\.text.isEmpty) }

  package var plain: String { runs.map(\.text).joined() }

  package mutating func append(_ text: String) { runs.append(Run(text: text)) }

  package static func + (left: MathText, right: MathText) -> MathText {
    var sum = left
    sum.runs += right.runs
    return sum
  }

  package static func + (left: MathText, right: String) -> MathText {
    var sum = left
    sum.append(right)
    return sum
  }

  /// About how wide it is, in pixels, in a common sans-serif type.
  package func width(size: Double) -> Double {
    runs.reduce(0) { sum, run in
      let scale = run.level == 0 ? size : 0.72 * size
      return sum + run.text.unicodeScalars.reduce(0) { $0 + Self.width(of: $1) } * scale
    }
  }

  private static func width(of scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", ".", ",", ":", ";", "'", "|", " ", "\u{2009}": 0.28
    case "f", "t", "r", "(", ")", "[", "]", "-", "/": 0.34
    case "m", "M", "W", "w", "%": 0.83
    case _ where scalar.value >= 0x300 && scalar.value < 0x370: 0
    case _ where scalar.value >= 0x2E80: 1
    case _ where scalar.properties.isUppercase: 0.68
    default: 0.56
    }
  }

  /// As content of an SVG text element of that size.
  func svg(size: Double) -> String {
    var (text, shift) = ("", 0.0)
    for run in runs where !run.text.isEmpty {
      let wanted = Double(run.level) * -0.3 * size
      let isPlain = run.level == 0 && !run.isItalic && wanted == shift
      guard !isPlain else {
        text += escaped(run.text)
        continue
      }
      text += "<tspan"
      if wanted != shift { text += " dy=\"\(fixed(wanted - shift, 1))\"" }
      if run.level != 0 { text += " font-size=\"\(fixed(0.72 * size, 1))\"" }
      if run.isItalic { text += " font-style=\"italic\"" }
      text += ">\(escaped(run.text))</tspan>"
      shift = wanted
    }
    return text
  }

  /// As content of an HTML element.
  package var html: String {
    runs.filter { !$0.text.isEmpty }.map { run in
      let text = run.isItalic ? "<i>\(escaped(run.text))</i>" : escaped(run.text)
      return run.level == 0 ? text : run.level > 0 ? "<sup>\(text)</sup>" : "<sub>\(text)</sub>"
    }.joined()
  }
}
