import Foundation
public import RookeryCore

/// A situation from a user's report, as a problem with what is known of it; for tests, and for a program that runs one
/// by name.
public struct CaseProblem: Sendable {
  public let name: String
  /// The log evidence, analytic or by quadrature; nil where there is none or it is not known.
  public let logZ: Double?
  /// Posterior means and standard deviations, where they are known.
  public let means: [Double]?
  public let deviations: [Double]?
  public let problem: @Sendable () throws -> Problem

  public init(
    _ name: String, logZ: Double?, means: [Double]? = nil, deviations: [Double]? = nil,
    problem: @escaping @Sendable () throws -> Problem
  ) {
    self.name = name
    self.logZ = logZ
    self.means = means
    self.deviations = deviations
    self.problem = problem
  }

  /// A case by its name with numbers after it: "floor:0.0035", "corner:12".
  public static func named(_ text: String) throws -> CaseProblem {
    let words = text.split(separator: ":").map(String.init)
    let numbers = words.dropFirst().compactMap(Double.init)
    guard let name = words.first, numbers.count == words.count - 1 else {
      throw InputError("no case \(text)")
    }
    func number(_ index: Int, or standard: Double) -> Double {
      numbers.indices.contains(index) ? numbers[index] : standard
    }
    switch name {
    case "none": return .none
    case "sliver": return .sliver(width: number(0, or: 0.0035), floor: -.infinity)
    case "floor": return .sliver(width: number(0, or: 0.0035), floor: number(1, or: -745))
    case "betas": return .betas(dimension: Int(number(0, or: 3)), both: numbers.count > 1 ? numbers[1] : nil)
    case "corner": return .corner(dimension: Int(number(0, or: 12)))
    case "edge": return .edge(dimension: Int(number(0, or: 3)), low: number(1, or: 0))
    case "diamond": return .pointed(dimension: Int(number(0, or: 3)), isBox: false)
    case "box": return .pointed(dimension: Int(number(0, or: 3)), isBox: true)
    case "equalcorner": return .equalCorner(dimension: Int(number(0, or: 10)), idle: Int(number(1, or: 2)))
    case "modes": return .modes
    case "ridge": return .ridge
    case "pair": return .pair(dimension: Int(number(0, or: 7)))
    case "seam": return .seamPair(dimension: Int(number(0, or: 4)))
    case "unequal": return .unequalPair(dimension: Int(number(0, or: 2)), share: number(1, or: 0.25))
    case "period": return .periodSearch(widths: number(0, or: 500), amplitude: number(1, or: 1.2))
    case "flat": return .flat(number(0, or: 0))
    case "ball":
      return .ball(dimension: Int(number(0, or: 2)), half: number(1, or: 3), high: number(2, or: 10))
    case "half": return .half(floor: number(0, or: -1e50))
    case "transition": return .transition(dimension: Int(number(0, or: 10)))
    case "noise": return .noise
    case "noisy": return .noisy(deviation: number(0, or: 0.5))
    case "funnel": return .nealFunnel(dimension: Int(number(0, or: 20)))
    default: throw InputError("there is no case called \(name)")
    }
  }
}

let logRootTwoPi = 0.9189385332046727

/// ln Σ exp.
func logSum(_ terms: [Double]) -> Double {
  let peak = terms.max() ?? -.infinity
  guard peak > -.infinity else { return -.infinity }
  return peak + log(terms.reduce(0) { $0 + exp($1 - peak) })
}
