import RookeryCore
import Testing

/// A problem looked at at one point, without a run.
@Suite struct EvaluationTests {
  private struct Broken: Error {}

  private static func line(batch: Bool = false) throws -> Problem {
    let parameters = [
      Parameter("slope", .uniform(-5, 5)), Parameter("noise", .fixed(0.5)),
      Parameter("offset", .normal(mean: 0, deviation: 2)),
    ]
    if batch {
      return try Problem("line", parameters: parameters, derived: [DerivedQuantity("sum")]) {
        (theta: Span<Double>, derived: inout MutableSpan<Double>, values: inout MutableSpan<Double>) in
        for i in values.indices {
          derived[i] = theta[3 * i] + theta[3 * i + 2]
          values[i] = -theta[3 * i] * theta[3 * i + 1] - theta[3 * i + 2]
        }
      }
    }
    return try Problem("line", parameters: parameters, derived: [DerivedQuantity("sum")]) {
      (theta: Span<Double>, derived: inout MutableSpan<Double>) in
      if theta[0] == 3 { throw PointRefused("no model") }
      if theta[0] == 4 { throw Broken() }
      if theta[0] == 5 { return .nan }
      derived[0] = theta[0] + theta[2]
      return -theta[0] * theta[1] - theta[2]
    }
  }

  @Test(arguments: [false, true])
  func byNameAndByPlace(_ batch: Bool) throws {
    let problem = try Self.line(batch: batch)
    #expect(try problem.logLikelihood(at: [2, 0.5, 1]) == -2)
    #expect(try problem.logLikelihood(at: ["slope": 2, "offset": 1]) == -2)
    #expect(try problem.logLikelihood(at: ["offset": 1, "slope": 2, "noise": 1]) == -3)
    let at = try problem.evaluate(at: ["slope": 2, "offset": 1])
    #expect(at.derived == [3] && at.logLikelihood == -2)
    #expect(at.logPrior == (try problem.logPrior([2, 0.5, 1])))
    #expect(try problem.evaluate(at: [9, 0.5, 0]).logPrior == -.infinity)
  }

  @Test func failuresNameThePoint() throws {
    var problem = try Self.line()
    #expect(try problem.logLikelihood(at: ["slope": 3, "offset": 1]) == -.infinity)
    for slope in [4.0, 5] {
      let failure = try #require(throws: LikelihoodFailure.self) {
        try problem.logLikelihood(at: ["slope": slope, "offset": 1])
      }
      #expect(failure.point == "slope = \(slope), noise = 0.5, offset = 1.0")
    }
    problem.onNaN = .refuse
    #expect(try problem.logLikelihood(at: [5, 0.5, 1]) == -.infinity)
  }

  @Test func pointsThatAreNone() throws {
    let problem = try Self.line()
    func complaint(_ point: [String: Double]) -> String {
      do { _ = try problem.logLikelihood(at: point) } catch { return "\(error)" }
      return ""
    }
    #expect(complaint(["slop": 1, "offset": 1]).contains("did you mean \"slope\""))
    #expect(complaint(["slope": 1]).contains("\"offset\""))
    #expect(complaint(["slope": .nan, "offset": 1]).contains("slope = nan"))
    #expect(throws: InputError.self) { try problem.logLikelihood(at: [1, 2]) }
  }
}
