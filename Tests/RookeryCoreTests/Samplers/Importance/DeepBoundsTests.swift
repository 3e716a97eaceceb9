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

  /// Where the fit grows thin towards the highest points, bounds go on from where they ended: with the points drawn from bounds alone, and
  /// without the draws of the fits to less. Where the fit follows to the top they do not.
  @Test(.timeLimit(.minutes(5)), arguments: [("funnel:4", true), ("unequal:2:1", false)])
  func aThinTopAsksForDeeperBounds(name: String, isThin: Bool) throws {
    let problem = try CaseProblem.named(name).problem()
    var shells = ImportanceNestedSettings()
    (shells.live, shells.targetEffectiveSize, shells.networks, shells.thoroughBelow) = (100, 1000, 0, 0)
    var deeper = 0
    for seed in 1...(isThin ? 3 : 1) as ClosedRange<UInt64> {
      var settings = RunSettings()
      settings.showsProgress = false
      var end: ImportanceNestedSampler?
      _ = try run(
        try ImportanceNestedSampler(problem, settings: shells, seed: seed), on: problem,
        engine: EngineDescription(name: "shells", live: shells.live, dimension: problem.dimension),
        settings: settings, pool: .serial
      ) { end = $0 }
      let sampler = try #require(end)
      if sampler.exploration.settings.remainingEvidence == 0.3 {
        deeper += 1
        #expect(sampler.exploration.remaining <= 0.3 || sampler.exploration.failures > 0)
        #expect(sampler.stages.contains { $0.isRetired })
      }
      // Each draw is there once, those of bounds first.
      let bounded = sampler.exploration.drawn.reduce(0, +)
      #expect(sampler.points.origins.prefix { $0 >= 0 }.count == bounded)
      #expect(sampler.points.count == bounded + sampler.stages.reduce(0) { $0 + $1.count })
    }
    #expect((deeper > 0) == isThin)
  }
}
