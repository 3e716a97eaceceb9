import Foundation
import RookeryCore
import Testing

@Suite struct PredictionTests {
  private func result() throws -> RunResult {
    try MadeResult.importance(
      logLikelihoods: (0..<500).map { -Double($0 % 7) }, ratios: (0..<500).map { Double($0 % 5) })
  }

  @Test(arguments: [Pool.serial, .threads(3)])
  func theSameOnEveryPool(_ pool: Pool) throws {
    let result = try result()
    let prediction = try #require(
      try result.predict(at: .draws(300), on: pool, threadSafe: true) { [$0[0] + $0[1], $0[0] * $0[0], 7] })
    #expect(prediction.points == result.draws(300))
    let expected = (0..<300).flatMap { row -> [Double] in
      let (a, b) = (prediction.points[row, 0], prediction.points[row, 1])
      return [a + b, a * a, 7]
    }
    #expect(prediction.values.columns == 3)
    let isExpected = prediction.values.values == expected
    #expect(isExpected)
    #expect(prediction.mean[2] == 7 && prediction.deviation[2] == 0 && prediction.quantile(0.16)[2] == 7)
    let sums = prediction.values.column(0).sorted()
    #expect(prediction.quantile(0)[0] == sums.first && prediction.quantile(1)[0] == sums.last)
  }

  @Test func atOnePoint() throws {
    let result = try result()
    let medians = result.marginals().map(\.median)
    #expect(try result.predict(at: .median) { $0 }?.values.values == medians)
    let best = try #require(result.bestIndex)
    #expect(try result.predict(at: .best) { $0 }?.values.values == result.samples[row: best])
    #expect(try result.predict(at: .map) { $0 }?.values.rows == 1)
  }

  @Test func refusedPointsAreLeftOutAndErrorsNamed() throws {
    let result = try result()
    let prediction = try #require(
      try result.predict(at: .draws(100)) {
        if $0[0] < 0 { throw PointRefused() }
        return [$0[0]]
      })
    #expect(prediction.values.rows == prediction.points.rows && prediction.values.rows < 100)
    #expect(prediction.values.values.allSatisfy { $0 >= 0 })
    #expect(throws: InputError.self) { try result.predict(at: .draws(0)) { $0 } }
    #expect(throws: InputError.self) { try result.predict(at: .median) { _ in [] } }
    #expect(throws: LikelihoodFailure.self) {
      try result.predict(at: .draws(100)) { $0[0] > 0 ? [1] : [1, 2] }
    }
    let nothing = try MadeResult.importance(logLikelihoods: [-.infinity], ratios: [0])
    #expect(throws: InputError.self) { try nothing.predict(at: .draws(3)) { $0 } }
  }

  @Test func isWritten() throws {
    let prediction = try #require(try result().predict(at: .draws(50)) { [$0[0], $0[1]] })
    try inTemporaryDirectory { directory in
      try prediction.write(to: directory + "/p.csv", at: [0.5, 1.5])
      let lines = try String(contentsOfFile: directory + "/p.csv", encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 3 && lines[0].hasPrefix("x,mean,sd"))
      let numbers = lines[2].split(separator: ",").compactMap { Double($0) }
      #expect(numbers.count == 8 && numbers[0] == 1.5 && numbers[1] == prediction.mean[1])
      #expect(throws: InputError.self) { try prediction.write(to: directory + "/p.csv", at: [1]) }
    }
  }
}
