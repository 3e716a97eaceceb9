import Glibc
import RookeryCore
import Synchronization
import Testing

@Suite(.serialized) struct EvaluatorTimeTests {
  private final class Sum: Sendable {
    private let nanoseconds = Atomic<Int>(0)
    func add(_ seconds: Double) { nanoseconds.add(Int(1e9 * seconds), ordering: .relaxed) }
    var seconds: Double { 1e-9 * Double(nanoseconds.load(ordering: .relaxed)) }
  }

  /// Of cheap calls only some are measured, and each measurement stands for all since the last: the sum is that of all calls. By
  /// the clock of this thread's CPU, which others do not slow down.
  @Test(.timeLimit(.minutes(10)), arguments: [50, 2000]) func measurementsStandForAllCalls(_ terms: Int)
    throws
  {
    let own = Sum()
    let problem = try Problem("p", parameters: [Parameter("x", .uniform(0, 1))]) { (theta: Span<Double>) in
      let start = threadSeconds()
      var sum = 0.0
      for i in 0..<terms { sum += sin(theta[0] + Double(i)) }
      own.add(threadSeconds() - start)
      return sum
    }
    let evaluator = Evaluator(problem)
    try [0.5].withUnsafeBufferPointer { cube in
      for _ in 0..<(2_000_000 / terms) { _ = try evaluator.logLikelihood(cube) }
    }
    #expect(evaluator.likelihoodSeconds > 0.6 * own.seconds)
    #expect(evaluator.likelihoodSeconds < 4 * own.seconds)
  }

  @Test func onlyThePointToAvoidIsAvoided() throws {
    let problem = try Problem(
      "p", parameters: [Parameter("x", .uniform(0, 2)), Parameter("y", .uniform(0, 2))], derived: ["twice"]
    ) { theta, derived in
      derived[0] = 2 * theta[0]
      return theta[0] + theta[1]
    }
    let evaluator = Evaluator(problem)
    evaluator.avoided = [[0.5, 1], [1.5]]
    func value(_ cube: [Double]) throws -> Double {
      try cube.withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
    }
    #expect(try value([0.25, 0.5]) == -.infinity && evaluator.derived[0].isNaN)
    #expect(try value([0.25, 0.75]) == 2 && evaluator.derived[0] == 1)
    #expect(try value([0.75, 0.5]) == 2.5)
    #expect(evaluator.refused == 1 && evaluator.calls == 3)
  }
}
