import Foundation
import Testing

@testable import RookeryCore

/// Runs that earlier versions have saved. People have such files: they must load for good.
@Suite struct EarlierVersionsTests {
  private func load(_ name: String) throws -> RunResult {
    let path = Bundle.module.path(forResource: name, ofType: "npz", inDirectory: "Fixtures")
    return try RunResult(contentsOf: try #require(path))
  }

  /// `rookery run shells2 --method dynesty --live 25 --seed 3`, by the command of 0.1.0.
  @Test func nestedRunOf010() throws {
    let result = try load("nested-0.1.0")
    #expect(result.provenance.version == "0.1.0" && result.engine.name == "rookery-dynesty")
    #expect(result.digest == "b742cedc38d05257" && result.engine.live == 25 && result.seed == 3)
    #expect(result.ending == .converged && result.statistics.calls == 10596)
    #expect(result.evidence.logZ == -2.2765952997157792 && result.evidence.error == 0.35922269586398686)
    #expect(result.evidence.errorKind == .simulatedVolumes && result.evidences.count == 1)
    guard case .nested(let table) = result.kind else {
      Issue.record("a nested run became \(result.kind)")
      return
    }
    #expect(table.births.count == result.samples.rows && result.draws.space == .cube)
    #expect(abs(result.effectiveSampleSize - 88.22630874683264) < 1e-9)
    #expect(result.findings().map(\.code) == ["few-effective-samples"] && result.head.findings.isEmpty)
    // What is saved again is the same run.
    try inTemporaryDirectory { directory in
      try result.write(to: directory)
      #expect(try RunResult(contentsOf: directory).digest == result.digest)
    }
    // Its volumes follow from its contours as they did.
    let volumes = NestedEvidence(deaths: result.logLikelihoods, births: table.births, seed: 3)
    #expect(abs(volumes.evidence.logZ - result.evidence.logZ) < 1e-9)
  }

  /// A run that was stopped among its bounds, saved when findings were words.
  @Test func findingsThatWereWords() throws {
    let result = try load("importance-words")
    #expect(result.engine.name == "rookery-nautilus" && result.ending == .callLimit)
    #expect(result.evidence.errorKind == .importanceWeights && result.birthLogLikelihoods == nil)
    let finding = try #require(result.findings().first)
    #expect(finding.code == "evidence-left" && finding.numbers.isEmpty)
    #expect(
      finding.message.hasPrefix("the run was stopped with nearly all of its evidence still to be found"))
    #expect(result.obstacleToSummary != nil)
    try inTemporaryDirectory { directory in
      try result.write(to: directory)
      #expect(try RunResult(contentsOf: directory).findings() == result.findings())
    }
  }

  @Test func reasonsThatWereWords() throws {
    let summary = SummaryReader(try JSON(parsing: #"{"ending":"stuck","stuck_because":"no way on"}"#))
    guard case .stuck(let reason) = try summary.ending() else {
      Issue.record("it ended otherwise")
      return
    }
    #expect(reason.message == "no way on" && reason.severity == .failure)
  }
}
