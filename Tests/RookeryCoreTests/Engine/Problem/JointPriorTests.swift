import Glibc
import Testing

@testable import RookeryCore

/// Priors of several parameters together: their draws follow their laws, their densities are the known ones, and mistakes are named.
@Suite struct JointPriorTests {
  private static func problem(_ parameters: [Parameter]) throws -> Problem {
    try Problem("p", parameters: parameters) { (_: Span<Double>) in 0 }
  }

  /// A parameter before the group, whose own places must not be mistaken for the group's.
  private static func problem(_ priors: [Prior]) throws -> Problem {
    try problem(
      [Parameter("before", .uniform(0, 1))] + Parameter.each(priors.indices.map { "x\($0)" }, priors))
  }

  private static let covariance = [[4, 1.2, -0.6], [1.2, 1, 0.3], [-0.6, 0.3, 2]]
  private static let normal: [Prior] = .multivariateNormal(mean: [1, -2, 0.5], covariance: covariance)
  private static let shares: [Prior] = .dirichlet([0.7, 2, 3, 1.5])
  private static let ordered: [Prior] = .orderedUniform(4, -1, 3)

  private static func draws(_ problem: Problem, _ count: Int) throws -> [[Double]] {
    var stream = RandomStream(seed: 5, purpose: .init(rawValue: 78), index: 0)
    return try (0..<count).map { _ in
      try problem.values(at: (0..<problem.dimension).map { _ in stream.uniform() })
    }
  }

  /// Kolmogorov's distance between draws and each marginal: its root mean square is about 0.9 / √count.
  @Test(arguments: [normal, shares, ordered]) func drawsFollowTheirMarginals(_ priors: [Prior]) throws {
    let count = 4000
    let draws = try Self.draws(Self.problem(priors), count)
    for (i, prior) in priors.enumerated() {
      guard case .member(let joint, let place) = prior.form else { throw InputError("no group") }
      let marginal = joint.marginal(of: place)
      let shares = draws.map { marginal.cumulative($0[i + 1]) }.sorted()
      let distance = shares.enumerated().map { abs($1 - (Double($0) + 0.5) / Double(count)) }.max() ?? 1
      #expect(distance < 1.63 / Double(count).squareRoot(), "place \(place): \(distance)")
    }
  }

  @Test func normalDrawsHaveTheirCovariance() throws {
    let draws = try Self.draws(Self.problem(Self.normal), 20000)
    for i in 0..<3 {
      for j in 0...i {
        let mean = [1, -2, 0.5]
        let found = draws.reduce(0) { $0 + ($1[i + 1] - mean[i]) * ($1[j + 1] - mean[j]) } / 20000
        #expect(abs(found - Self.covariance[i][j]) < 0.12, "\(i), \(j): \(found)")
      }
    }
  }

  @Test func orderedDrawsAscendAndSharesFit() throws {
    for draw in try Self.draws(Self.problem(Self.ordered), 1000) {
      #expect(zip(draw.dropFirst(), draw.dropFirst(2)).allSatisfy { $0 <= $1 })
    }
    for draw in try Self.draws(Self.problem(Self.shares), 1000) {
      #expect(draw.dropFirst().reduce(0, +) <= 1 + 1e-15 && draw.dropFirst().allSatisfy { $0 >= 0 })
    }
    // The ends of the cube are where rounding leaves nothing of a stick.
    let corner = try Self.problem(Self.shares).values(at: [0.5, 1.0.nextDown, 1.0.nextDown, 1.0.nextDown])
    #expect(corner.allSatisfy { $0.isFinite })
    let end = try Self.problem(Self.ordered).values(at: [0.5, 1.0.nextDown, 1.0.nextDown, 0.3, 0.3])
    #expect(end.allSatisfy { $0 <= 3 } && zip(end.dropFirst(), end.dropFirst(2)).allSatisfy { $0 <= $1 })
  }

  @Test func densitiesAreTheKnownOnes() throws {
    let ordered = try Self.problem(Self.ordered)
    #expect(abs(try ordered.logPrior([0.5, -0.5, 0, 1, 2.9]) - log(24.0 / 256)) < 1e-13)
    #expect(try ordered.logPrior([0.5, 0, -0.5, 1, 2.9]) == -.infinity)
    let shares = try Self.problem(Self.shares)
    let logBeta = lgamma(0.7) + lgamma(2.0) + lgamma(3) + lgamma(1.5) - lgamma(7.2)
    let wanted = -0.3 * log(0.1) + log(0.2) + 2 * log(0.4) + 0.5 * log(0.3) - logBeta
    #expect(abs(try shares.logPrior([0.5, 0.1, 0.2, 0.4]) - wanted) < 1e-12)
    let normal = try Self.problem(Self.normal)
    // By Cramer's rule: the determinant of the covariance, and the quadratic form at (1, 1, 1) from the mean.
    let c = Self.covariance
    let minors = (0..<3).map { i in
      let (a, b) = ((i + 1) % 3, (i + 2) % 3)
      return (0..<3).map { j in
        let (k, l) = ((j + 1) % 3, (j + 2) % 3)
        return c[a][k] * c[b][l] - c[a][l] * c[b][k]
      }
    }
    let determinant = (0..<3).reduce(0) { $0 + c[0][$1] * minors[0][$1] }
    let square = minors.flatMap(\.self).reduce(0, +) / determinant
    let density = -0.5 * square - 0.5 * log(determinant) - 1.5 * log(2 * .pi)
    #expect(abs(try normal.logPrior([0.5, 2, -1, 1.5]) - density) < 1e-12)
  }

  @Test(arguments: [normal, shares, ordered]) func theCubeIsTheWayBack(_ priors: [Prior]) throws {
    let problem = try Self.problem(priors)
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 79), index: 0)
    for _ in 0..<50 {
      let cube = (0..<problem.dimension).map { _ in stream.uniform() }
      for (u, v) in zip(cube, try problem.cube(of: problem.values(at: cube))) { #expect(abs(u - v) < 1e-9) }
    }
  }

  /// Slopes of what moves along are differences of maps that are straight lines, and exact.
  @Test(arguments: [normal, shares, ordered]) func slopesFollowTheGroup(_ priors: [Prior]) throws {
    let names = priors.indices.map { "x\($0)" }
    let problem = try Problem(
      "p", parameters: Parameter.each(names, priors),
      logLikelihood: { theta in (0..<theta.count).reduce(0) { $0 + Double($1 + 1) * theta[$1] * theta[$1] } }
    ) { theta, gradient in
      for i in 0..<theta.count { gradient[i] = 2 * Double(i + 1) * theta[i] }
      return (0..<theta.count).reduce(0) { $0 + Double($1 + 1) * theta[$1] * theta[$1] }
    }
    let point = names.indices.map { 0.3 - 0.4 * Double($0) }
    var (all, slopes) = (EvaluationBuffer(), EvaluationBuffer())
    let evaluator = Evaluator(problem)
    try point.withUnsafeBufferPointer {
      try evaluator.evaluate($0, in: .whitened, gradients: true, into: &slopes)
    }
    for k in point.indices {
      all.removeAll()
      var (low, high) = (point, point)
      low[k] -= 1e-5
      high[k] += 1e-5
      try (low + high).withUnsafeBufferPointer { try evaluator.evaluate($0, in: .whitened, into: &all) }
      let found = (all.logLikelihoods[1] - all.logLikelihoods[0]) / (high[k] - low[k])
      #expect(abs(slopes.gradients[k] - found) < 1e-6 * (1 + abs(found)), "coordinate \(k)")
    }
  }

  @Test(arguments: [
    (
      [Prior].multivariateNormal(mean: [0, 0], covariance: [[1, 2], [2, 1]]),
      "symmetric and positive definite"
    ),
    (
      .multivariateNormal(mean: [0, 0], covariance: [[1, 0.5], [0.2, 1]]), "symmetric and positive definite"
    ),
    (.multivariateNormal(mean: [0, .nan], covariance: [[1, 0], [0, 1]]), "finite means"),
    (.multivariateNormal(mean: [0, 0], covariance: [[1]]), "as many rows and columns as there are means"),
    (.dirichlet([1, 0, 2]), "needs alphas that are positive and finite"),
    (.orderedUniform(2, 3, 1), "needs its lower bound below its upper bound"),
  ]) func badNumbersAreNamed(_ priors: [Prior], _ words: String) throws {
    let error = #expect(throws: InputError.self) { try Self.problem(priors) }
    #expect(error?.words.contains("parameter \"x0\": jointly ") == true)
    #expect(error?.words.contains(words) == true, "\(error?.words ?? "")")
  }

  @Test func groupsStayTogether() throws {
    let (p, other) = (Self.ordered, [Prior].orderedUniform(4, -1, 3))
    for broken in [
      Array(p[..<3]), Array(p.reversed()), [p[0], p[1], other[2], p[3]], [p[0], p[0], p[1], p[2]],
    ] {
      let error = #expect(throws: InputError.self) { try Self.problem(broken) }
      #expect(error?.words.contains("needs the others that belong to it before and after it") == true)
    }
    #expect(throws: InputError("1 names are given for 4 priors")) { try Parameter.each(["a"], p) }
    _ = try Self.problem(p + other)
  }

  @Test func descriptionsHaveExactQuantiles() throws {
    let described = try Self.problem(Self.normal).parameterDescriptions()
    #expect(described[1].prior == "jointly normal, mean 1.0, covariance [4.0] (1 of 3)")
    #expect(described[2].prior == "jointly normal, mean -2.0, covariance [1.2, 1.0] (2 of 3)")
    #expect(described[1].isConditional && !described[0].isConditional)
    let median = 0.5 * (described[2].priorQuantiles[127] + described[2].priorQuantiles[128])
    #expect(abs(median + 2) < 1e-12 && described[2].lower == -.infinity)
    #expect(try Self.problem(Self.normal).logPriorEvidence == nil)
  }

  @Test func fingerprintsTellCovariancesApart() throws {
    let other: [Prior] = .multivariateNormal(
      mean: [1, -2, 0.5], covariance: [[4, 1.1, -0.6], [1.1, 1, 0.3], [-0.6, 0.3, 2]])
    let difference = try Self.problem(Self.normal).fingerprint.difference(
      to: try Self.problem(other).fingerprint, called: "rank 1")
    #expect(difference?.contains("the prior of \"x1\"") == true)
  }
}
