import Glibc
import ReferenceProblems
import RookeryCore
import Testing

@Suite struct DynamicRunTests {
  private func run(
    _ name: String, seed: UInt64 = 1, _ change: (inout NestedSettings) -> Void
  ) throws -> (RunResult, truth: Double) {
    let reference = try ReferenceProblem.named(name)
    var settings = RunSettings()
    settings.seed = seed
    settings.showsProgress = false
    var nested = NestedSettings()
    nested.live = 200
    nested.isDynamic = true
    change(&nested)
    return (try sample(reference.problem, by: .nested(nested), settings: settings), reference.knownLogZ)
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["gauss5", "shells2", "eggbox2", "plateau4"])
  func reachesAnEffectiveSize(_ name: String) throws {
    let (result, truth) = try run(name) { $0.targetEffectiveSize = 5000 }
    #expect(result.ending == .converged)
    #expect(result.effectiveSampleSize >= 5000)
    #expect(abs(result.evidence.logZ - truth) < 4 * result.evidence.error)
    // Most points went where the posterior is.
    let counts = try NestedRun(result).liveCounts
    #expect(try #require(counts.max()) > 400)
    // The wedding cake's posterior reaches down to the prior.
    if name != "plateau4" { #expect(counts[100] <= 200) }
    #expect(result.warnings().isEmpty)
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["gauss5", "plateau4"])
  func reachesAnError(_ name: String) throws {
    let (result, truth) = try run(name) { $0.targetError = 0.08 }
    #expect(result.ending == .converged)
    // Planned to first order, quoted from simulated volumes.
    #expect(result.evidence.error < 0.08 * 1.15)
    #expect(abs(result.evidence.logZ - truth) < 4 * result.evidence.error)
    // The evidence wants its points on the way to the posterior.
    #expect(try NestedRun(result).liveCounts[100] > 200)
  }

  @Test func reachesBoth() throws {
    let (result, _) = try run("gauss5") {
      $0.targetError = 0.1
      $0.targetEffectiveSize = 4000
    }
    #expect(result.evidence.error < 0.115 && result.effectiveSampleSize >= 4000)
  }

  /// Means over seeds are unbiased and the quoted error is the scatter.
  @Test(.timeLimit(.minutes(10))) func isCalibrated() throws {
    let pulls = try (1...40).map { seed in
      let (result, truth) = try run("gauss5", seed: UInt64(seed)) {
        $0.live = 100
        $0.targetEffectiveSize = 2000
        $0.posteriorShare = 0.5
      }
      return (result.evidence.logZ - truth) / result.evidence.error
    }
    let mean = pulls.reduce(0, +) / 40
    let deviation = (pulls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 39).squareRoot()
    #expect(abs(mean) < 3 * deviation / 40.0.squareRoot())
    #expect(deviation > 0.66 && deviation < 1.34)
  }

  @Test(
    arguments: [
      { (s: inout NestedSettings) in s.targetError = 0 }, { $0.targetEffectiveSize = -1 }, { $0.batch = 2 },
      { $0.posteriorShare = 1.5 }, { $0.enlargement = 0.5 }, { $0.deletions = 0 }, { $0.bootstraps = -1 },
      {
        $0.bound = .none
        $0.enlargement = 2
      },
      {
        $0.isDynamic = false
        $0.targetError = 0.1
      },
    ] as [@Sendable (inout NestedSettings) -> Void])
  func impossibleSettings(_ change: @Sendable (inout NestedSettings) -> Void) throws {
    #expect(throws: InputError.self) { try run("gauss5", change) }
  }
}
