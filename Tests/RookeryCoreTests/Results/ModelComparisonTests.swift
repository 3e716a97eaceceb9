import Foundation
import Glibc
import RookeryCore
import Testing

@Suite struct ModelComparisonTests {
  /// A model of given evidence: independent draws of one likelihood.
  private func model(_ logZ: Double, error: Double, names: [String] = ["a"]) throws -> RunResult {
    let count = 400
    return try MadeResult.importance(
      logLikelihoods: [Double](repeating: logZ, count: count),
      ratios: [Double](repeating: -log(Double(count)), count: count), names: names, error: error)
  }

  @Test func oddsErrorsAndSignificance() throws {
    let results = try [model(-10, error: 0.3), model(-8, error: 0.4), model(-40, error: 0)]
    let comparison = try #require(
      try compare(results, names: ["one", "two", "three"], priorOdds: [1, 0.5, 1]))
    let two = comparison.models[1]
    #expect(abs(two.logBayesFactor - 2) < 1e-9)
    #expect(abs(two.bayesFactorError - 0.5) < 1e-12)
    #expect(abs(two.logPosteriorOdds - (2 + log(0.5))) < 1e-9)
    #expect(abs(two.significance - 2) < 1e-9)
    #expect(abs(comparison.models[2].significance + 60.0.squareRoot()) < 1e-9)
    let expected = 0.5 * exp(2) / (1 + 0.5 * exp(2) + exp(-30))
    #expect(abs(two.probability - expected) < 1e-9)
    #expect(abs(comparison.models.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
    #expect(comparison.warnings.contains { $0.contains("two did not converge") })
  }

  @Test func theNullModelComesFirst() throws {
    let comparison = try #require(try compare([model(-3, error: 0.1)], nullLogZ: -5))
    #expect(comparison.models.map(\.name) == ["null", "made \"up\""])
    let model = comparison.models[1]
    #expect(abs(model.logBayesFactor - 2) < 1e-9 && abs(model.bayesFactorError - 0.1) < 1e-12)
    // The prior is uniform over a width of four: ∫ π² = 1/4.
    #expect(abs(try #require(model.logPriorEvidence) + log(4)) < 1e-9)
    #expect(abs(try #require(model.logBayesFactorWithoutPrior) - (2 + log(4))) < 1e-9)
    #expect(comparison.text().contains("prior out"))
  }

  @Test func saysWhatThePriorsDecide() throws {
    let small = try model(-10, error: 0.01)
    let large = try model(-11, error: 0.01, names: ["a", "b", "c"])
    let warnings = try #require(try compare([small, large], names: ["small", "large"])).warnings
    #expect(warnings.contains { $0.contains("2 parameters of one are not in the other") }, "\(warnings)")
    let clear = try model(-40, error: 0.01, names: ["a", "b", "c"])
    let none = try #require(try compare([small, clear], names: ["small", "clear"])).warnings
    #expect(!none.contains { $0.contains("decides nothing") })
    let close = try #require(try compare([model(-1, error: 0.3), model(-1.1, error: 0.3)])).warnings
    #expect(close.contains { $0.contains("two errors") })
  }

  @Test func runsOfOneModelAndOneName() throws {
    let two = try [model(-1, error: 0.1), model(-1.5, error: 0.1), model(-9, error: 0.1, names: ["b"])]
    let comparison = try #require(try compare(two))
    #expect(comparison.models.map(\.name) == (1...3).map { "made \"up\" (\($0))" })
    #expect(comparison.warnings.count { $0.contains("runs of one model") } == 1, "\(comparison.warnings)")
    #expect(comparison.text().contains("sigma is √(2 |ln B|)"))
  }

  @Test func badInput() throws {
    let one = try model(-1, error: 0.1)
    #expect(throws: InputError.self) { try compare([]) }
    #expect(throws: InputError.self) { try compare([one], names: []) }
    #expect(throws: InputError.self) { try compare([one], priorOdds: [1, 1]) }
    #expect(throws: InputError.self) { try compare([one], priorOdds: [0]) }
    #expect(throws: InputError.self) { try compare([one], priorOdds: [.nan]) }
    #expect(throws: InputError.self) { try compare([one], nullLogZ: .infinity) }
  }

  @Test func tables() throws {
    let comparison = try #require(
      try compare([model(-10, error: 0.3), model(-8, error: 0.4)], names: ["a_1", "b|2"]))
    #expect(comparison.text().contains("-8.00 ± 0.40"))
    #expect(comparison.text(as: .markdown).contains("| b\\|2 |"))
    #expect(comparison.text(as: .latex).contains("a\\_1 & "))
    let object = try JSONSerialization.jsonObject(with: Data(comparison.text(as: .json).utf8))
    let models = try #require((object as? [String: Any])?["models"] as? [[String: Any]])
    #expect(models.map { $0["name"] as? String } == ["a_1", "b|2"])
  }
}
