import Foundation
import ReferenceProblems
import RookeryCore
import Testing

/// Every file read back by the tool it is for, in the Python environment that `make readers` makes.
@Suite(
  .serialized,
  .disabled(if: ProcessInfo.processInfo.environment["ROOKERY_READERS"] == "none", "ROOKERY_READERS=none"))
struct ReaderTests {
  private static let home: String = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
    return environment["ROOKERY_READERS"] ?? cache + "/rookery/readers"
  }()

  private static let script = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Readers/readback.py").path

  /// Writes all formats and has the tools compare their numbers with ours; none stands for all tools.
  private func readBack(
    _ result: RunResult, with tools: [String] = [],
    adding add: (_ directory: String) throws -> Void = { _ in }
  ) throws {
    let python = Self.home + "/bin/python"
    try #require(
      FileManager.default.isExecutableFile(atPath: python),
      """
      there is no \(python): run `make readers`, which needs a network once; ROOKERY_READERS=none skips these tests
      """)
    try inTemporaryDirectory { directory in
      try result.write(to: directory, formats: OutputFormat.allCases)
      try add(directory)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: python)
      process.arguments = [Self.script, directory] + tools
      let log = directory + "/log"
      try Data().write(to: URL(fileURLWithPath: log))
      let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
      process.standardOutput = output
      process.standardError = output
      try process.run()
      process.waitUntilExit()
      let text = try String(contentsOfFile: log, encoding: .utf8)
      #expect(process.terminationStatus == 0, "\(text.suffix(2000))")
      if tools.isEmpty { #expect(text.components(separatedBy: "read by").count == 10, "\(text)") }
    }
  }

  private var settings: RunSettings {
    var settings = RunSettings()
    settings.showsProgress = false
    return settings
  }

  /// Names with white space, other letters, LaTeX and commas; a derived quantity, a fixed parameter, a conditional prior, a plateau,
  /// and a third of the prior without likelihood.
  @Test(.timeLimit(.minutes(10)))
  func aNestedRunWithAllThatMayBeAwkward() throws {
    let problem = try Problem(
      "odd / \"näme\"",
      parameters: [
        Parameter("with space", .uniform(-2, 1), label: "\\Omega_\\mathrm{m}h^2", unit: "km/s"),
        Parameter("größe, ε*", .normal(mean: 3, deviation: 2)),
        Parameter("fixed_one", .fixed(2.5)),
        Parameter("#late", .conditional { .uniform(0, 2 + abs($0[0])) }, label: "l|\\tilde{a}|"),
      ], derived: [DerivedQuantity("sum of/all", label: "\\Sigma")], threadSafe: true
    ) { theta, derived in
      derived[0] = theta[0] + theta[1] + theta[3]
      if theta[0] < -1 { throw PointRefused() }
      return -min(pow(theta[0] - 0.3, 2) + pow(theta[1] - 2, 2) + pow(theta[3] - 1, 2), 9)
    }
    var nested = NestedSettings()
    nested.live = 300
    nested.explorer = .uniform
    let result = try sample(problem, by: .nested(nested), settings: settings)
    #expect(result.logLikelihoods.contains(-.infinity))
    #expect(result.logLikelihoods.count { $0 == -9 } > 10)
    try readBack(result)
  }

  /// A posterior across the seam of a periodic parameter, and bounds that a logarithm would spoil.
  @Test(.timeLimit(.minutes(10)))
  func periodicParameters() throws {
    let problem = try Problem(
      "round",
      parameters: [
        Parameter("zeta", .uniform(0, 2 * .pi), boundary: .periodic),
        Parameter("alpha", .logUniform(10, 3000)),
        Parameter("beta", .uniform(-1, 1)),
      ]
    ) { (theta: [Double]) in 4 * cos(theta[0] - 0.1) - 0.5 * pow(log(theta[1] / 100), 2) }
    var nested = NestedSettings()
    nested.live = 300
    let result = try sample(problem, by: .nested(nested), settings: settings)
    #expect(result.parameters[1].lower == 10 && result.parameters[1].upper == 3000)
    #expect(abs(result.marginals()[0].mean - 0.1) < 0.2)
    try readBack(
      result, with: ["numpy", "pandas", "anesthetic", "getdist", "arviz", "bilby", "corner"])
  }

  @Test(.timeLimit(.minutes(10)))
  func independentDraws() throws {
    let problem = try ReferenceProblem.named("shells2").problem
    var shells = ImportanceNestedSettings()
    shells.targetEffectiveSize = 2000
    try readBack(try sample(problem, by: .importanceNested(shells), settings: settings))
  }

  /// ArviZ computes the same leave-one-out and WAIC of the file, and finds predictions with the draws that they were made at.
  @Test(.timeLimit(.minutes(10)))
  func whatAProgramComputesAtDraws() throws {
    let x = (0..<24).map { Double($0) / 12 - 1 }
    // The last one is far off.
    let y = x.map { 1 + 2 * $0 + 0.5 * sin(40 * $0) + ($0 > 0.9 ? 4 : 0) }
    @Sendable func parts(_ theta: [Double]) -> [Double] {
      zip(x, y).map { x, y in
        let residual = (y - theta[0] * x - theta[1]) / theta[2]
        return -0.5 * residual * residual - log(theta[2]) - 0.5 * log(2 * .pi)
      }
    }
    let replicate: NoisyModel = { theta, stream in
      x.map { theta[0] * $0 + theta[1] + theta[2] * stream.normal() }
    }
    let problem = try Problem(
      "line",
      parameters: [
        Parameter("slope", .normal(mean: 0, deviation: 3)),
        Parameter("offset", .normal(mean: 0, deviation: 3)),
        Parameter("s", .logUniform(0.05, 5)),
      ]
    ) { (theta: [Double]) in parts(theta).reduce(0, +) }
    var nested = NestedSettings()
    nested.live = 300
    let result = try sample(problem, by: .nested(nested), settings: settings)
    let pointwise = try #require(try result.pointwise(at: .draws(1500), seed: 6, parts))
    let (loo, waic) = (try pointwise.loo(), try pointwise.waic())
    #expect(loo.findings.allSatisfy { $0.code != "pointwise-not-the-whole" })
    let told = JSON.object([
      ("x", .numbers(x)), ("y", .numbers(y)), ("loo", .number(loo.elpd)), ("loo_error", .number(loo.error)),
      ("p_loo", .number(loo.effectiveParameters)), ("pareto_k", .numbers(loo.paretoShapes)),
      ("waic", .number(waic.elpd)), ("p_waic", .number(waic.effectiveParameters)),
    ])
    let format = OutputFormat.arviz(
      logLikelihood: pointwise,
      posteriorPredictive: try result.predict(at: .draws(1500), seed: 6, replicate),
      priorPredictive: try problem.predict(priorDraws: 400, replicate), observed: y)
    try readBack(result, with: ["arviz"]) { directory in
      try result.write(to: directory, formats: [format])
      try told.text.write(toFile: directory + "/predictive.json", atomically: true, encoding: .utf8)
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func oneSample() throws {
    let result = try MadeResult.nested(logLikelihoods: [2], births: [-.infinity])
    try readBack(result, with: ["numpy", "pandas", "anesthetic", "arviz", "bilby"])
  }

  @Test(.timeLimit(.minutes(10)))
  func recipesOfTheReadme() throws {
    var nested = NestedSettings()
    nested.live = 100
    let result = try sample(ReferenceProblem.named("gauss5").problem, by: .nested(nested), settings: settings)
    try readBack(result, with: ["readme"])
  }
}
