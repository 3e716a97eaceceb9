import RookeryCore
import Testing

/// Likelihoods that give their slopes.
@Suite struct GradientTests {
  private static let parameters = [
    Parameter("a", .uniform(0, 10)), Parameter("b", .fixed(3)),
    Parameter("c", .normal(mean: 1, deviation: 2)),
  ]

  private static func value(_ theta: Span<Double>) -> Double {
    theta[0] * theta[2] - theta[1] * theta[2] * theta[2]
  }

  /// Refuses points of negative `c`; leaves a slope out where `a` is above 9.
  private static func problem(batch: Int, onNaN: Problem.NaNPolicy = .error) throws -> Problem {
    var problem = try Problem("p", parameters: parameters, logLikelihood: { value($0) }) { theta, gradient in
      if theta[2] < 0 { throw PointRefused() }
      if theta[0] <= 9 { gradient[0] = theta[2] }
      gradient[2] = theta[0] - 2 * theta[1] * theta[2]
      return value(theta)
    }
    problem.batch = batch
    problem.onNaN = onNaN
    return problem
  }

  private func evaluate(_ problem: Problem, _ points: [Double]) throws -> EvaluationBuffer {
    var buffer = EvaluationBuffer()
    try points.withUnsafeBufferPointer {
      try Evaluator(problem).evaluate($0, in: .parameters, gradients: true, into: &buffer)
    }
    return buffer
  }

  @Test(arguments: [1, 2, 8]) func slopesComeWithTheValues(_ batch: Int) throws {
    let buffer = try evaluate(Self.problem(batch: batch), [2, 3, 5, 1, 3, -1, 4, 3, 0.5])
    #expect(buffer.logLikelihoods == [-65, -.infinity, 1.25])
    // A fixed parameter does not move.
    #expect(buffer.gradients == [5, 0, -28, 0, 0, 0, 0.5, 0, 1])
    // Without slopes the other closure is asked, which refuses nothing.
    var plain = EvaluationBuffer()
    try [2.0, 3, 5, 1, 3, -1].withUnsafeBufferPointer {
      try Evaluator(Self.problem(batch: batch)).evaluate($0, in: .parameters, into: &plain)
    }
    #expect(plain.logLikelihoods == [-65, -4] && plain.gradients.isEmpty)
  }

  @Test func aSlopeThatIsNoNumberIsNaN() throws {
    let point = [9.5, 3, 1]
    let failure = #expect(throws: LikelihoodFailure.self) { try evaluate(Self.problem(batch: 1), point) }
    #expect(failure?.reason == "its slope by \"a\" is no number")
    let refusing = try evaluate(Self.problem(batch: 1, onNaN: .refuse), point)
    #expect(refusing.logLikelihoods == [-.infinity] && refusing.gradients == [0, 0, 0])
  }

  @Test func aLikelihoodWithoutSlopesSaysSo() throws {
    let problem = try Problem("p", parameters: [Parameter("a", .uniform(0, 1))]) { theta in theta[0] }
    let failure = #expect(throws: LikelihoodFailure.self) { try evaluate(problem, [0.5]) }
    #expect(failure?.reason == "it gives no slopes")
  }

  @Test func whatWrapsALikelihoodPassesItsSlopesOn() throws {
    let slow = try Self.problem(batch: 2).withCost(mean: 1e-6, spread: 0)
    #expect(slow.likelihood.abilities.gradient == .given)
    #expect(try evaluate(slow, [2, 3, 5]).gradients[2] == -28)
  }
}
