import Foundation
import ReferenceProblems
import TestSupport

/// Runs of one reference problem with many seeds, on all cores, set against what is known of it.
struct Calibration {
  struct Line: Decodable, Sendable {
    let logz: Double
    let logzErr: Double
    let ess: Double
    let nLike: Int
    let likeS: Double
    let cpuS: Double
    let postMean: [Double]
    let postStd: [Double]
    let ending: String
    let insertionP: Double?
  }

  let problem: ReferenceProblem
  let method: String
  let seeds: Int
  /// Runs that converged.
  let lines: [Line]
  /// Runs that said that they did not get on.
  let gaveUp: Int

  init(problem name: String, arguments: [String], seeds: Int) throws {
    problem = try ReferenceProblem.named(name)
    method = arguments.filter { $0 != "--method" }.joined(separator: " ")
    self.seeds = seeds
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let found = onAllCores(seeds) { index -> Line? in
      let run = try ProgramRun(
        "rookery",
        ["run", name, "--json", "-q", "--pool", "serial", "--seed", "\(index + 1)"] + arguments, limit: 900)
      guard run.status == 0 || run.status == 2, let text = run.output.first else { return nil }
      return try decoder.decode(Line.self, from: Data(text.utf8))
    }
    let all = found.compactMap { $0 ?? nil }
    lines = all.filter { $0.ending == "converged" }
    gaveUp = all.filter { $0.ending == "stuck" }.count
  }

  var errors: Statistics { Statistics(lines.map { $0.logz - problem.knownLogZ }) }
  var pulls: Statistics { Statistics(lines.map { ($0.logz - problem.knownLogZ) / $0.logzErr }) }
  var insertion: [Double] { lines.compactMap(\.insertionP) }

  /// The offset of the posterior mean that is farthest off, in widths of the posterior, averaged over seeds, and
  /// its standard error; nil where the posterior is not known.
  var meanOffset: (value: Double, error: Double)? {
    guard let means = problem.posteriorMean, let widths = problem.posteriorDeviation else { return nil }
    return worst { line, i in (line.postMean[i] - means[i]) / widths[i] }
  }

  /// By which part the posterior width that is farthest off is too large, averaged over seeds.
  var widthOffset: (value: Double, error: Double)? {
    guard let widths = problem.posteriorDeviation else { return nil }
    return worst { line, i in line.postStd[i] / widths[i] - 1 }
  }

  private func worst(_ offset: (Line, Int) -> Double) -> (value: Double, error: Double)? {
    (0..<problem.dimension).map { i in
      let found = Statistics(lines.map { offset($0, i) })
      return (found.mean, found.standardError)
    }.max { abs($0.0) < abs($1.0) }
  }

  static let heading = """
    | problem | method | seeds | gave up | error of log Z | in standard errors | scatter / quoted | pulls | means off \
    | widths off | insertion ranks | calls | ESS | ESS per call | CPU µs per call |
    |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
    """

  /// The line of the table.
  var row: String {
    guard lines.count > 1 else {
      return "| \(problem.name) | \(method) | \(seeds) | \(gaveUp) | | | | | | | | | | | |"
    }
    let quoted = Statistics(lines.map(\.logzErr)).mean
    let overhead = lines.reduce(0) { $0 + $1.cpuS - $1.likeS } / lines.reduce(0) { $0 + Double($1.nLike) }
    let cells = [
      problem.name, method, "\(seeds)", "\(gaveUp)",
      fixed(errors.mean, 4, sign: true) + " ± " + fixed(errors.standardError, 4),
      fixed(errors.mean / errors.standardError, 1, sign: true), fixed(errors.deviation / quoted, 2),
      fixed(pulls.deviation, 2),
      meanOffset.map { fixed($0.value, 3, sign: true) } ?? "",
      widthOffset.map { fixed(100 * $0.value, 1, sign: true) + " %" } ?? "",
      insertion.isEmpty ? "" : "p = " + fixed(Statistics(insertion).chanceIfUniform, 3),
      "\(Int(Statistics(lines.map { Double($0.nLike) }).median))",
      "\(Int(Statistics(lines.map(\.ess)).median))",
      fixed(Statistics(lines.map { $0.ess / Double($0.nLike) }).median, 4), fixed(1e6 * overhead, 1),
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }
}
