/// What a model of the user's predicts from a posterior or a prior.
public struct Prediction: Sendable {
  /// The parameters it was evaluated at, one point a row.
  public let points: PointMatrix
  /// Which row of the result's samples each point is; empty for medians and for draws from the prior.
  public let rows: [Int]
  /// The outputs, one point a row; all points weigh the same.
  public let values: PointMatrix

  /// The mean of each output over the points.
  public var mean: [Double] { columns { RunResult.moments($0, ones).mean } }
  /// The standard deviation of each output over the points.
  public var deviation: [Double] { columns { RunResult.moments($0, ones).deviation } }

  /// A quantile of each output over the points.
  ///
  /// - Parameter level: from 0 to 1; what is beyond counts as the nearer of the two.
  public func quantile(_ level: Double) -> [Double] { columns { SortedColumn($0, ones).quantile(level) } }

  private var ones: [Double] { [Double](repeating: 1, count: values.rows) }

  private func columns(_ summary: ([Double]) -> Double) -> [Double] {
    (0..<values.columns).map { summary(values.column($0)) }
  }
}

/// A model that predicts with noise: from the values of all parameters in order to any number of outputs, as many each time. What is random
/// in it comes from the stream, of which each draw has its own, for the same bits on every pool.
public typealias NoisyModel = @Sendable (_ theta: [Double], _ stream: inout RandomStream) throws -> [Double]

extension RunResult {
  /// Where a model is evaluated for a prediction.
  public enum PredictionPoints: Sendable {
    /// At the median of each parameter.
    case median
    /// At the sample of highest posterior density.
    case map
    /// At the sample of highest likelihood.
    case best
    /// At so many draws from the posterior.
    case draws(Int)
  }

  private static let noisePurpose = RandomStream.Purpose(rawValue: 0x5052_4e50)

  /// Evaluates a model of the user's over the posterior, on a pool.
  ///
  /// Every rank of an MPI job must call it, as every rank calls ``sample(_:by:settings:on:)``. The result does not depend on
  /// the pool.
  ///
  /// - Parameters:
  ///   - points: where.
  ///   - pool: where the work is done.
  ///   - threadSafe: whether the model may run on several threads at once.
  ///   - seed: of the draws.
  ///   - model: from the values of all parameters in order to any number of outputs, as many each time. A point for which it throws
  ///     ``PointRefused`` is left out.
  /// - Returns: the outputs, on rank 0; nil, silently, elsewhere.
  /// - Throws: ``InputError`` for no draws, a result without weights, a model that refuses all points, and outputs that differ in number;
  ///   ``LikelihoodFailure`` for what the model throws; ``PoolError``; ``Interrupted`` where the program is to stop.
  public func predict(
    at points: PredictionPoints, on pool: Pool = .serial, threadSafe: Bool = false, seed: UInt64 = 0,
    _ model: @escaping @Sendable ([Double]) throws -> [Double]
  ) throws -> Prediction? {
    try prediction(points, seed, threadSafe, isNoisy: false) { theta, _ in try model(theta) }.carriedOut(
      on: pool)
  }

  /// The same on a crew. Processes that were forked before know nothing of the model, and are forked anew.
  public func predict(
    at points: PredictionPoints, on crew: Crew, threadSafe: Bool = false, seed: UInt64 = 0,
    _ model: @escaping @Sendable ([Double]) throws -> [Double]
  ) throws -> Prediction? {
    try prediction(points, seed, threadSafe, isNoisy: false) { theta, _ in try model(theta) }.carriedOut(
      on: crew)
  }

  /// The same with noise: draws from the posterior predictive distribution, for replicated data.
  ///
  /// ```swift
  /// let replicated = try result.predict(at: .draws(500), on: run.pool()) { theta, stream in
  ///   x.map { theta[0] + theta[1] * $0 + theta[2] * stream.normal() }
  /// }
  /// ```
  ///
  /// - Parameter seed: of the draws and the noise.
  public func predict(
    at points: PredictionPoints, on pool: Pool = .serial, threadSafe: Bool = false, seed: UInt64 = 0,
    _ model: @escaping NoisyModel
  ) throws -> Prediction? {
    try prediction(points, seed, threadSafe, isNoisy: true, model).carriedOut(on: pool)
  }

  /// The same with noise on a crew.
  public func predict(
    at points: PredictionPoints, on crew: Crew, threadSafe: Bool = false, seed: UInt64 = 0,
    _ model: @escaping NoisyModel
  ) throws -> Prediction? {
    try prediction(points, seed, threadSafe, isNoisy: true, model).carriedOut(on: crew)
  }

  private func prediction(
    _ points: PredictionPoints, _ seed: UInt64, _ threadSafe: Bool, isNoisy: Bool,
    _ model: @escaping NoisyModel
  ) throws -> PredictionTask {
    let (points, rows) = try self.points(points, seed: seed)
    return PredictionTask(
      problem: problem, parameters: parameters.map(\.name), points: points, rows: rows,
      noise: isNoisy ? (seed, Self.noisePurpose) : nil, isThreadSafe: threadSafe, isSilent: rank != 0,
      model: model)
  }

  private func points(_ points: PredictionPoints, seed: UInt64) throws -> (PointMatrix, rows: [Int]) {
    if head.isOnRankZeroAlone {
      throw InputError(
        "a prediction needs the draws on every rank, and this run was asked for them on rank 0 alone")
    }
    let nothing = InputError("\"\(problem)\" has no samples with weight to predict from")
    switch points {
    case .median:
      // The model may not know a periodic parameter beyond the range of its prior.
      let medians = zip(parameters, marginals()).map { $1.branch == nil ? $1.median : $0.inRange($1.median) }
      guard medians.allSatisfy({ !$0.isNaN }) else { throw nothing }
      return (PointMatrix(columns: medians.count, values: medians), [])
    case .map, .best:
      let index = if case .map = points { mapIndex } else { bestIndex }
      guard hasPriorDensity || index != nil else {
        throw InputError(
          "a prior of \"\(problem)\" has no density, so that no sample is the most probable; predict from .best"
        )
      }
      guard let index else { throw nothing }
      return (samples.rows(at: [index]), [index])
    case .draws(let count):
      guard count > 0, count <= Problem.mostDraws else {
        throw InputError("a prediction needs 1 to 10 million draws, not \(count)")
      }
      let rows = equallyWeightedRows(count, seed: seed)
      guard rows.count == count else { throw nothing }
      return (samples.rows(at: rows), rows)
    }
  }
}

extension Problem {
  private static let noisePurpose = RandomStream.Purpose(rawValue: 0x5052_4e51)

  /// Evaluates a model over draws from the prior, on a pool: what the priors expect of data before there are any. The points of what comes
  /// back are those of ``priorDraws(_:seed:)``.
  ///
  /// Every rank of an MPI job must call it. The result does not depend on the pool.
  ///
  /// ```swift
  /// let expected = try problem.predict(priorDraws: 500, on: run.pool()) { theta, stream in
  ///   x.map { theta[0] + theta[1] * $0 + theta[2] * stream.normal() }
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - priorDraws: how many draws.
  ///   - pool: where the work is done.
  ///   - threadSafe: whether the model may run on several threads at once.
  ///   - seed: of the draws and the noise.
  ///   - model: see ``NoisyModel``. A point for which it throws ``PointRefused`` is left out.
  /// - Returns: the outputs, on rank 0; nil, silently, elsewhere.
  /// - Throws: what ``priorDraws(_:seed:)`` throws, and as ``RunResult/predict(at:on:threadSafe:seed:_:)`` does.
  public func predict(
    priorDraws: Int, on pool: Pool = .serial, threadSafe: Bool = false, seed: UInt64 = 0,
    _ model: @escaping NoisyModel
  ) throws -> Prediction? {
    try prediction(priorDraws, seed, threadSafe, model).carriedOut(on: pool)
  }

  /// The same on a crew. Processes that were forked before know nothing of the model, and are forked anew.
  public func predict(
    priorDraws: Int, on crew: Crew, threadSafe: Bool = false, seed: UInt64 = 0, _ model: @escaping NoisyModel
  ) throws -> Prediction? {
    try prediction(priorDraws, seed, threadSafe, model).carriedOut(on: crew)
  }

  private func prediction(
    _ count: Int, _ seed: UInt64, _ threadSafe: Bool, _ model: @escaping NoisyModel
  ) throws -> PredictionTask {
    PredictionTask(
      problem: name, parameters: parameters.map(\.name), points: try priorDraws(count, seed: seed), rows: [],
      noise: (seed, Self.noisePurpose), isThreadSafe: threadSafe, isSilent: false, model: model)
  }
}
