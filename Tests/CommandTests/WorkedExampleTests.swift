import Examples
import Foundation
import RookeryCore
import TestSupport
import Testing

/// The examples of CONTRIBUTING: each gives the right answer, and whatever holds for the package's own holds for them.
@Suite(.serialized) struct WorkedExampleTests {
  private static let (x, y, deviation) = ([0.0, 1, 2, 3], [0.3, 1.1, 1.4, 2.6], 0.3)

  private static func problem() throws -> Problem {
    try ToyLikelihood.problem(x: x, y: y, deviation: deviation).settingBatch(or: 32)
  }

  /// With data d = (y, X) in units of their errors and A = XᵀX + 1, the posterior is a normal about A⁻¹Xᵀy with covariance A⁻¹, and
  /// ln Z = -yᵀy/2 + yᵀX A⁻¹ Xᵀy / 2 - ln |A| / 2. The prior is a standard normal, and the likelihood has no factor before it.
  private static let exact: (logZ: Double, means: [Double], deviations: [Double]) = {
    let (u, v) = (x.map { $0 / deviation }, x.map { _ in 1 / deviation })
    let d = y.map { $0 / deviation }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let (p, q, r) = (dot(u, u) + 1, dot(u, v), dot(v, v) + 1)
    let (f, g) = (dot(u, d), dot(v, d))
    let determinant = p * r - q * q
    let (slope, offset) = ((r * f - q * g) / determinant, (p * g - q * f) / determinant)
    return (
      -0.5 * dot(d, d) + 0.5 * (f * slope + g * offset) - 0.5 * log(determinant), [slope, offset],
      [(r / determinant).squareRoot(), (p / determinant).squareRoot()]
    )
  }()

  private static func sampled(pieces: Int, seed: UInt64) throws -> RunResult {
    var settings = RunSettings()
    (settings.seed, settings.showsProgress) = (seed, false)
    return try run(
      ToySampler(pieces: pieces, seed: seed), on: problem(),
      engine: EngineDescription(name: "toy", live: 0, dimension: 2), settings: settings, pool: .serial)
  }

  private func inDirectory(_ body: (String) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try body(directory)
  }

  // MARK: - The sampler

  /// Over seeds the evidence scatters about the exact one as its quoted error says.
  @Test(.timeLimit(.minutes(10))) func samplerFindsTheEvidence() throws {
    let seeds = 40
    let pulls = try (0..<seeds).map { seed in
      let result = try Self.sampled(pieces: 200, seed: UInt64(seed))
      #expect(result.ending == .converged && result.statistics.calls == 6400)
      return (result.evidence.logZ - Self.exact.logZ) / result.evidence.error
    }
    let mean = pulls.reduce(0, +) / Double(seeds)
    let variance = pulls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(seeds - 1)
    // Four standard errors of either.
    #expect(abs(mean) < 4 / Double(seeds).squareRoot())
    #expect(abs(variance - 1) < 4 * (2 / Double(seeds - 1)).squareRoot())
  }

  /// Points, derived quantities and weights stand beside each other.
  @Test(.timeLimit(.minutes(10))) func samplerFindsThePosterior() throws {
    let result = try Self.sampled(pieces: 1000, seed: 5)
    for (found, (mean, deviation)) in zip(result.marginals(), zip(Self.exact.means, Self.exact.deviations)) {
      #expect(abs(found.mean - mean) < 5 * deviation / result.effectiveSampleSize.squareRoot())
      #expect(abs(found.deviation / deviation - 1) < 5 / result.effectiveSampleSize.squareRoot())
    }
    for row in 0..<10 {
      let found = try Self.problem().evaluate(at: result.samples[row: row])
      #expect(found.logLikelihood == result.logLikelihoods[row])
      #expect(found.derived == result.derivedSamples[row: row])
    }
  }

  private func sampler(_ pool: PoolCase, _ more: [String] = [], _ meanwhile: ((Int32) -> Void)? = nil) throws
    -> ProgramRun
  {
    try ProgramRun(
      "ProgramProbe", ["-q", "--seed", "3", "--pool", pool.pool] + more, ranks: pool.ranks,
      environment: ["PROBE": "own-sampler"], meanwhile: meanwhile)
  }

  @Test(.timeLimit(.minutes(10))) func samplerGivesTheSameBitsOnEveryPool() throws {
    let serial = try sampler(.serial)
    #expect(serial.status == 0 && serial.values("calls") == ["128000"], "\(serial.errors)")
    for pool in [.threads, .processes, .spawned] + PoolCase.mpi3 {
      let run = try sampler(pool)
      #expect(run.values("digest") == serial.values("digest") && run.status == 0, "\(pool): \(run.errors)")
      #expect(run.orphans == [])
    }
  }

  /// Stopped at a limit or killed, and taken up on other pools.
  @Test(.timeLimit(.minutes(10))) func samplerIsResumed() throws {
    let digest = try sampler(.serial).values("digest")
    try inDirectory { directory in
      let stopped = try sampler(.threads, ["--out", directory, "--max-calls", "10007"])
      #expect(stopped.values("ending") == ["callLimit"] && stopped.values("digest") != digest)
      #expect(stopped.values("calls").compactMap(Int.init).allSatisfy { $0 <= 10007 && $0 > 9900 })
      var kills = 0
      for pool in [PoolCase.processes, .serial] {
        let state = directory + "/checkpoint.rookery-toy"
        let before = try? FileManager.default.attributesOfItem(atPath: state)[.modificationDate] as? Date
        _ = try sampler(pool, ["--out", directory]) { process in
          waitUntil {
            let date = try? FileManager.default.attributesOfItem(atPath: state)[.modificationDate] as? Date
            return date != before || kill(process, 0) != 0
          }
          if kill(-process, SIGKILL) == 0 { kills += 1 }
        }
      }
      #expect(kills > 0)
      #expect(try sampler(.threads, ["--out", directory]).values("digest") == digest)
    }
  }

  // MARK: - The likelihood

  /// The methods of the package find its evidence; scratch that two workers shared would change the bits.
  @Test(.timeLimit(.minutes(10))) func likelihoodHasScratchOfItsOwn() throws {
    var settings = RunSettings()
    settings.showsProgress = false
    for method in [Method.nested(NestedSettings()), .importanceNested(ImportanceNestedSettings())] {
      let results = try [Pool.serial, .threads(3)].map {
        try sample(Self.problem(), by: method, settings: settings, on: $0)
      }
      #expect(results[0].digest == results[1].digest)
      #expect(abs(results[0].evidence.logZ - Self.exact.logZ) < 4 * results[0].evidence.error)
    }
  }

  @Test func likelihoodHasTheSlopesOfItsValues() throws {
    let problem = try Self.problem()
    let (point, step) = ([0.7, -0.2], 1e-5)
    var buffer = EvaluationBuffer()
    // In a block, behind another point.
    try ([0, 0] + point).withUnsafeBufferPointer {
      try Evaluator(problem).evaluate($0, in: .parameters, gradients: true, into: &buffer)
    }
    for i in 0..<2 {
      func value(_ sign: Double) throws -> Double {
        var moved = point
        moved[i] += sign * step
        return try problem.logLikelihood(at: moved)
      }
      let slope = try (value(1) - value(-1)) / (2 * step)
      #expect(abs(buffer.gradients[2 + i] - slope) < 1e-6 * abs(slope))
    }
  }

  // MARK: - The format

  private func program(_ arguments: [String], as probe: String = "examples") throws -> ProgramRun {
    try ProgramRun(
      "ProgramProbe", ["-q", "--method", "nested"] + arguments, environment: ["PROBE": probe])
  }

  /// `--format` takes it by its name and with `all`, and the file has the posterior.
  @Test(.timeLimit(.minutes(10)), arguments: ["tsv", "csv,tsv", "all"])
  func formatIsReadBack(_ formats: String) throws {
    try inDirectory { directory in
      let run = try program(["--out", directory, "--format", formats])
      #expect(run.status == 0, "\(run.errors)")
      let text = try String(contentsOfFile: directory + "/toy/draws.tsv", encoding: .utf8)
      let lines = text.split(separator: "\n").map { $0.split(separator: "\t") }
      #expect(lines[0] == ["slope", "offset", "chi2"] && lines.count > 500)
      let table = lines.dropFirst().map { $0.compactMap { Double($0) } }
      #expect(table.allSatisfy { $0.count == 3 })
      for column in 0..<2 {
        let mean = table.reduce(0) { $0 + $1[column] } / Double(table.count)
        let error = Self.exact.deviations[column] / Double(table.count).squareRoot()
        #expect(abs(mean - Self.exact.means[column]) < 6 * error)
      }
      #expect(FileManager.default.fileExists(atPath: directory + "/toy/samples.csv") == (formats != "tsv"))
    }
  }

  @Test(.timeLimit(.minutes(10))) func formatIsOnTheList() throws {
    #expect(try program(["--help"]).output.joined(separator: " ").contains("tsv"))
    #expect(try program(["--generate-completion-script", "bash"]).output.contains { $0.contains("tsv") })
    let unknown = try program(["--out", "/tmp", "--format", "tvs"])
    #expect(unknown.status == 64 && unknown.errors.first?.contains("ultranest, tsv or all") == true)
    #expect(try !program(["--help"], as: "").output.joined(separator: " ").contains("tsv"))
    let taken = try program([], as: "taken")
    #expect(taken.status == 65 && taken.errors.first?.contains("\"tsv\"") == true, "\(taken.errors)")
  }

  /// A run without effective samples, and names that would end their columns.
  @Test func formatOfUnusualResults() throws {
    var settings = RunSettings()
    (settings.showsProgress, settings.maxCalls) = (false, 1)
    let problem = try Problem("odd", parameters: [Parameter("a\tb\nc", .uniform(0, 1))]) { theta in -theta[0]
    }
    let results = try [1, 2000].map { calls in
      settings.maxCalls = calls
      return try sample(problem, by: .nested(NestedSettings()), settings: settings)
    }
    try inDirectory { directory in
      #expect(throws: InputError.self) {
        try results[0].write(to: directory, formats: [OutputFormat(ToyFormat())])
      }
      #expect(!FileManager.default.fileExists(atPath: directory + "/draws.tsv"))
      try results[1].write(to: directory, formats: [OutputFormat(ToyFormat())])
      let text = try String(contentsOfFile: directory + "/draws.tsv", encoding: .utf8)
      #expect(text.split(separator: "\n").first == "a b c")
    }
  }
}
