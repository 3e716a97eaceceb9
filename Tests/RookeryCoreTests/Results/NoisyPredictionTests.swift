import Foundation
import RookeryCore
import Testing

/// Predictions with noise of their own, and from the prior.
@Suite struct NoisyPredictionTests {
  private func result() throws -> RunResult {
    try MadeResult.importance(
      logLikelihoods: (0..<500).map { -Double($0 % 7) }, ratios: (0..<500).map { Double($0 % 5) })
  }

  private static let noisy: NoisyModel = { theta, stream in [theta[0] + stream.normal(), stream.uniform()] }

  @Test func noiseBelongsToTheDraw() throws {
    let result = try result()
    let alone = try #require(try result.predict(at: .draws(400), Self.noisy))
    let shared = try #require(
      try result.predict(at: .draws(400), on: .threads(3), threadSafe: true, Self.noisy))
    #expect(alone.values == shared.values && alone.points == result.draws(400))
    #expect(alone.rows == result.equallyWeightedRows(400))
    #expect(Set(alone.values.column(1)).count == 400)
    let other = try #require(try result.predict(at: .draws(400), seed: 1, Self.noisy))
    #expect(Set(other.values.column(1)).isDisjoint(with: alone.values.column(1)))
    // Standard normal noise about the parameter.
    let noise = (0..<400).map { alone.values[$0, 0] - alone.points[$0, 0] }
    #expect(abs(noise.reduce(0, +) / 400) < 0.2)
    #expect(abs(noise.reduce(0) { $0 + $1 * $1 } / 400 - 1) < 0.3)
  }

  /// A refused point leaves the noise of the others as it is, and it may well be the first.
  @Test func refusedPoints() throws {
    let result = try result()
    let all = try #require(try result.predict(at: .draws(100), Self.noisy))
    let first = all.points[0, 0]
    let some = try #require(
      try result.predict(at: .draws(100)) { theta, stream in
        if theta[0] == first { throw PointRefused() }
        return try Self.noisy(theta, &stream)
      })
    let kept = (0..<100).filter { all.points[$0, 0] != first }
    #expect(!kept.contains(0) && some.values == all.values.rows(at: kept))
    #expect(some.rows == kept.map { all.rows[$0] })
    #expect(throws: InputError.self) { try result.predict(at: .draws(100)) { _ in throw PointRefused() } }
  }

  private func problem() throws -> Problem {
    try Problem(
      "all kinds",
      parameters: [
        Parameter("scale", .logUniform(0.1, 10)),
        Parameter("two", .fixed(2)),
        Parameter("below", .conditional { .uniform(0, $0[0]) }),
      ] + Parameter.each(["p", "q"], .orderedUniform(2, 0, 1))
        + Parameter.each(["s", "t"], .transform(2) { u, v in (v[0], v[1]) = (u[0] + u[1], u[0] - u[1]) })
    ) { (_: [Double]) in 0 }
  }

  @Test func priorDraws() throws {
    let draws = try problem().priorDraws(20_000, seed: 4)
    #expect(draws.rows == 20_000 && draws.columns == 7)
    #expect(try problem().priorDraws(10, seed: 4).values == Array(draws.values.prefix(70)))
    #expect(try problem().priorDraws(10, seed: 5).values != Array(draws.values.prefix(70)))
    var means = [Double](repeating: 0, count: 7)
    for row in 0..<draws.rows {
      let point = draws[row: row]
      for i in 0..<7 {
        means[i] += (i == 0 ? log10(point[0]) : i == 2 ? point[2] / point[0] : point[i]) / 20_000
      }
      #expect(point[1] == 2 && (0...point[0]).contains(point[2]) && point[3] <= point[4])
    }
    // The share of a conditional prior is uniform, and so are the lower and upper of two sorted numbers 1/3 and 2/3.
    for (mean, expected) in zip(means, [0, 2, 0.5, 1.0 / 3, 2.0 / 3, 1, 0]) {
      #expect(abs(mean - expected) < 0.025, "\(means)")
    }
  }

  @Test func predictionsFromThePrior() throws {
    let problem = try problem()
    let alone = try #require(try problem.predict(priorDraws: 300, seed: 2, Self.noisy))
    #expect(try alone.points == problem.priorDraws(300, seed: 2) && alone.rows.isEmpty)
    let crew = try Crew(on: .threads(2))
    defer { crew.close() }
    let shared = try problem.predict(priorDraws: 300, on: crew, threadSafe: true, seed: 2, Self.noisy)
    #expect(shared?.values == alone.values)
    // Not the noise of predictions from the posterior.
    let posterior = try #require(try result().predict(at: .draws(300), seed: 2, Self.noisy))
    #expect(Set(posterior.values.column(1)).isDisjoint(with: alone.values.column(1)))
  }

  @Test func priorsThatCannotBeDrawnFrom() throws {
    let flat = try Problem("flat", parameters: [Parameter("x", .flat)]) { (_: [Double]) in 0 }
    let error = #expect(throws: InputError.self) { try flat.priorDraws(3) }
    #expect(error?.words.contains("parameter \"x\" is flat") == true)
    for count in [0, -1, .max] {
      #expect(throws: InputError.self) { try problem().priorDraws(count) }
      #expect(throws: InputError.self) { try problem().predict(priorDraws: count, Self.noisy) }
    }
  }

  /// A parameter may have the name that failures give the number of the draw.
  @Test func failuresNameTheDraw() throws {
    let problem = try Problem("p", parameters: [Parameter("draw", .uniform(0, 1))]) { (_: [Double]) in 0 }
    struct Odd: Error {}
    let failure = #expect(throws: LikelihoodFailure.self) {
      try problem.predict(priorDraws: 100) { theta, _ in
        if theta[0] > 0.9 { throw Odd() }
        return theta
      }
    }
    #expect(failure?.point.contains("draw = 0.9") == true && failure?.point.contains("draw_ = ") == true)
  }
}
