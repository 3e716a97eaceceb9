public import RookeryCore

/// A problem whose evidence is known, and the mean and width of its posterior, to hold a sampler against.
///
/// Evidence is with respect to the uniform prior on the box: log Z = ln(∫ L dθ / volume). Likelihoods
/// allocate nothing, so that a run of one of these costs what the engine costs.
public struct ReferenceProblem: Sendable {
  public let name: String
  /// What it is, in one line.
  public let summary: String
  public let knownLogZ: Double
  /// By how much `knownLogZ` may be off.
  public let knownLogZError: Double
  /// The posterior mean of each parameter, where known.
  public let posteriorMean: [Double]?
  /// The posterior standard deviation of each parameter, where known.
  public let posteriorDeviation: [Double]?
  public let problem: Problem

  public var dimension: Int { problem.dimension }

  /// A problem on the box between `lower` and `upper`, with parameters theta0, theta1, …
  init(
    _ name: String, summary: String, lower: [Double], upper: [Double],
    knownLogZ: Double, error knownLogZError: Double,
    mean: [Double]?, deviation: [Double]?,
    logLikelihood: @escaping @Sendable (Span<Double>) -> Double
  ) throws {
    self.name = name
    self.summary = summary
    self.knownLogZ = knownLogZ
    self.knownLogZError = knownLogZError
    posteriorMean = mean
    posteriorDeviation = deviation
    let parameters = zip(lower, upper).enumerated().map { i, bounds in
      Parameter("theta\(i)", .uniform(bounds.0, bounds.1), label: "\\theta_{\(i)}")
    }
    problem = try Problem(
      name, parameters: parameters, threadSafe: true, logLikelihood: logLikelihood)
  }
}

extension ReferenceProblem {
  /// All reference problems. Their constants are in the code and cannot fail; a test counts them.
  public static let all: [ReferenceProblem] = [
    eggbox2, shells2, shells10, gauss5, gauss10, gauss20, gauss30, rosenbrock10, loggamma10, funnel20,
    plateau4, banana10,
  ].compactMap { try? $0() }

  /// The reference problem of the given name.
  ///
  /// - Throws: ``InputError`` for a name there is none of, which says which name comes nearest.
  public static func named(_ name: String) throws -> ReferenceProblem {
    if let found = all.first(where: { $0.name == name }) { return found }
    throw InputError(
      "there is no reference problem \"\(name)\""
        + (nearest(to: name, among: all.map(\.name)).map { "; did you mean \"\($0)\"?" }
          ?? "; `rookery problems` lists them"))
  }
}

/// ½ ln 2π.
let halfLogTwoPi = 0.918_938_533_204_672_8
