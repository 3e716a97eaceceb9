/// The colours of pictures by their role. Each has one value on white paper and one on a dark screen; the six of data are told
/// apart by people who do not see all colours (after Wong 2011, doi:10.1038/nmeth.1618).
package enum Ink: String, CaseIterable, Sendable {
  case ink, quiet, grid, paper
  case blue, orange, green, purple, amber, slate

  /// The inks for data, in the order in which they are taken.
  package static let data: [Ink] = [.blue, .orange, .green, .purple, .amber, .slate]

  /// The ink for the data of a place in a list.
  package static func data(_ place: Int) -> Ink { data[place % data.count] }

  package var light: String {
    switch self {
    case .ink: "#1f2328"
    case .quiet: "#57606a"
    case .grid: "#dfe3e8"
    case .paper: "#ffffff"
    case .blue: "#0072b2"
    case .orange: "#d55e00"
    case .green: "#00825f"
    case .purple: "#a8467f"
    case .amber: "#9a6700"
    case .slate: "#5b6f8a"
    }
  }

  package var dark: String {
    switch self {
    case .ink: "#e6edf3"
    case .quiet: "#9aa4af"
    case .grid: "#2f363e"
    case .paper: "#11161b"
    case .blue: "#58b4ea"
    case .orange: "#ff8f4a"
    case .green: "#34c99c"
    case .purple: "#e59bc8"
    case .amber: "#e6bd4a"
    case .slate: "#9db2cc"
    }
  }

  /// Variables for both colour schemes, and a class for strokes and one for fills of each ink.
  ///
  /// The plain colour comes before the variable, for programs that know no variables and take what they understand.
  package static let styleSheet: String = {
    func variables(_ value: (Ink) -> String) -> String {
      ":root{" + allCases.map { "--\($0.rawValue):\(value($0))" }.joined(separator: ";") + "}"
    }
    let classes = allCases.map {
      ".s-\($0.rawValue){stroke:\($0.light);stroke:var(--\($0.rawValue))}"
        + ".f-\($0.rawValue){fill:\($0.light);fill:var(--\($0.rawValue))}"
    }
    return variables(\.light) + "@media (prefers-color-scheme:dark){" + variables(\.dark) + "}"
      + classes.joined()
      + "svg text{font-family:Helvetica,Arial,\"DejaVu Sans\",sans-serif}"
  }()
}

/// How a line is drawn.
package struct Stroke: Sendable {
  package var ink: Ink
  package var width: Double
  package var opacity: Double
  package var isDashed: Bool

  package init(_ ink: Ink, width: Double = 1.3, opacity: Double = 1, dashed: Bool = false) {
    self.ink = ink
    self.width = width
    self.opacity = opacity
    isDashed = dashed
  }

  /// Of spines and ticks.
  package static let axis = Stroke(.quiet, width: 0.8)
  package static let grid = Stroke(.grid, width: 0.8)
}
