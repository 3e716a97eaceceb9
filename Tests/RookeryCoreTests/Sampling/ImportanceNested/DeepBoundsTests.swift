import CaseProblems
import Glibc
import Testing

@testable import RookeryCore

/// Bounds that go on where the points within them hold little of the evidence.
@Suite struct DeepBoundsTests {
  private static func result(
    _ problem: Problem, remaining: Double?, in directory: String? = nil
  ) throws -> RunResult {
    var shells = ImportanceNestedSettings()
    (shells.targetEffectiveSize, shells.remainingEvidence) = (4000, remaining)
    var settings = RunSettings()
    settings.showsProgress = false
    settings.checkpoint = directory.map {
      CheckpointSettings(directory: $0, seconds: 3600, policy: .resume)
    }
    return try sample(problem, by: .importanceNested(shells), settings: settings)
  }

  /// Of a spike with 99 parts of 100 of the evidence, on the top of a hill in ten dimensions, a run that stops where points hold little of
  /// the hill's has no draws. A climb has seen it, and the run says that it is lost.
  @Test(.timeLimit(.minutes(10))) func aSpikeOnAHillIsFoundWhereLessEvidenceIsToBeLeft() throws {
    let known = CaseProblem.transition(dimension: 10)
    let (problem, logZ) = (try known.problem(), try #require(known.logZ))
    try inTemporaryDirectory { directory in
      let usual = try Self.result(problem, remaining: nil, in: directory)
      let (first, calls) = (usual.evidence.logZ, usual.statistics.calls)
      #expect(usual.ending != .converged && abs(first) < 0.05, "it finds the spike by itself")
      #expect(usual.findings().contains { $0.code == "mode-died" })
      // What two densities so unlike leave of a tail may be said to be heavy; it is not wrong.
      let deep = try Self.result(problem, remaining: 1e-8).evidence.logZ
      #expect(abs(deep - logZ) < 0.05)
      // A run that has ended goes on, too, and says the same again when asked for the same again.
      let further = try Self.result(problem, remaining: 1e-8, in: directory)
      let (second, more, digest) = (further.evidence.logZ, further.statistics.calls, further.digest)
      #expect(abs(second - logZ) < 0.05 && more > calls)
      let again = try Self.result(problem, remaining: 1e-8, in: directory)
      let (same, spent) = (again.digest, again.statistics.calls)
      #expect(same == digest && spent == more)
    }
  }

  /// What is asked for is what is reached, and bounds that have come there are not built again for less.
  @Test(.timeLimit(.minutes(10))) func boundsReachWhatIsAskedFor() throws {
    let problem = try CaseProblem.pointed(dimension: 2, isBox: false).problem()
    var calls: [Int] = []
    for remaining in [nil, 1e-2, 1e-4] {
      var shells = ImportanceNestedSettings()
      (shells.targetEffectiveSize, shells.remainingEvidence, shells.networks) = (1000, remaining, 0)
      var settings = RunSettings()
      settings.showsProgress = false
      var end: ImportanceNestedSampler?
      let result = try run(
        try ImportanceNestedSampler(problem, settings: shells, seed: 1), on: problem,
        engine: EngineDescription(name: "shells", live: 400, dimension: 2), settings: settings, pool: .serial
      ) { end = $0 }
      #expect(result.ending == .converged)
      let sampler = try #require(end)
      let left = sampler.exploration.remaining
      #expect(remaining.map { left <= $0 } ?? (left > 1e-2), "\(left) is left of \(remaining ?? .nan)")
      calls.append(result.statistics.calls)
      var aimed = sampler
      var other = sampler
      other.settings.remainingEvidence = max(left, 1e-2) * 2
      aimed.aim(like: other)
      #expect(aimed.ending == .converged && aimed.phase == .sampling)
      other.settings.remainingEvidence = left / 10
      aimed.aim(like: other)
      #expect(aimed.ending == nil && aimed.phase == .exploring)
    }
    #expect(calls[0] < calls[1] && calls[1] < calls[2])
  }
}
