@testable import RookeryCore

/// A run of a few made-up points, for tests of what is written and read.
enum MadeResult {
  /// The log-likelihood and birth contour of the points of a nested run.
  static func nested(
    logLikelihoods: [Double], births: [Double], names: [String] = ["a", "b"], derived: [Double]? = nil,
    seed: UInt64 = 1
  ) throws -> RunResult {
    try RunResult(
      record: RunRecord(
        cube: cube(rows: logLikelihoods.count, columns: names.count, seed: seed),
        derived: PointMatrix(columns: derived == nil ? 0 : 1, values: derived ?? []),
        logLikelihoods: logLikelihoods, kind: .nested(birthLogLikelihoods: births)),
      problem: problem(names, hasDerived: derived != nil), engine: engine(names.count),
      settings: settings(seed),
      ending: .converged, statistics: RunStatistics())
  }

  /// Independent draws with the given ln(prior / proposal density).
  static func importance(
    logLikelihoods: [Double], ratios: [Double], names: [String] = ["a", "b"], error: Double = 0.01,
    seed: UInt64 = 1
  ) throws -> RunResult {
    try RunResult(
      record: RunRecord(
        cube: cube(rows: logLikelihoods.count, columns: names.count, seed: seed),
        derived: PointMatrix(columns: 0), logLikelihoods: logLikelihoods,
        kind: .importance(logPriorToProposal: ratios, logZError: error)),
      problem: problem(names, hasDerived: false), engine: engine(names.count), settings: settings(seed),
      ending: .stuck(said("no \"way\" on")), statistics: RunStatistics())
  }

  /// A finding of which only the words are known.
  static func said(_ words: String) -> Finding {
    Finding(code: "made", severity: .failure, numbers: [], remedies: [], savedWords: words)
  }

  private static func engine(_ dimension: Int) -> EngineDescription {
    EngineDescription(name: "rookery-made", live: 4, dimension: dimension, settings: [.init("live", "4")])
  }

  private static func settings(_ seed: UInt64) -> RunSettings {
    var settings = RunSettings()
    settings.seed = seed
    return settings
  }

  private static func problem(_ names: [String], hasDerived: Bool) throws -> Problem {
    try Problem(
      "made \"up\"",
      parameters: names.map { Parameter($0, .uniform(-1, 3), label: "\\hat{\($0)}", unit: "m/s") },
      derived: hasDerived ? ["sum of all"] : [], likelihood: PointLikelihood(isThreadSafe: true) { _, _ in 0 }
    )
  }

  private static func cube(rows: Int, columns: Int, seed: UInt64) -> PointMatrix {
    var stream = RandomStream(seed: seed, purpose: .init(rawValue: 5), index: 0)
    return PointMatrix(columns: columns, values: (0..<rows * columns).map { _ in stream.uniform() })
  }
}
