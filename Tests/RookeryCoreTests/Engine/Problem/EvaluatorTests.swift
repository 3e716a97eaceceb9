import RookeryCore
import Testing

@Suite struct EvaluatorTests {
  private struct Broken: Error {}

  private static func problem(
    _ logLikelihood: @escaping @Sendable (Span<Double>) throws -> Double
  ) throws -> Problem {
    try Problem("p", parameters: [Parameter("a", .uniform(0, 10))], logLikelihood: logLikelihood)
  }

  private func evaluate(_ evaluator: Evaluator, _ cube: [Double]) throws -> Double {
    try cube.withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
  }

  @Test func givesTheLikelihoodAtTheMappedPoint() throws {
    let evaluator = Evaluator(try Self.problem { -$0[0] })
    #expect(try evaluate(evaluator, [0.25]) == -2.5)
    #expect(try evaluate(evaluator, [0.5]) == -5)
    #expect(evaluator.calls == 2 && evaluator.refused == 0)
    #expect(evaluator.likelihoodSeconds >= 0)
  }

  @Test func nanEndsTheRunAndNamesThePoint() throws {
    let evaluator = Evaluator(try Self.problem { _ in .nan })
    let failure = LikelihoodFailure(
      reason: "it returned NaN (return -infinity or throw PointRefused for a point without likelihood)",
      point: "a = 2.5")
    #expect(throws: failure) { try evaluate(evaluator, [0.25]) }
    #expect(evaluator.calls == 1)
  }

  @Test func nanIsRefusedWhereThatIsAllowed() throws {
    var problem = try Self.problem { _ in .nan }
    problem.onNaN = .refuse
    let evaluator = Evaluator(problem)
    #expect(try evaluate(evaluator, [0.25]) == -.infinity)
    #expect(evaluator.calls == 1 && evaluator.refused == 1)
  }

  @Test func plusInfinityAndErrorsEndTheRun() throws {
    let infinite = Evaluator(try Self.problem { _ in .infinity })
    #expect(throws: LikelihoodFailure(reason: "it returned +infinity", point: "a = 5.0")) {
      try evaluate(infinite, [0.5])
    }
    let broken = Evaluator(try Self.problem { _ in throw Broken() })
    #expect(throws: LikelihoodFailure(reason: "it threw Broken()", point: "a = 5.0")) {
      try evaluate(broken, [0.5])
    }
  }

  @Test func refusedPointsHaveNoLikelihood() throws {
    let evaluator = Evaluator(
      try Self.problem { theta in
        if theta[0] > 5 { throw PointRefused("too far") }
        return -.infinity
      })
    #expect(try evaluate(evaluator, [0.9]) == -.infinity)
    #expect(evaluator.refused == 1)
    // Minus infinity is an answer, not a refusal.
    #expect(try evaluate(evaluator, [0.1]) == -.infinity)
    #expect(evaluator.refused == 1 && evaluator.calls == 2)
  }

  @Test func aFailingPriorEndsTheRun() throws {
    let problem = try Problem(
      "p", parameters: [Parameter("a", .uniform(0, 1)), Parameter("b", .conditional { _ in throw Broken() })]
    ) { (_: Span<Double>) in 0 }
    let error = #expect(throws: LikelihoodFailure.self) { try evaluate(Evaluator(problem), [0.5, 0.5]) }
    #expect(error?.reason == "its prior failed: Broken()")
  }

  @Test func derivedQuantitiesBelongToTheirPoint() throws {
    let problem = try Problem(
      "p", parameters: [Parameter("a", .uniform(0, 10))], derived: ["double", "sometimes"]
    ) { theta, derived in
      derived[0] = 2 * theta[0]
      if theta[0] < 5 { derived[1] = 1 }
      return 0
    }
    let evaluator = Evaluator(problem)
    _ = try evaluate(evaluator, [0.1])
    #expect(Array(evaluator.derived) == [2, 1])
    _ = try evaluate(evaluator, [0.9])
    #expect(evaluator.derived[0] == 18)
    #expect(evaluator.derived[1].isNaN)
  }

  @Test func aBatchLikelihoodThatFillsNothingInFails() throws {
    let problem = try Problem(
      "p", parameters: [Parameter("a", .uniform(0, 10))], batchLogLikelihood: { _, _, _ in })
    #expect(throws: LikelihoodFailure.self) { try evaluate(Evaluator(problem), [0.3]) }
  }

  @Test func thePointUnderEvaluationIsTraced() throws {
    let pages = try TracePages(slots: 1, values: 1, guardedBy: CallGuard(timeout: 1))
    let evaluator = Evaluator(try Self.problem { _ in pages[0].pointOfCall(before: .infinity)?[0] ?? .nan })
    evaluator.trace = pages[0]
    let value = try evaluate(evaluator, [0.7])
    #expect(value == 7)
    #expect(pages[0].pointOfCall(before: .infinity) == nil)
  }

  @Test func pointsToAvoidAreNotEvaluated() throws {
    let problem = try Problem("p", parameters: [Parameter("x", .uniform(0, 2))]) { (x: Span<Double>) in x[0] }
    let evaluator = Evaluator(problem)
    evaluator.avoided = [[0.5]]
    #expect(try [0.25].withUnsafeBufferPointer { try evaluator.logLikelihood($0) } == -.infinity)
    #expect(try [0.75].withUnsafeBufferPointer { try evaluator.logLikelihood($0) } == 1.5)
    #expect(evaluator.refused == 1 && evaluator.calls == 2)
  }
}
