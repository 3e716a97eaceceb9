import Glibc
import RookeryCore
import Testing

/// One problem in its three spaces: values, and slopes against differences.
@Suite struct SpacesTests {
  /// A fixed parameter, an angle, and priors that depend on those before them.
  private static func problem(batch: Int = 1) throws -> Problem {
    var problem = try Problem(
      "p",
      parameters: [
        Parameter("a", .normal(mean: 1, deviation: 2)), Parameter("held", .fixed(0.5)),
        Parameter("phase", .uniform(1, 5), boundary: .periodic), Parameter("b", .gamma(shape: 2, scale: 3)),
        Parameter(
          "c", .conditional { given in .normal(mean: given[0] * given[3], deviation: exp(given[0] / 4)) }),
        Parameter("d", .conditional { given in .uniform(-given[3], given[4] * given[4]) }),
      ],
      logLikelihood: { value($0) }
    ) { theta, gradient in
      gradient[0] = theta[1] * theta[0] - theta[4]
      gradient[2] = cos(theta[2]) + theta[5]
      gradient[3] = -1 / theta[3]
      gradient[4] = -theta[0]
      gradient[5] = theta[2]
      return value(theta)
    }
    problem.batch = batch
    return problem
  }

  private static func value(_ theta: Span<Double>) -> Double {
    0.5 * theta[1] * theta[0] * theta[0] + sin(theta[2]) - log(theta[3]) - theta[0] * theta[4]
      + theta[2] * theta[5]
  }

  private func evaluate(
    _ problem: Problem, _ points: [Double], in space: Space, gradients: Bool = false
  ) throws -> EvaluationBuffer {
    var buffer = EvaluationBuffer()
    try points.withUnsafeBufferPointer {
      try Evaluator(problem).evaluate($0, in: space, gradients: gradients, into: &buffer)
    }
    return buffer
  }

  private func values(_ problem: Problem, whitened point: [Double]) throws -> [Double] {
    var values = [Double](repeating: 0, count: problem.parameters.count)
    try point.withUnsafeBufferPointer { point in
      try values.withUnsafeMutableBufferPointer { try problem.transform(point, from: .whitened, into: $0) }
    }
    return values
  }

  private static let cubes = [0.3, 0.6, 0.2, 0.45, 0.8, 0.85, 0.999_999_9, 0.7, 0.1, 0.35]

  @Test func theSpacesAreOne() throws {
    let problem = try Self.problem(batch: 2)
    #expect([.cube, .whitened, .parameters].map { problem.columns(of: $0) } == [5, 5, 6])
    let points = [Array(Self.cubes[..<5]), Array(Self.cubes[5...])]
    let logL = try evaluate(problem, Self.cubes, in: .cube).logLikelihoods
    let whitened = points.flatMap { problem.whitened(of: $0) }
    let parameters = try points.flatMap { try problem.values(at: $0) }
    for (found, wanted) in zip(try evaluate(problem, whitened, in: .whitened).logLikelihoods, logL) {
      #expect(abs(found - wanted) < 1e-9 * abs(wanted))
    }
    #expect(try evaluate(problem, parameters, in: .parameters).logLikelihoods == logL)
  }

  @Test func aPeriodicParameterIsAnAngle() throws {
    let problem = try Self.problem()
    func phase(_ angle: Double) throws -> Double { try values(problem, whitened: [0, angle, 0, 0, 0])[2] }
    #expect(try phase(0) == 1)
    #expect(abs(try phase(.pi / 2) - 2) < 1e-12)
    for turns in [-3.0, -1, 1, 7] { #expect(abs(try phase(.pi / 2 + 2 * .pi * turns) - 2) < 1e-12) }
    #expect(abs(try phase(-1e-9) - 5) < 1e-8)
    #expect(try phase(-1e-20) <= 5)
  }

  /// π(θ) |dθ/dz| is the density in z.
  @Test func densitiesOfTheWhitenedSpace() throws {
    let problem = try Self.problem()
    let point = problem.whitened(of: Array(Self.cubes[..<5]))
    let theta = try values(problem, whitened: point)
    // The map is triangular, so that its volume is the product of the slopes of each by its own coordinate.
    var logVolume = 0.0
    for (k, i) in problem.free.enumerated() {
      var (low, high) = (point, point)
      low[k] -= 1e-5
      high[k] += 1e-5
      let moved = try values(problem, whitened: high)[i] - values(problem, whitened: low)[i]
      logVolume += log(moved / (high[k] - low[k]))
    }
    #expect(abs(try problem.logPrior(theta) + logVolume - problem.logPrior(whitened: point)) < 1e-7)
    let flat = -log(2 * Double.pi)
    #expect(abs(problem.logPrior(whitened: [0, 3, 0, 0, 0]) - (4 * -0.5 * log(2 * .pi) + flat)) < 1e-14)
  }

  @Test(arguments: [Space.cube, .whitened, .parameters], [1, 3]) func slopesAreThoseOfTheSpace(
    _ space: Space, _ batch: Int
  ) throws {
    let problem = try Self.problem(batch: batch)
    let cube = Array(Self.cubes[..<5])
    let point =
      switch space {
      case .cube: cube
      case .whitened: problem.whitened(of: cube)
      case .parameters: try problem.values(at: cube)
      }
    let gradient = try evaluate(problem, point + point, in: space, gradients: true).gradients
    #expect(Array(gradient[..<point.count]) == Array(gradient[point.count...]))
    for k in point.indices where space != .parameters || k != 1 {
      var (low, high) = (point, point)
      low[k] -= 1e-5
      high[k] += 1e-5
      let logL = try evaluate(problem, low + high, in: space).logLikelihoods
      let found = (logL[1] - logL[0]) / (high[k] - low[k])
      #expect(abs(gradient[k] - found) < 1e-6 * (1 + abs(found)), "coordinate \(k): \(gradient[k]), \(found)")
    }
  }

  /// Beside its seam a circle has the slopes of both sides.
  @Test func slopesAtTheSeam() throws {
    let problem = try Problem(
      "p",
      parameters: [
        Parameter("phase", .uniform(0, 1), boundary: .periodic),
        Parameter(
          "b", .conditional { given in .normal(mean: cos(2 * .pi * given[0]) + given[0], deviation: 1) }),
      ], logLikelihood: { $0[1] }
    ) { theta, gradient in
      (gradient[0], gradient[1]) = (0, 1)
      return theta[1]
    }
    for angle in [0, 1e-9, -1e-9, 2 * Double.pi] {
      let gradient = try evaluate(problem, [angle, 0.3], in: .whitened, gradients: true).gradients
      #expect(abs(gradient[0] - 1 / (2 * .pi)) < 1e-4 && gradient[1] == 1, "at \(angle)")
    }
  }

  /// What a conditional prior holds fixed does not move with its coordinate, nor with those before it.
  @Test(arguments: [Space.cube, .whitened]) func slopesOfWhatIsHeldFixed(_ space: Space) throws {
    let problem = try Problem(
      "p",
      parameters: [
        Parameter("kind", .uniform(0, 2)),
        Parameter("b", .conditional { given in given[0] < 1 ? .fixed(7) : .uniform(0, 4) }),
      ], logLikelihood: { $0[1] }
    ) { theta, gradient in
      (gradient[0], gradient[1]) = (0, 1)
      return theta[1]
    }
    let held = try evaluate(problem, [space == .cube ? 0.2 : -1, 0.6], in: space, gradients: true)
    #expect(held.gradients == [0, 0])
    let free = try evaluate(problem, [space == .cube ? 0.7 : 1, 0.6], in: space, gradients: true)
    #expect(free.gradients[0] == 0 && free.gradients[1] > 0.5)
  }

  @Test func pointsWithoutLikelihoodHaveNoSlopes() throws {
    let problem = try Problem(
      "p", parameters: [Parameter("a", .normal(mean: 0, deviation: 1))], logLikelihood: { _ in -.infinity }
    ) { _, _ in -.infinity }
    let buffer = try evaluate(problem, [0.3], in: .whitened, gradients: true)
    #expect(buffer.logLikelihoods == [-.infinity] && buffer.gradients == [0])
  }
}
