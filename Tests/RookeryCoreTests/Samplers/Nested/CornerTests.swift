import CaseProblems
import Glibc
import RookeryCore
import Testing

/// Posteriors that pile up at the ends of priors: chords are cut short by walls, and no chain gets along without mirrors there.
///
/// Three seeds each; over twenty they are in `make test-statistics`.
@Suite struct CornerTests {
  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      ("corner:12", .automatic), ("corner:12", .randomWalk), ("equalcorner:10:2", .automatic),
      ("equalcorner:10:2", .randomSlice), ("equalcorner:10:2", .axisSlice), ("equalcorner:10:2", .mixture),
      ("equalcorner:10:2", .randomWalk),
    ] as [(String, NestedSettings.Explorer)])
  func theEvidenceIsRight(_ name: String, _ explorer: NestedSettings.Explorer) throws {
    let asked = try CaseProblem.named(name)
    let truth = try #require(asked.logZ)
    var nested = NestedSettings()
    nested.explorer = explorer
    var (sum, variance) = (0.0, 0.0)
    for seed in 1...3 as ClosedRange<UInt64> {
      var settings = RunSettings()
      (settings.seed, settings.showsProgress) = (seed, false)
      let result = try sample(asked.problem(), by: .nested(nested), settings: settings)
      #expect(result.ending == .converged)
      sum += result.evidence.logZ - truth
      variance += result.evidence.error * result.evidence.error
    }
    #expect(abs(sum) < 3 * variance.squareRoot(), "\(name) \(explorer): mean error \(sum / 3)")
  }
}
