import Glibc
import RookeryCore
import Testing

@Suite struct CostTests {
  @Test(arguments: [
    ("5ms", 0.005, 0.0), ("5ms:1", 0.005, 1), ("1.5s", 1.5, 0), ("200us:0.3", 0.0002, 0.3), ("0s", 0, 0),
    ("7µs", 7e-6, 0), ("10ns:0", 1e-8, 0),
  ])
  func readsItsTextForm(_ text: String, _ mean: Double, _ spread: Double) throws {
    let cost = try EvaluationCost(text)
    #expect(abs(cost.mean - mean) <= 1e-15 * mean && cost.spread == spread)
  }

  @Test(arguments: [
    "", "5", "ms", "5ms:", "5ms:1:2", ":1", "5 min", "-5ms", "5ms:-1", "nans", "infs", "1s:inf",
  ])
  func refusesOtherText(_ text: String) {
    #expect(throws: InputError.self) { try EvaluationCost(text) }
  }

  @Test func saysHowACostIsWritten() {
    let text = "\"5\" is not a cost: write a time and maybe a spread, like 5ms, 200us:0.3 or 1.5s:1"
    #expect(throws: InputError(text)) { try EvaluationCost("5") }
  }

  @Test func timesAreLognormalAndDependOnThePointAlone() throws {
    let cost = try EvaluationCost(mean: 2, spread: 0.5)
    var logs: [Double] = []
    var sum = 0.0
    for i in 0..<20_000 {
      let point = [Double(i), 0.5]
      let seconds = cost.seconds(at: point.span)
      #expect(seconds == cost.seconds(at: point.span))
      sum += seconds
      logs.append(log(seconds))
    }
    let mean = logs.reduce(0, +) / 20_000
    let variance = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(sum / 20_000 - 2) < 0.04)
    #expect(abs(variance.squareRoot() - 0.5) < 0.015)
    #expect(cost.seconds(at: [1.0, 0.0].span) != cost.seconds(at: [0.0, 1.0].span))
    #expect(try EvaluationCost(mean: 2).seconds(at: [1.0].span) == 2)
  }

  @Test func anEvaluationTakesItsTime() throws {
    let plain = try Problem("p", parameters: [Parameter("a", .uniform(0, 10))], threadSafe: true) {
      (theta: Span<Double>) in -theta[0]
    }
    let slow = plain.withCost(mean: 0.02, spread: 0)
    #expect(slow.isThreadSafe && slow.name == "p")
    let start = wallSeconds()
    let value = try [0.5].withUnsafeBufferPointer { try Evaluator(slow).logLikelihood($0) }
    #expect(value == -5)
    #expect(wallSeconds() - start >= 0.02)
  }

  @Test func everyPointOfABatchSleeps() throws {
    let plain = try Problem("p", parameters: [Parameter("a", .uniform(0, 10)), Parameter("b", .fixed(1))]) {
      parameters, _, logLikelihoods in
      for i in 0..<logLikelihoods.count { logLikelihoods[i] = -parameters[2 * i] }
    }
    var slow = plain.withCost(mean: 0.01, spread: 0)
    slow.batch = 3
    var buffer = EvaluationBuffer()
    let start = wallSeconds()
    try [0.1, 0.2, 0.3].withUnsafeBufferPointer { try Evaluator(slow).evaluate($0, into: &buffer) }
    #expect(wallSeconds() - start >= 0.03)
    #expect(buffer.logLikelihoods == [-1, -2, -3])
  }

  @Test func noCostLeavesTheProblemAsItIs() throws {
    let plain = try Problem("p", parameters: [Parameter("a", .uniform(0, 10))]) { (_: Span<Double>) in 1 }
    let same = plain.withCost(mean: 0, spread: 1)
    let value = try [0.5].withUnsafeBufferPointer { try Evaluator(same).logLikelihood($0) }
    #expect(value == 1)
  }
}
