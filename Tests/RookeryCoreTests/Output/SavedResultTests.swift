import Foundation
import ReferenceProblems
import RookeryCore
import Testing

@Suite struct SavedResultTests {
  /// Saves and loads a result, and compares all bytes of it.
  private func roundTrip(_ result: RunResult) throws {
    try inTemporaryDirectory { directory in
      try result.write(to: directory)
      let loaded = try RunResult(contentsOf: directory)
      let isSame = bytes(loaded) == bytes(result)
      #expect(isSame)
      #expect(loaded.digest == result.digest)
      let isSameByName = try bytes(RunResult(contentsOf: directory + "/samples.npz")) == bytes(result)
      #expect(isSameByName)
    }
  }

  private func bytes(_ result: RunResult) -> [UInt8] {
    var writer = WireWriter()
    writer.write(result)
    return writer.bytes
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [Method.nested(.init(live: 50)), .importanceNested(.init(live: 200))])
  func realRuns(_ method: Method) throws {
    var settings = RunSettings()
    settings.showsProgress = false
    settings.seed = .max
    settings.maxCalls = 20_000
    try roundTrip(try sample(ReferenceProblem.named("shells2").problem, by: method, settings: settings))
  }

  @Test func pointsWithoutLikelihoodAndDerivedQuantitiesThatAreNoNumbers() throws {
    let result = try MadeResult.nested(
      logLikelihoods: [-.infinity, -3, -2, -1], births: [-.infinity, -.infinity, -.infinity, -3],
      names: ["with space", "höhe \u{1F52D}, \"\\alpha\""], derived: [.nan, .infinity, -.infinity, 1])
    try roundTrip(result)
  }

  @Test func oneSampleAndNone() throws {
    try roundTrip(try MadeResult.nested(logLikelihoods: [2], births: [-.infinity]))
    try roundTrip(try MadeResult.nested(logLikelihoods: [], births: []))
    try roundTrip(try MadeResult.importance(logLikelihoods: [-1], ratios: [0.5]))
  }

  @Test func noWeightAtAll() throws {
    try roundTrip(try MadeResult.importance(logLikelihoods: [-.infinity, -.infinity], ratios: [0, 0]))
  }

  @Test func otherPriorsKeepTheirDescription() throws {
    let problem = try Problem(
      "priors",
      parameters: [
        Parameter("width", .fixed(2)), Parameter("x", .normal(mean: 1, deviation: 3), boundary: .reflective),
        Parameter("y", .conditional { .uniform(0, abs($0[1]) + 1) }),
      ]
    ) { (theta: [Double]) in -theta[1] * theta[1] }
    var settings = RunSettings()
    settings.showsProgress = false
    var nested = NestedSettings()
    nested.live = 40
    let result = try sample(problem, by: .nested(nested), settings: settings)
    try roundTrip(result)
    let (x, y) = (result.parameters[1], result.parameters[2])
    #expect(x.prior == "normal(mean: 1.0, deviation: 3.0)" && x.lower == -.infinity && x.upper == .infinity)
    // The quantiles of a standard normal at 127.5/256 and 0.5/256.
    #expect(abs((x.priorQuantiles[127] - 1) / 3 + 0.0048957) < 1e-6)
    #expect(abs((x.priorQuantiles[0] - 1) / 3 + 2.8856) < 1e-3)
    #expect(y.isConditional && y.priorQuantiles[0] >= 0 && y.priorQuantiles[255] > 4)
    #expect(result.parameters[0].isFixed)
    #expect(result.logPriorEvidence == nil)
  }

  @Test func endsOfPriorRanges() throws {
    let priors: [(Prior, Double, Double)] = [
      (.uniform(-1, 2), -1, 2), (.logUniform(1e-3, 10), 1e-3, 10), (.gamma(shape: 2, scale: 1), 0, .infinity),
      (.beta(0.5, 2), 0, 1), (.exponential(mean: 2), 0, .infinity), (.halfNormal(deviation: 1), 0, .infinity),
      (.cauchy(location: 0, scale: 1), -.infinity, .infinity), (.sine(), 0, .pi),
      (.studentT(degrees: 3, location: 0, scale: 1), -.infinity, .infinity),
      (.logNormal(logMean: 0, logDeviation: 1), 0, .infinity),
      (.truncatedNormal(mean: 0, deviation: 1, lower: -1, upper: 4), -1, 4),
    ]
    let problem = try Problem(
      "ends", parameters: priors.enumerated().map { Parameter("p\($0.offset)", $0.element.0) }
    ) { (_: [Double]) in 0 }
    let empty = try RunResult(
      record: RunRecord(
        cube: PointMatrix(columns: priors.count), derived: PointMatrix(columns: 0), logLikelihoods: [],
        kind: .nested(birthLogLikelihoods: [])), problem: problem,
      engine: EngineDescription(name: "none", live: 0, dimension: priors.count), settings: RunSettings(),
      ending: .converged, statistics: RunStatistics())
    for (parameter, expected) in zip(empty.parameters, priors) {
      #expect(
        abs(parameter.lower - expected.1) < 1e-12 || parameter.lower == expected.1, "\(parameter.prior)")
      #expect(
        abs(parameter.upper - expected.2) < 1e-12 || parameter.upper == expected.2, "\(parameter.prior)")
      #expect(parameter.priorQuantiles == parameter.priorQuantiles.sorted())
    }
  }

  @Test func evidenceOfThePrior() throws {
    let problem = try Problem(
      "priors", parameters: [Parameter("x", .normal(mean: 1, deviation: 3)), Parameter("y", .uniform(0, 5))]
    ) { (theta: [Double]) in 0 }
    // ∫ N(x; 1, 3)² dx = 1 / (2 · 3 √π).
    let expected = -log(6 * Double.pi.squareRoot()) - log(5)
    #expect(abs(try #require(problem.logPriorEvidence) - expected) < 1e-4)
  }

  @Test func damageIsNoticed() throws {
    try inTemporaryDirectory { directory in
      let result = try MadeResult.nested(logLikelihoods: [1, 2, 3], births: [-.infinity, -.infinity, 1])
      try result.write(to: directory)
      let file = directory + "/samples.npz"
      let whole = try Data(contentsOf: URL(fileURLWithPath: file))
      for length in [0, 1, 21, 100, whole.count / 2, whole.count - 30, whole.count - 1] {
        try whole.prefix(length).write(to: URL(fileURLWithPath: file))
        #expect(throws: InputError.self) { try RunResult(contentsOf: directory) }
      }
      for position in stride(from: 0, to: whole.count, by: 37) {
        var broken = whole
        broken[position] ^= 0x55
        try broken.write(to: URL(fileURLWithPath: file))
        // Bytes that nobody reads may change; then the result is the same.
        let isAsBefore = (try? RunResult(contentsOf: directory)).map { bytes($0) == bytes(result) } ?? true
        #expect(isAsBefore, "byte \(position)")
      }
    }
  }

  @Test func noDirectoryAndNoRun() {
    #expect(throws: OutputError.self) { try RunResult(contentsOf: "/nowhere") }
    #expect(throws: OutputError.self) { try RunResult(contentsOf: NSTemporaryDirectory()) }
  }
}

extension NestedSettings {
  fileprivate init(live: Int) {
    self.init()
    self.live = live
  }
}

extension ImportanceNestedSettings {
  fileprivate init(live: Int) {
    self.init()
    self.live = live
  }
}

/// Calls `body` with the path of a directory that is there for that long.
func inTemporaryDirectory<T>(_ body: (String) throws -> T) throws -> T {
  let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: directory) }
  return try body(directory)
}
