import Glibc
import RookeryCore
import Testing

/// Independent samples of known distributions.
@Suite struct PosteriorTests {
  /// Equally weighted draws of two parameters whose priors are the given ones, at positions of the unit cube.
  private func result(
    _ priors: [Prior], boundary: Parameter.Boundary = .open, logLikelihood: ([Double]) -> Double = { _ in 0 },
    count: Int = 4000, cube: (inout RandomStream) -> [Double]
  ) throws -> RunResult {
    var stream = RandomStream(seed: 3, purpose: .init(rawValue: 9), index: 0)
    let problem = try Problem(
      "made",
      parameters: priors.enumerated().map { Parameter("p\($0.offset)", $0.element, boundary: boundary) }
    ) { (_: [Double]) in 0 }
    let points = PointMatrix(
      columns: problem.dimension, values: (0..<count).flatMap { _ in cube(&stream) })
    let logL = (0..<count).map { logLikelihood(points[row: $0]) }
    return try RunResult(
      record: RunRecord(
        cube: points, derived: PointMatrix(columns: 0), logLikelihoods: logL,
        kind: .importance(logPriorToProposal: logL.map { _ in 0 }, logZError: 0)),
      problem: problem, engine: EngineDescription(name: "made", live: 0, dimension: priors.count),
      settings: RunSettings(), ending: .converged, statistics: RunStatistics())
  }

  private func normal(_ mean: Double, _ deviation: Double) -> (inout RandomStream) -> Double {
    {
      while true {
        let value = mean + deviation * $0.normal()
        if value > 0, value < 1 { return value }
      }
    }
  }

  @Test(arguments: [0.1, 0.01, 1e-6])
  func bitsOfANormalInAUniformPrior(_ deviation: Double) throws {
    let draw = normal(0.4, deviation)
    let result = try result([.uniform(-3, 5)]) { [draw(&$0)] }
    let expected = -0.5 * log2(2 * Double.pi * M_E * deviation * deviation)
    let marginal = result.marginals()[0]
    #expect(abs(try #require(marginal.bits) - expected) < 0.1, "\(String(describing: marginal.bits))")
    #expect(marginal.edges == [])
  }

  @Test func bitsDoNotDependOnTheScaleOfTheParameter() throws {
    let draw = normal(0.4, 0.03)
    let one = try result([.uniform(0, 1)]) { [draw(&$0)] }
    let other = try result([.logUniform(1e-9, 1e9)]) { [draw(&$0)] }
    #expect(one.marginals()[0].bits == other.marginals()[0].bits)
  }

  @Test func nothingLearntIsNoBitsAndNoEdge() throws {
    let result = try result([.normal(mean: 2, deviation: 3)]) { [$0.uniform()] }
    let marginal = result.marginals()[0]
    #expect(try #require(marginal.bits) < 0.05)
    #expect(marginal.edges == [])
  }

  @Test func pilesUpAtTheEdges() throws {
    let lower = normal(0, 0.05)
    let upper = normal(1.02, 0.05)
    let far = normal(0.2, 0.05)
    let result = try result([.uniform(0, 1), .uniform(0, 1), .uniform(0, 1)]) {
      [lower(&$0), upper(&$0), far(&$0)]
    }
    #expect(result.marginals().map(\.edges) == [.lower, .upper, []])
    let periodic = try self.result([.uniform(0, 1)], boundary: .periodic) { [lower(&$0)] }
    #expect(periodic.marginals()[0].edges == [])
  }

  @Test func conditionalPriorsAndFixedParameters() throws {
    let result = try result([.uniform(0, 1), .conditional { .uniform(0, $0[0]) }, .fixed(3)]) {
      [$0.uniform(), $0.uniform()]
    }
    let marginals = result.marginals()
    #expect(try #require(marginals[1].bits) < 0.1)
    #expect(marginals[2].bits == nil)
    #expect(marginals[2].mean == 3 && marginals[2].deviation == 0 && marginals[2].map == 3)
  }

  @Test func tooFewSamplesSayNothing() throws {
    let result = try result([.uniform(0, 1)], count: 1) { [$0.uniform()] }
    let marginal = result.marginals()[0]
    #expect(marginal.bits == nil)
    #expect(marginal.mean == marginal.median && marginal.deviation == 0)
    let none = try self.result([.uniform(0, 1)], count: 0) { [$0.uniform()] }
    #expect(none.marginals()[0].median.isNaN && none.mapIndex == nil)
    #expect(none.equallyWeightedRows() == [] && none.draws().rows == 0)
  }

  @Test func covarianceOfWeightedSamples() throws {
    // Weights a and b make the density of each 2 a and 2 b: variance 1/18.
    let weights: ([Double]) -> Double = { log($0[0] * (2 * $0[1] - $0[0])) }
    let result = try result([.uniform(0, 1), .uniform(0, 1)], logLikelihood: weights, count: 50_000) {
      let (a, b) = ($0.uniform(), $0.uniform())
      return [a, 0.5 * (a + b)]
    }
    let covariance = result.covariance()
    let expected = [1 / 18.0, 1 / 36.0, 1 / 36.0, 1 / 36.0]
    #expect(zip(covariance.values, expected).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect(covariance.columns == 2)
    // ln L = ln a + ln b, each of variance 1/4 under the density 2 x.
    #expect(abs(result.modelDimensionality - 1) < 0.05)
  }

  @Test func mapWeighsThePrior() throws {
    // The likelihood grows slowly with x, the prior density falls fast.
    let result = try result([.exponential(mean: 1)], logLikelihood: { -0.5 * log1p(-$0[0]) }) {
      [$0.uniform()]
    }
    let marginal = result.marginals()[0]
    #expect(marginal.best == result.samples.values.max())
    #expect(marginal.map == result.samples.values.min())
  }

  @Test func quantilesByName() throws {
    let result = try result([.uniform(0, 10)], count: 20_000) { [$0.uniform()] }
    let quantiles = try result.quantiles([0.05, 0.5, 0.95], of: "p0")
    #expect(zip(quantiles, [0.5, 5, 9.5]).allSatisfy { abs($0 - $1) < 0.1 })
    #expect(throws: InputError.self) { try result.quantiles([0.5], of: "q") }
  }

  @Test func equallyWeightedRowsFollowTheWeights() throws {
    let result = try MadeResult.importance(
      logLikelihoods: [0, 0, -.infinity, 0], ratios: [0, log(2), 0, log(5)])
    let rows = result.equallyWeightedRows(800)
    #expect((0..<4).map { row in rows.count { $0 == row } } == [100, 200, 0, 500])
    #expect(rows != rows.sorted())
    #expect(rows == result.equallyWeightedRows(800))
    #expect(rows != result.equallyWeightedRows(800, seed: 1))
    #expect(result.equallyWeightedRows(0) == [])
    #expect(result.draws(3).rows == 3)
  }
}
