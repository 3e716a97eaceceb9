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
    if !quantity.unit.isEmpty { self = self + " [" + MathText(unit: quantity.unit) + "]" }
  }

  /// A unit as it was given, or in upright LaTeX where it is that.
  package init(unit: String) {
    let isLaTeX = unit.contains { "\\^{$".contains($0) }
    self = isLaTeX ? MathText(latex: "\\mathrm{\(unit)}") : MathText(plain: unit)
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
    parts.reduce(0) { sum, part in
      switch part {
      case .line(let run): sum + Self.width(of: [run], size: size)
      case .stack(let over, let under):
        sum + max(Self.width(of: over, size: size), Self.width(of: under, size: size))
      }
    }
  }

  private static func width(of runs: [Run], size: Double) -> Double {
    runs.reduce(0) { sum, run in
      let scale = run.level == 0 ? size : 0.72 * size
      return sum + run.text.unicodeScalars.reduce(0) { $0 + width(of: $1) } * scale
    }
  }

  /// A stretch of the line, or a superscript with the subscript that stands below it.
  private enum Part {
    case line(Run)
    case stack([Run], [Run])
  }

  private var parts: [Part] {
    var parts: [Part] = []
    var rest = runs.filter { !$0.text.isEmpty }[...]
    while let first = rest.first {
      let over = rest.prefix { $0.level > 0 }
      let under = rest.dropFirst(over.count).prefix { $0.level < 0 }
      if over.isEmpty || under.isEmpty {
        parts.append(.line(first))
        rest.removeFirst()
      } else {
        parts.append(.stack(Array(over), Array(under)))
        rest.removeFirst(over.count + under.count)
      }
    }
    return parts
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
    // How far what comes next is moved, for a subscript to stand below its superscript.
    var move = 0.0
    func add(_ run: Run, isStacked: Bool = false) {
      let wanted = Double(run.level) * -0.3 * size
      let isPlain = run.level == 0 && !run.isItalic && wanted == shift && move == 0
      guard !isPlain else {
        text += escaped(run.text)
        return
      }
      text += "<tspan"
      // For the two to stand one over the other they must be as wide as they are taken to be.
      if isStacked {
        text +=
          " textLength=\"\(fixed(Self.width(of: [run], size: size), 1))\" lengthAdjust=\"spacingAndGlyphs\""
      }
      if move != 0 { text += " dx=\"\(fixed(move, 1))\"" }
      move = 0
      if wanted != shift { text += " dy=\"\(fixed(wanted - shift, 1))\"" }
      if run.level != 0 { text += " font-size=\"\(fixed(0.72 * size, 1))\"" }
      if run.isItalic { text += " font-style=\"italic\"" }
      text += ">\(escaped(run.text))</tspan>"
      shift = wanted
    }
    for part in parts {
      switch part {
      case .line(let run): add(run)
      case .stack(let over, let under):
        let widths = [over, under].map { Self.width(of: $0, size: size) }
        for run in over { add(run, isStacked: true) }
        move = -widths[0]
        for run in under { add(run, isStacked: true) }
        move = max(widths[0] - widths[1], 0)
      }
    }
    return text
  }

  /// As content of an HTML element.
  package var html: String {
    func inner(_ runs: [Run]) -> String {
      runs.map { $0.isItalic ? "<i>\(escaped($0.text))</i>" : escaped($0.text) }.joined()
    }
    return parts.map { part in
      switch part {
      case .line(let run):
        run.level == 0
          ? inner([run]) : run.level > 0 ? "<sup>\(inner([run]))</sup>" : "<sub>\(inner([run]))</sub>"
      case .stack(let over, let under):
        "<span class=\"stack\"><sup>\(inner(over))</sup><sub>\(inner(under))</sub></span>"
      }
    }.joined()
  }
}
