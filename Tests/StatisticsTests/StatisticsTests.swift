import Foundation
import ReferenceProblems
import RookeryCore
import TestSupport
import Testing

/// Many seeds against the known evidence. Long, so only with ROOKERY_STATISTICS=1: `make test-statistics`.
@Suite(
  .serialized, .enabled(if: ProcessInfo.processInfo.environment["ROOKERY_STATISTICS"] != nil))
struct StatisticsTests {
  static let nested = [
    "gauss5", "gauss10", "shells2", "shells10", "eggbox2", "plateau4", "loggamma10", "banana10",
    "rosenbrock10",
  ]

  @Test(.timeLimit(.minutes(40)), arguments: nested)
  func evidenceOfNestedRuns(_ name: String) throws {
    let line = try Calibration(problem: name, arguments: ["--method", "dynesty"], seeds: 100)
    line.report()
    #expect(abs(line.meanError) < 3 * line.standardError, "\(line)")
    #expect(abs(line.scatter / line.quoted - 1) < 0.25, "\(line)")
  }
}

extension StatisticsTests {
  /// Chances of the insertion-rank test over many runs are uniform where chains are long enough.
  @Test(.timeLimit(.minutes(40))) func insertionRanksAreUniform() throws {
    let line = try Calibration(problem: "gauss10", arguments: ["--method", "dynesty"], seeds: 200)
    let distance = InsertionRanks.distance(line.insertionChances[...])
    #expect(InsertionRanks.chance(ofDistance: distance, count: 200) > 0.001)
  }

  @Test(.timeLimit(.minutes(40)), arguments: ["gauss30", "funnel20"])
  func slicesInManyDimensions(_ name: String) throws {
    let line = try Calibration(problem: name, arguments: ["--explorer", "local"], seeds: 8)
    line.report()
    #expect(abs(line.meanError) < line.quoted, "\(line)")
  }
}

extension StatisticsTests {
  static let shells = nested.filter { $0 != "rosenbrock10" }

  @Test(.timeLimit(.minutes(40)), arguments: shells)
  func evidenceOfImportanceNestedRuns(_ name: String) throws {
    let line = try Calibration(problem: name, arguments: ["--method", "nautilus"], seeds: 30)
    line.report()
    #expect(abs(line.meanError) < 3 * line.standardError, "\(line)")
    #expect(line.pullDeviation > 0.6 && line.pullDeviation < 1.45, "\(line)")
  }
}

/// Runs of one problem with many seeds, on all cores, set against the known evidence.
struct Calibration: CustomStringConvertible {
  let problem: String
  let method: String
  /// Errors of log Z.
  let errors: [Double]
  let quoted: Double
  /// P-values of the insertion-rank test, of nested runs.
  let insertionChances: [Double]
  /// The standard deviation of error over quoted error.
  let pullDeviation: Double
  let calls: Int
  let effectiveSize: Double
  /// CPU microseconds per call beyond the likelihood.
  let overhead: Double

  init(problem: String, arguments: [String], seeds: Int) throws {
    let truth = try ReferenceProblem.named(problem).knownLogZ
    let runs = try Self.results(problem, arguments, seeds: seeds)
    func number(_ key: String) -> [Double] { runs.compactMap { ($0[key] as? NSNumber)?.doubleValue } }
    self.problem = problem
    method = arguments.joined(separator: " ")
    errors = number("logz").map { $0 - truth }
    quoted = number("logz_err").reduce(0, +) / Double(seeds)
    pullDeviation = Self.deviation(zip(errors, number("logz_err")).map { $0 / $1 })
    insertionChances = number("insertion_p")
    calls = Int(number("n_like").sorted()[seeds / 2])
    effectiveSize = number("ess").reduce(0, +) / Double(seeds)
    let cpu = zip(number("cpu_s"), number("like_s")).reduce(0) { $0 + $1.0 - $1.1 }
    overhead = 1e6 * cpu / number("n_like").reduce(0, +)
    try #require(errors.count == seeds, "every run converges")
  }

  private static func results(_ problem: String, _ arguments: [String], seeds: Int) throws -> [[String: Any]]
  {
    let lanes = ProcessInfo.processInfo.activeProcessorCount
    let lock = NSLock()
    nonisolated(unsafe) var results: [Int: [String: Any]] = [:]
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      for seed in stride(from: lane + 1, through: seeds, by: lanes) {
        let run = try? ProgramRun(
          "rookery", ["run", problem, "--json", "-q", "--pool", "serial", "--seed", "\(seed)"] + arguments,
          limit: 600)
        guard let run, run.status == 0, let line = run.output.first,
          let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        else { continue }
        lock.withLock { results[seed] = object }
      }
    }
    return results.sorted { $0.key < $1.key }.map(\.value)
  }

  var meanError: Double { errors.reduce(0, +) / Double(errors.count) }
  var scatter: Double { Self.deviation(errors) }

  private static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }
  var standardError: Double { scatter / Double(errors.count).squareRoot() }

  var description: String {
    String(
      format:
        "%@ %@: %d seeds, error of log Z %+.4f ± %.4f (%+.1f standard errors), scatter %.4f, quoted %.4f "
        + "(ratio %.2f, pulls %.2f), median %d calls, ESS %.0f, %.1f µs/call",
      problem, method, errors.count, meanError, standardError, meanError / standardError, scatter, quoted,
      scatter / quoted, pullDeviation, calls, effectiveSize, overhead)
  }

  /// Adds the line to the table on standard output.
  func report() { print("CALIBRATION " + description) }
}
