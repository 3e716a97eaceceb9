import Glibc
import ReferenceProblems
import RookeryCore
import Testing

@Suite struct MergingTests {
  private func run(seed: UInt64, live: Int = 200, problem: String = "gauss5") throws -> RunResult {
    var settings = RunSettings()
    settings.showsProgress = false
    settings.seed = seed
    var nested = NestedSettings()
    nested.live = live
    return try sample(ReferenceProblem.named(problem).problem, by: .nested(nested), settings: settings)
  }

  @Test(.timeLimit(.minutes(10)))
  func nestedRunsJoinThroughTheirBirthContours() throws {
    let runs = try (1...4).map { try run(seed: $0) }
    let merged = try RunResult.merging(runs)
    let truth = try ReferenceProblem.named("gauss5").knownLogZ
    #expect(merged.samples.rows == runs.reduce(0) { $0 + $1.samples.rows })
    #expect(merged.engine.live == 800)
    #expect(merged.ending == .converged)
    #expect(merged.provenance.parts == runs.map(\.digest))
    #expect(merged.statistics.calls == runs.reduce(0) { $0 + $1.statistics.calls })
    #expect(merged.logLikelihoods == merged.logLikelihoods.sorted())
    #expect(abs(logSumExp(merged.logWeights)) < 1e-9)
    // Four times the live points, half the error.
    #expect(abs(merged.evidence.error / runs[0].evidence.error - 0.5) < 0.1)
    #expect(abs(merged.evidence.logZ - truth) < 4 * merged.evidence.error)
    let average = runs.reduce(0) { $0 + $1.evidence.logZ } / 4
    #expect(abs(merged.evidence.logZ - average) < runs[0].evidence.error)
    // Rows stay together.
    let problem = try ReferenceProblem.named("gauss5").problem
    let rows = stride(from: 0, to: merged.samples.rows, by: 97)
    #expect(try rows.allSatisfy { try problem.values(at: merged.cube[row: $0]) == merged.samples[row: $0] })
    // The order of the runs changes nothing but the seed of the simulated volumes.
    let reversed = try RunResult.merging(runs.reversed())
    #expect(reversed.evidence.logZ == merged.evidence.logZ)
    #expect(reversed.logLikelihoods == merged.logLikelihoods)
    #expect(try RunResult.merging([merged, run(seed: 9)]).provenance.parts.count == 5)
  }

  @Test func independentDrawsArePooled() throws {
    let one = try MadeResult.importance(logLikelihoods: [0, 0, 0], ratios: [0, 0, 0], error: 0.2, seed: 1)
    let two = try MadeResult.importance(
      logLikelihoods: [1, 1, 1, -.infinity], ratios: [0, 0, 0, 0], error: 0.1, seed: 2)
    let merged = try RunResult.merging([one, two])
    // Three effective samples each: the mean of the evidences 3 and 3 e, as the ratios sum to three.
    let (a, b) = (one.evidence.logZ, two.evidence.logZ)
    #expect(abs(merged.evidence.logZ - (logAdd(a, b) - log(2))) < 1e-12)
    #expect(abs(logSumExp(merged.logWeights)) < 1e-12)
    let (shareA, shareB) = (0.5 * exp(a - merged.evidence.logZ), 0.5 * exp(b - merged.evidence.logZ))
    let error = (shareA * shareA * 0.04 + shareB * shareB * 0.01).squareRoot()
    #expect(abs(merged.evidence.error - error) < 1e-12)
    #expect(merged.ending != .converged)
  }

  @Test func runsThatDoNotBelongTogether() throws {
    let nested = try MadeResult.nested(logLikelihoods: [1, 2], births: [-.infinity, -.infinity])
    let other = try MadeResult.nested(
      logLikelihoods: [1, 2], births: [-.infinity, -.infinity], names: ["a", "c"], seed: 2)
    let draws = try MadeResult.importance(logLikelihoods: [1], ratios: [0], seed: 3)
    #expect(throws: InputError.self) { try RunResult.merging([]) }
    #expect(throws: InputError.self) { try RunResult.merging([nested, nested]) }
    #expect(throws: InputError.self) { try RunResult.merging([nested, other]) }
    #expect(throws: InputError.self) { try RunResult.merging([nested, draws]) }
    #expect(try RunResult.merging([nested]).digest == nested.digest)
  }
}
