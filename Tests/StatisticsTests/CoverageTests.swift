import Foundation
import RookeryCore
import Testing

/// Simulation-based calibration (Talts et al. 2018, arXiv:1804.06788): truths drawn from the prior, data made with
/// each of them, and the truth's place in the posterior of its data, which must be uniform over all repetitions.
/// Long, so only for `make test-statistics`.
///
/// The bands: coverage of central 68 % and 95 % intervals within 3 standard errors, places of each parameter
/// uniform at the level 0.001, log Z as in ``EvidenceTests``.
@Suite(.serialized, .enabled(if: Report.path != nil))
struct CoverageTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let method: Method
    var testDescription: String { name }
  }

  static let repetitions = 400

  static let cases =
    [Case(name: "nautilus", method: .importanceNested(.init()))]
    + NestedSettings.Explorer.allCases.map { explorer in
      var settings = NestedSettings()
      settings.explorer = explorer
      return Case(name: "dynesty --explorer \(explorer.rawValue)", method: .nested(settings))
    }

  static let heading = """
    | conjugate model | repetitions | 68 % intervals hold | 95 % intervals hold | places of the truths \
    | error of log Z | in standard errors | pulls |
    |---|--:|--:|--:|--:|--:|--:|--:|
    """

  /// The posterior probability below each parameter's truth, and the error of log Z and its pull.
  struct Repetition: Sendable {
    let places: [Double]
    let error: Double
    let pull: Double
  }

  @Test(.timeLimit(.minutes(30)), arguments: cases)
  func truthsLieWhereThePosteriorSays(_ asked: Case) throws {
    let all = onAllCores(Self.repetitions) { try Self.repetition($0, asked.method) }.compactMap { $0 }
    try #require(all.count == Self.repetitions, "every run converges")

    let count = Double(Self.repetitions)
    func coverage(_ part: Double) -> Double {
      let held = all.reduce(0) { sum, one in
        sum + one.places.filter { abs($0 - 0.5) < part / 2 }.count
      }
      return Double(held) / count / Double(ConjugateModel.dimension)
    }
    let (inner, outer) = (coverage(0.68), coverage(0.95))
    let chances = (0..<ConjugateModel.dimension).map { i in
      Statistics(all.map { $0.places[i] }).chanceIfUniform
    }
    let errors = Statistics(all.map(\.error))
    let pulls = Statistics(all.map(\.pull))
    let cells = [
      asked.name, "\(Self.repetitions)", fixed(100 * inner, 1) + " %", fixed(100 * outer, 1) + " %",
      "p = " + fixed(chances.min() ?? .nan, 3),
      fixed(errors.mean, 4, sign: true) + " ± " + fixed(errors.standardError, 4),
      fixed(errors.mean / errors.standardError, 1, sign: true), fixed(pulls.deviation, 2),
    ]
    let row = "| " + cells.joined(separator: " | ") + " |"
    Report.add(row, heading: Self.heading)

    let label = Comment(rawValue: row)
    // The parameters of one repetition are not independent: the standard error is that of one parameter.
    #expect(abs(inner - 0.68) < 3 * (0.68 * 0.32 / count).squareRoot(), label)
    #expect(abs(outer - 0.95) < 3 * (0.95 * 0.05 / count).squareRoot(), label)
    for chance in chances { #expect(chance > 0.001, label) }
    #expect(abs(errors.mean) < 3 * errors.standardError, label)
    #expect((0.78...1.24).contains(pulls.deviation), label)
  }

  private static func repetition(_ number: Int, _ method: Method) throws -> Repetition {
    let model = ConjugateModel(number: number)
    var settings = RunSettings()
    settings.seed = UInt64(number + 1)
    settings.showsProgress = false
    let result = try sample(model.problem(), by: method, settings: settings)
    try #require(result.ending == .converged)
    let places = try result.parameters.indices.map { i in
      let values = try result.column(result.parameters[i].name)
      return zip(values, result.logWeights).reduce(0.0) { $0 + ($1.0 < model.truth[i] ? exp($1.1) : 0) }
    }
    let error = result.evidence.logZ - model.logZ
    return Repetition(places: places, error: error, pull: error / result.evidence.error)
  }
}
