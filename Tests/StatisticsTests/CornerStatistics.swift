import CaseProblems
import RookeryCore
import Testing

/// Posteriors piled up at the ends of priors, by every explorer, over many seeds.
@Suite(.serialized, .enabled(if: Report.path != nil))
struct CornerStatistics {
  @Test(
    .timeLimit(.minutes(60)), arguments: ["corner:6", "corner:12", "equalcorner:10:2"],
    NestedSettings.Explorer.allCases.filter { $0 != .uniform })
  func everyExplorerIsRight(_ name: String, _ explorer: NestedSettings.Explorer) throws {
    let asked = try CaseProblem.named(name)
    let truth = try #require(asked.logZ)
    let problem = try asked.problem()
    let results = onAllCores(20) { index in
      var nested = NestedSettings()
      nested.explorer = explorer
      var settings = RunSettings()
      (settings.seed, settings.showsProgress) = (UInt64(index + 1), false)
      return try sample(problem, by: .nested(nested), settings: settings)
    }.compactMap { $0 }
    #expect(results.count == 20 && results.allSatisfy { $0.ending == .converged })
    let errors = Statistics(results.map { $0.evidence.logZ - truth })
    let pulls = results.map { ($0.evidence.logZ - truth) / $0.evidence.error }
    let label = Comment(rawValue: "\(name) \(explorer): \(errors.mean) ± \(errors.standardError)")
    #expect(abs(errors.mean) < 3 * errors.standardError, label)
    // One percent of chi-square with 20 degrees of freedom lies beyond, on both sides together.
    let squares = pulls.reduce(0) { $0 + $1 * $1 }
    #expect(squares > 7.43 && squares < 40.0, label)
  }
}
