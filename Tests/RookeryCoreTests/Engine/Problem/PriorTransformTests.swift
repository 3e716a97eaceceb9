import Glibc
import Testing

@testable import RookeryCore

/// Priors that know less: functions of the whole cube, quantile functions without a density, none at all.
@Suite struct PriorTransformTests {
  private static func logL(_ theta: Span<Double>) -> Double {
    let (a, b) = ((theta[0] - 1) / 0.3, (theta[1] - 2) / 0.5)
    return -0.5 * (a * a + b * b)
  }

  private static let transform: [Prior] = .transform(2) { u, values in
    values[0] = 10 * u[0] - 5
    values[1] = values[0] + 4 * u[1]
  }

  private static func problem(_ priors: [Prior], gradient: Bool = false) throws -> Problem {
    let parameters = try [Parameter("held", .fixed(3))] + Parameter.each(["a", "b"], priors)
    return try Problem("p", parameters: parameters, logLikelihood: { logL($0.extracting(1..<3)) }) {
      theta, slopes in
      slopes[1] = -(theta[1] - 1) / 0.09
      slopes[2] = -(theta[2] - 2) / 0.25
      return logL(theta.extracting(1..<3))
    }
  }

  @Test func aTransformIsThePriorsOfItsParameters() throws {
    let problem = try Self.problem(Self.transform)
    #expect(problem.dimension == 2)
    #expect(try problem.values(at: [0.6, 0.25]) == [3, 1, 2])
    let arrays = try Self.problem(.transform(2) { u in [10 * u[0] - 5, 10 * u[0] - 5 + 4 * u[1]] })
    #expect(try arrays.values(at: [0.6, 0.25]) == [3, 1, 2])
    // In the whitened space it is asked for the cube, whose end it never is.
    var values = [0.0, 0, 0]
    try [9.5, 0].withUnsafeBufferPointer { point in
      try values.withUnsafeMutableBufferPointer { try problem.transform(point, from: .whitened, into: $0) }
    }
    #expect(values[1] < 5 && abs(values[2] - 7) < 1e-12)
  }

  @Test func mistakesOfATransformAreNamed() throws {
    let short = try Self.problem(.transform(2) { u in [u[0]] })
    #expect(throws: InputError("the prior transform gave 1 values for 2 parameters")) {
      try short.values(at: [0.5, 0.5])
    }
    let forgetful = try Self.problem(.transform(2) { u, values in values[0] = u[0] })
    #expect(throws: InputError("the prior transform gave no number for parameter \"b\"")) {
      try forgetful.values(at: [0.5, 0.5])
    }
    let failure = #expect(throws: LikelihoodFailure.self) {
      try [0.5, 0.5].withUnsafeBufferPointer { try Evaluator(forgetful).logLikelihood($0) }
    }
    #expect(failure?.reason.contains("its prior failed") == true)
    let problem = try Self.problem(Self.transform)
    #expect(
      throws: InputError(
        "the prior of parameter \"a\", jointly by a transform (1 of 2), has no density")
    ) { try problem.logPrior([3, 1, 2]) }
    let error = #expect(throws: InputError.self) { try problem.cube(of: [3, 1, 2]) }
    #expect(error?.words.contains("is a transform, from which there is no way back") == true)
    #expect(try problem.evaluate(at: [3, 1, 2]).logPrior.isNaN)
  }

  @Test(arguments: [Space.cube, .whitened]) func slopesThroughATransform(_ space: Space) throws {
    let problem = try Self.problem(Self.transform)
    let point = [0.55, 0.3]
    let evaluator = Evaluator(problem)
    var (slopes, values) = (EvaluationBuffer(), EvaluationBuffer())
    try point.withUnsafeBufferPointer {
      try evaluator.evaluate($0, in: space, gradients: true, into: &slopes)
    }
    for k in 0..<2 {
      values.removeAll()
      var (low, high) = (point, point)
      low[k] -= 1e-5
      high[k] += 1e-5
      try (low + high).withUnsafeBufferPointer { try evaluator.evaluate($0, in: space, into: &values) }
      let found = (values.logLikelihoods[1] - values.logLikelihoods[0]) / (high[k] - low[k])
      #expect(abs(slopes.gradients[k] - found) < 1e-5 * (1 + abs(found)), "coordinate \(k)")
    }
  }

  /// A run needs no density; what does says so.
  @Test func aRunWithoutADensity() throws {
    var settings = NestedSettings()
    settings.live = 50
    var quiet = RunSettings()
    quiet.showsProgress = false
    let plain = try sample(
      Self.problem([.uniform(-5, 5), .conditional { given in .uniform(given[1], given[1] + 4) }]),
      by: .nested(settings), settings: quiet)
    let result = try sample(Self.problem(Self.transform), by: .nested(settings), settings: quiet)
    #expect(result.evidence.logZ == plain.evidence.logZ)
    #expect(result.logPriors.allSatisfy { $0.isNaN } && result.mapIndex == nil && plain.mapIndex != nil)
    #expect(result.marginals()[1].map.isNaN && result.marginals()[1].best == plain.marginals()[1].best)
    #expect(result.logPriorEvidence == nil)
    let error = #expect(throws: InputError.self) { try result.predict(at: .map) { $0 } }
    #expect(error?.words.contains("has no density") == true && error?.words.contains(".best") == true)
    #expect(try result.predict(at: .best) { $0 }?.values.rows == 1)
    let table = try #require(result.summaryText())
    #expect(!table.contains("nan"), "\(table)")
  }

  @Test func quantilesWithoutADensity() throws {
    let known = Prior.custom("line", quantile: { 2 * $0 }, logDensity: { 0...2 ~= $0 ? -log(2) : -.infinity })
    let unknown = Prior.custom("line", quantile: { 2 * $0 })
    let (mine, other) = (
      try Self.problem([known, .uniform(0, 4)]), try Self.problem([unknown, .uniform(0, 4)])
    )
    #expect(try mine.logPrior([3, 1, 2]) == -log(8))
    #expect(throws: InputError("the prior of parameter \"a\", custom(line), has no density")) {
      try other.logPrior([3, 1, 2])
    }
    #expect(other.logPriorEvidence == nil && mine.logPriorEvidence != nil)
    for problem in [mine, other] {
      #expect(abs(try problem.cube(of: [3, 1, 2])[0] - 0.5) < 1e-15)
      for (space, wanted) in [(Space.cube, 2.0), (.whitened, 2 * exp(-0.125) / (2 * Double.pi).squareRoot())]
      {
        var slopes = EvaluationBuffer()
        let point = space == .cube ? [0.3, 0.5] : [0.5, 0]
        try point.withUnsafeBufferPointer {
          try Evaluator(problem).evaluate($0, in: space, gradients: true, into: &slopes)
        }
        let a = 2 * (space == .cube ? 0.3 : SpecialFunctions.normalCDF(0.5))
        #expect(abs(slopes.gradients[0] - wanted * -(a - 1) / 0.09) < 1e-8, "\(space)")
      }
    }
  }

  @Test func aLogDensityOnTheWholeSpace() throws {
    let problem = try Self.problem([.flat, .flat])
    var found = EvaluationBuffer()
    try [1.3, 1.5].withUnsafeBufferPointer {
      try Evaluator(problem).evaluate($0, in: .whitened, gradients: true, into: &found)
    }
    #expect(abs(found.logLikelihoods[0] + 1) < 1e-12)
    #expect(abs(found.gradients[0] + 0.3 / 0.09) < 1e-12 && abs(found.gradients[1] - 2) < 1e-12)
    #expect(try problem.logPrior([3, 100, -7]) == 0)
    #expect(problem.logPrior(whitened: [100, -7]) == 0)
    #expect(throws: InputError("the prior of parameter \"a\" is flat, and no map from the unit cube")) {
      try problem.values(at: [0.5, 0.5])
    }
    for (method, name) in [(Method.nested(NestedSettings()), "nested"), (.automatic, "importance")] {
      let error = #expect(throws: InputError.self) { try sample(problem, by: method) }
      #expect(
        error?.words
          == "problem \"p\": \(name) draws from the prior, and that of parameter \"a\" is flat: give it one")
    }
    #expect(throws: InputError.self) {
      try problem.parameterDescriptions()
    }
    let round = #expect(throws: InputError.self) {
      try Problem("p", parameters: [Parameter("a", .flat, boundary: .periodic)]) { (_: Span<Double>) in 0 }
    }
    #expect(round?.words.contains("has no ends, and cannot be periodic") == true)
    // The likelihood is told apart all the same.
    let other = try Problem("p", parameters: problem.parameters) { theta in
      2 * Self.logL(theta.extracting(1..<3))
    }
    #expect(
      problem.fingerprint.difference(to: other.fingerprint, called: "it")?.contains("log-likelihood") == true)
  }
}
