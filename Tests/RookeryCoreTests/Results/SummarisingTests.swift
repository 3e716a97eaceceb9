import Foundation
import ReferenceProblems
import Testing

@testable import RookeryCore

/// Runs whose samples are too few to summarise, and runs that stopped early.
@Suite struct SummarisingTests {
  private func run(_ name: String, _ method: RookeryCore.Method, calls: Int) throws -> RunResult {
    var settings = RunSettings()
    settings.showsProgress = false
    settings.maxCalls = calls
    return try sample(ReferenceProblem.named(name).problem, by: method, settings: settings)
  }

  private func live(_ count: Int) -> RookeryCore.Method {
    var settings = NestedSettings()
    settings.live = count
    return .nested(settings)
  }

  /// Dashes and words, and null for programs.
  private func expectNoMeans(_ result: RunResult) throws {
    #expect(result.obstacleToSummary != nil)
    for format in [TableFormat.terminal, .markdown, .latex] {
      let text = try #require(result.summaryText(as: format))
      let rows = text.split(separator: "\n").filter { $0.contains("theta") }
      #expect(!rows.isEmpty && rows.allSatisfy { $0.contains("–") || $0.contains("--") }, "\(text)")
      #expect(text.contains("no means and intervals: too "))
      #expect(!rows.contains { $0.contains("e-") })
    }
    for text in [result.json(), result.summaryText(as: .json)] {
      let json = try JSON(parsing: try #require(text))
      for name in ["post_mean", "post_std"] {
        guard case .null? = json[name] else {
          Issue.record("\(name) is not null")
          continue
        }
      }
      for entry in json["parameters"]?.elements ?? [] {
        for name in ["mean", "sd", "median", "q16", "q84"] { #expect(entry[name]?.number == nil) }
        #expect(entry["map"]?.number != nil)
      }
    }
    let page = try RunReport(result).html
    #expect(page.contains("No means and intervals: too ") && page.contains(">–</td>"))
  }

  @Test(.timeLimit(.minutes(10)))
  func stoppedLongBeforeThePosterior() throws {
    var few = ImportanceNestedSettings()
    few.live = 200
    for method in [live(100), .importanceNested(few)] {
      let result = try run("rosenbrock10", method, calls: 3000)
      #expect(result.findings().contains { $0.code == "evidence-left" })
      try expectNoMeans(result)
    }
  }

  /// Hundreds of effective samples, but of a contour far outside.
  @Test(.timeLimit(.minutes(10)))
  func stoppedWithMoreEvidenceLeftThanFound() throws {
    let result = try run("gauss5", live(100), calls: 4600)
    #expect(result.effectiveSampleSize > 50)
    try expectNoMeans(result)
  }

  @Test(.timeLimit(.minutes(10)))
  func stoppedShortOfTheEndIsMarked() throws {
    let whole = try run("gauss5", live(200), calls: .max)
    #expect(whole.ending == .converged && whole.obstacleToSummary == nil)
    let table = try #require(whole.summaryText())
    #expect(!table.contains("not converged") && !table.contains("NOT"))
    let result = try run("gauss5", live(200), calls: whole.statistics.calls * 49 / 50)
    #expect(result.ending == .callLimit && result.obstacleToSummary == nil)
    #expect(!result.findings().contains { $0.code == "evidence-left" })
    for format in [TableFormat.terminal, .markdown, .latex] {
      #expect(try #require(result.summaryText(as: format)).contains("parameter (not converged)"))
    }
    #expect(try JSON(parsing: try #require(result.json()))["post_mean"]?.elements?.count == 5)
    let page = try RunReport(result).html
    #expect(page.contains("Not converged: these may change") && page.contains("<th>not converged</th>"))
  }

  @Test func fewSamplesOfAConvergedRunToo() throws {
    try expectNoMeansOfMade(logLikelihoods: [0, 0, 0])
  }

  private func expectNoMeansOfMade(logLikelihoods: [Double]) throws {
    let result = try MadeResult.nested(
      logLikelihoods: logLikelihoods, births: logLikelihoods.map { _ in -.infinity },
      names: ["theta0", "theta1"])
    try expectNoMeans(result)
  }
}
