/// Reads the part of LaTeX's mathematics that labels of parameters use.
struct LatexParser {
  private let characters: [Character]
  private var position = 0
  /// How many groups and commands are open. A label may come from a file, and each takes room on the stack.
  private var depth = 0
  private static let deepest = 200

  init(_ text: String) { characters = Array(text.filter { $0 != "$" }) }

  mutating func runs() -> [MathText.Run] {
    var runs: [MathText.Run] = []
    // A bracket too many closes nothing.
    while position < characters.count {
      runs += sequence(level: 0, upright: false)
      position += 1
    }
    return Self.merged(runs)
  }

  /// Everything up to a closing bracket or the end.
  private mutating func sequence(level: Int, upright: Bool) -> [MathText.Run] {
    var runs: [MathText.Run] = []
    while position < characters.count, characters[position] != "}" {
      runs += item(level: level, upright: upright)
    }
    return runs
  }

  /// One character, command, or group in brackets.
  private mutating func item(level: Int, upright: Bool) -> [MathText.Run] {
    guard position < characters.count else { return [] }
    let character = characters[position]
    position += 1
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else { return [run(String(character), level)] }
    switch character {
    case "{":
      let runs = sequence(level: level, upright: upright)
      position += 1
      return runs
    case "^": return item(level: level + 1, upright: upright)
    case "_": return item(level: level - 1, upright: upright)
    case "~": return [run("\u{A0}", level)]
    case " " where !upright: return []
    case "-": return [run(upright ? "-" : "\u{2212}", level)]
    case "\\": return command(level: level, upright: upright)
    default: return [run(String(character), level, italic: !upright && character.isLetter)]
    }
  }

  private mutating func command(level: Int, upright: Bool) -> [MathText.Run] {
    guard position < characters.count else { return [] }
    guard characters[position].isLetter else {
      position += 1
      let sign = characters[position - 1]
      return [run([",", ";", ":", " "].contains(sign) ? "\u{2009}" : sign == "!" ? "" : String(sign), level)]
    }
    let start = position
    while position < characters.count, characters[position].isLetter { position += 1 }
    let name = String(characters[start..<position])
    while position < characters.count, characters[position] == " " { position += 1 }
    if Self.uprightCommands.contains(name) { return item(level: level, upright: true) }
    if Self.ignored.contains(name) { return [] }
    if let accent = Self.accents[name] { return accented(accent, level, upright) }
    switch name {
    case "frac":
      return item(level: level, upright: upright) + [run("/", level)] + item(level: level, upright: upright)
    case "sqrt": return [run("\u{221A}", level)] + item(level: level, upright: upright)
    default: break
    }
    if let letter = Self.greek[name] {
      return [run(letter, level, italic: !upright && letter.first?.isLowercase == true)]
    }
    return [run(Self.signs[name] ?? name, level)]
  }

  private mutating func accented(_ accent: String, _ level: Int, _ upright: Bool) -> [MathText.Run] {
    var runs = item(level: level, upright: upright)
    if let first = runs.indices.first, let letter = runs[first].text.first {
      runs[first].text = String(letter) + accent + runs[first].text.dropFirst()
    }
    return runs
  }

  private func run(_ text: String, _ level: Int, italic: Bool = false) -> MathText.Run {
    MathText.Run(text: text, isItalic: italic, level: min(max(level, -1), 1))
  }

  private static func merged(_ runs: [MathText.Run]) -> [MathText.Run] {
    var merged: [MathText.Run] = []
    for run in runs {
      if let last = merged.last, last.isItalic == run.isItalic, last.level == run.level {
        merged[merged.count - 1].text += run.text
      } else {
        merged.append(run)
      }
    }
    return merged
  }

  private static let uprightCommands: Set<String> = [
    "mathrm", "text", "textrm", "mathbf", "textbf", "rm", "operatorname", "mathsf", "mathcal", "mathit",
  ]
  private static let ignored: Set<String> = ["left", "right", "displaystyle", "limits", "quad", "big", "Big"]
  private static let accents = [
    "hat": "\u{302}", "widehat": "\u{302}", "bar": "\u{304}", "overline": "\u{304}", "tilde": "\u{303}",
    "widetilde": "\u{303}", "dot": "\u{307}", "ddot": "\u{308}", "vec": "\u{20D7}", "check": "\u{30C}",
  ]
  private static let greek = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "xi": "ξ", "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ", "sigma": "σ",
    "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ",
  ]
  private static let signs = [
    "cdot": "·", "times": "×", "pm": "±", "odot": "⊙", "oplus": "⊕", "star": "⋆", "ast": "∗", "circ": "∘",
    "infty": "∞", "sim": "∼", "approx": "≈", "propto": "∝", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "ll": "≪", "gg": "≫", "prime": "′", "partial": "∂", "nabla": "∇", "hbar": "ħ", "degree": "°",
    "langle": "⟨", "rangle": "⟩", "perp": "⊥", "parallel": "∥", "rightarrow": "→", "to": "→", "ln": "ln ",
    "AA": "Å", "angstrom": "Å", "micro": "µ", "log": "log ", "exp": "exp ", "sin": "sin ", "cos": "cos ",
    "tan": "tan ", "dagger": "†", "earth": "⊕",
  ]
}
