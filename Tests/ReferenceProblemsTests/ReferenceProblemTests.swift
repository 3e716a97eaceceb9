import Foundation
import ReferenceProblems
import RookeryCore
import Testing

/// A problem as its JSON file states it.
struct Statement: Decodable, Sendable, CustomTestStringConvertible {
  struct Bounds: Decodable, Sendable {
    let lo: [Double]
    let hi: [Double]
  }
  struct TestPoint: Decodable, Sendable {
    let u: [Double]
    let theta: [Double]
    let logl: Double
  }
  let name: String
  let dim: Int
  let prior: Bounds
  let refLogz: Double
  let refLogzErr: Double
  let refMean: [Double]?
  let refStd: [Double]?
  let testPoints: [TestPoint]

  var testDescription: String { name }

  /// All statements; empty where the files are not found, which a test notices.
  static let all: [Statement] = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let paths = Bundle.module.paths(forResourcesOfType: "json", inDirectory: "Resources")
    return paths.sorted().compactMap {
      try? decoder.decode(Statement.self, from: Data(contentsOf: URL(fileURLWithPath: $0)))
    }
  }()
}

@Suite struct ReferenceProblemTests {
  @Test func everyStatedProblemExistsAndNoOther() {
    #expect(Statement.all.count == 12)
    #expect(Set(Statement.all.map(\.name)) == Set(ReferenceProblem.all.map(\.name)))
    #expect(ReferenceProblem.all.count == 12)
  }

  @Test(arguments: Statement.all)
  func agreesWithItsStatement(_ statement: Statement) throws {
    let reference = try ReferenceProblem.named(statement.name)
    #expect(reference.problem.name == statement.name)
    #expect(reference.dimension == statement.dim)
    #expect(reference.knownLogZ == statement.refLogz)
    #expect(reference.knownLogZError == statement.refLogzErr)
    #expect(reference.problem.isThreadSafe)
    #expect(!reference.summary.isEmpty && !reference.summary.contains("\n"))
    #expect(reference.problem.parameters.map(\.name) == (0..<statement.dim).map { "theta\($0)" })
    #expect(reference.problem.parameters[0].label == "\\theta_{0}")
    let low = try reference.problem.values(at: Array(repeating: 0, count: statement.dim))
    let high = try reference.problem.values(at: Array(repeating: 1, count: statement.dim))
    #expect(low == statement.prior.lo)
    #expect(high == statement.prior.hi)
  }

  @Test(arguments: Statement.all)
  func momentsAreKnown(_ statement: Statement) throws {
    let reference = try ReferenceProblem.named(statement.name)
    let mean = try #require(reference.posteriorMean)
    let deviation = try #require(reference.posteriorDeviation)
    #expect(mean.count == statement.dim && deviation.count == statement.dim)
    if let stated = statement.refMean { expectClose(mean, stated) }
    if let stated = statement.refStd { expectClose(deviation, stated) }
    for i in 0..<statement.dim {
      #expect(mean[i] > statement.prior.lo[i] && mean[i] < statement.prior.hi[i])
      #expect(deviation[i] > 0)
    }
  }

  @Test(arguments: Statement.all)
  func givesTheStatedLikelihoods(_ statement: Statement) throws {
    let problem = try ReferenceProblem.named(statement.name).problem
    let evaluator = Evaluator(problem)
    for point in statement.testPoints {
      expectClose(try problem.values(at: point.u), point.theta)
      let logL = try point.u.withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
      expectClose([logL], [point.logl])
    }
    #expect(evaluator.calls == statement.testPoints.count)
  }

  @Test(arguments: [("gaus10", "gauss10"), ("Shells2", "shells2"), ("funnel", "funnel20")])
  func namesTheNearestForAnUnknownName(_ wrong: String, _ nearest: String) {
    let error = InputError("there is no reference problem \"\(wrong)\"; did you mean \"\(nearest)\"?")
    #expect(throws: error) { try ReferenceProblem.named(wrong) }
    let strange = InputError("there is no reference problem \"\"; `rookery problems` lists them")
    #expect(throws: strange) { try ReferenceProblem.named("") }
  }

  /// Same to a relative 1e-12.
  private func expectClose(
    _ values: [Double], _ stated: [Double], _ location: SourceLocation = #_sourceLocation
  ) {
    for (value, wanted) in zip(values, stated) {
      #expect(abs(value - wanted) <= 1e-12 * abs(wanted), sourceLocation: location)
    }
  }
}
