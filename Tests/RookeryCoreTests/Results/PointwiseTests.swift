import Foundation
import Testing

@testable import RookeryCore

@Suite struct PointwiseTests {
  private func result() throws -> RunResult {
    try MadeResult.importance(
      logLikelihoods: (0..<500).map { -Double($0 % 7) }, ratios: (0..<500).map { Double($0 % 5) })
  }

  @Test(arguments: [Pool.serial, .threads(3)])
  func theSameOnEveryPool(_ pool: Pool) throws {
    let result = try result()
    let parts = try #require(
      try result.pointwise(at: .draws(300), on: pool, threadSafe: true) { [-$0[0] * $0[0], $0[1], 7] })
    #expect(parts.draws == 300 && parts.data == 3 && parts.rows == result.equallyWeightedRows(300))
    #expect(parts.points == result.draws(300))
    for draw in 0..<300 {
      let theta = parts.points[row: draw]
      #expect(parts.values[row: draw] == [-theta[0] * theta[0], theta[1], 7])
    }
  }

  @Test func repeatsAreCounted() throws {
    let result = try result()
    let many = try #require(try result.pointwise(at: .draws(20_000)) { [$0[0]] })
    // With many draws each sample comes as often as it weighs.
    #expect(abs(many.effectiveSize / result.effectiveSampleSize - 1) < 0.01, "\(many.effectiveSize)")
    let few = try #require(try result.pointwise(at: .draws(20)) { [$0[0]] })
    #expect(few.relativeEfficiency > 0.8 && few.relativeEfficiency <= 1)
    #expect(try result.pointwise(at: .map) { [$0[0]] }?.effectiveSize == 1)
  }

  @Test func failuresNameDatumAndPoint() throws {
    let result = try result()
    for value in [Double.nan, .infinity, -.infinity] {
      let failure = #expect(throws: LikelihoodFailure.self) {
        try result.pointwise(at: .draws(200)) { [0, $0[0] > 2.5 ? value : 1] }
      }
      #expect(failure?.reason.contains("datum 1, counted from 0, is \(value)") == true, "\(failure as Any)")
      #expect(failure?.point.contains("a = 2.") == true)
      #expect(throws: InputError.self) { try result.pointwise(at: .draws(200)) { _ in [value] } }
    }
    let refusal = #expect(throws: LikelihoodFailure.self) {
      try result.pointwise(at: .draws(200)) {
        if $0[0] > 2.5 { throw PointRefused("too far") }
        return [0]
      }
    }
    #expect(refusal?.reason.contains("was refused (too far)") == true)
    #expect(throws: InputError.self) { try result.pointwise(at: .draws(200)) { _ in [] } }
    #expect(throws: LikelihoodFailure.self) {
      try result.pointwise(at: .draws(200)) { $0[0] > 0 ? [1] : [1, 2] }
    }
  }

  /// A normal mean with a normal prior: without a datum it is N(m, v), and the datum N(m, v + 1).
  @Test(.timeLimit(.minutes(10)), arguments: [true, false])
  func leaveOneOutOfARun(isNested: Bool) throws {
    let y = [0.3, -1.2, 2.1, 0.7, 1.5, -0.4, 0.9, 1.1, 3.2, 0.2]
    let spread = 2.0
    @Sendable func parts(_ theta: [Double]) -> [Double] {
      y.map { -0.5 * ($0 - theta[0]) * ($0 - theta[0]) - 0.5 * log(2 * .pi) }
    }
    let problem = try Problem("m", parameters: [Parameter("m", .normal(mean: 0, deviation: spread))]) {
      (theta: [Double]) in parts(theta).reduce(0, +)
    }
    var (settings, nested, shells) = (RunSettings(), NestedSettings(), ImportanceNestedSettings())
    (settings.showsProgress, nested.live, shells.targetEffectiveSize) = (false, 400, 2000)
    let result = try sample(
      problem, by: isNested ? .nested(nested) : .importanceNested(shells), settings: settings)
    let loo = try #require(try result.pointwise(at: .draws(1000), parts)?.loo())
    let variance = 1 / (Double(y.count - 1) + 1 / (spread * spread))
    for (i, term) in loo.pointwise.enumerated() {
      let mean = (y.reduce(0, +) - y[i]) * variance
      let (offset, width) = (y[i] - mean, variance + 1)
      #expect(abs(term + 0.5 * (offset * offset / width + log(2 * .pi * width))) < 0.1, "\(i)")
    }
    #expect(loo.findings.isEmpty, "\(loo)")
  }

  /// The run's log-likelihood may lack constants, but no more than that.
  @Test func partsThatAreNotTheWhole() throws {
    let problem = try Problem("two", parameters: [Parameter("m", .uniform(-5, 5))]) { (theta: [Double]) in
      -0.5 * pow(theta[0] - 1, 2) - 0.5 * pow(theta[0] + 1, 2)
    }
    var (settings, nested) = (RunSettings(), NestedSettings())
    (settings.showsProgress, nested.live) = (false, 50)
    let result = try sample(problem, by: .nested(nested), settings: settings)
    let whole = try result.pointwise(at: .draws(100)) { theta in
      [1.0, -1].map { -0.5 * pow(theta[0] - $0, 2) - 0.5 * log(2 * .pi) }
    }
    #expect(try whole?.waic().findings.contains { $0.code == "pointwise-not-the-whole" } == false)
    let half = try result.pointwise(at: .draws(100)) { [-0.5 * pow($0[0] - 1, 2)] }
    let finding = try half?.waic().findings.first
    #expect(finding?.code == "pointwise-not-the-whole" && finding?.severity == .note)
  }
}
