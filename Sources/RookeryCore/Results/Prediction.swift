import Glibc

/// What a model of the user's predicts from a posterior.
public struct Prediction: Sendable {
  /// The parameters it was evaluated at, one point a row.
  public let points: PointMatrix
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
  /// - Throws: ``InputError`` for no draws, a result without weights, and outputs that differ in number; ``LikelihoodFailure`` for what
  ///   the model throws; ``PoolError``; ``Interrupted`` where the program is to stop.
  public func predict(
    at points: PredictionPoints, on pool: Pool = .serial, threadSafe: Bool = false, seed: UInt64 = 0,
    _ model: @escaping @Sendable ([Double]) throws -> [Double]
  ) throws -> Prediction? {
    let sampler = PredictionSampler(try self.points(points, seed: seed))
    let problem = try predictionProblem(threadSafe: threadSafe, at: sampler.points, model)
    let crew = try Crew(pool, problems: [problem], kinds: [WorkKind(PredictionPiece.self)])
    defer { crew.close() }
    return try predict(sampler, of: problem, on: crew)
  }

  /// The same on a crew. Processes that were forked before know nothing of the model, and are forked anew.
  public func predict(
    at points: PredictionPoints, on crew: Crew, threadSafe: Bool = false, seed: UInt64 = 0,
    _ model: @escaping @Sendable ([Double]) throws -> [Double]
  ) throws -> Prediction? {
    let sampler = PredictionSampler(try self.points(points, seed: seed))
    let problem = try predictionProblem(threadSafe: threadSafe, at: sampler.points, model)
    return try predict(sampler, of: problem, on: crew)
  }

  private func predict(_ sampler: PredictionSampler, of problem: Problem, on crew: Crew) throws -> Prediction?
  {
    var settings = RunSettings()
    settings.showsProgress = false
    settings.callGuard = crew.callGuard
    let driven = try crew.drive(
      sampler, on: problem, engine: EngineDescription(name: "prediction", live: 0, dimension: 1),
      settings: settings, sharing: \.withoutPoints
    ) { record, _, _ in record }
    guard driven.value.isWhole else {
      throw Interrupted(
        description:
          "the prediction was interrupted after \(driven.value.count) of \(sampler.points.rows) points")
    }
    guard driven.rank == 0, rank == 0 else { return nil }
    return driven.value.prediction(at: sampler.points)
  }

  /// The model as something that workers evaluate: its parameters are those of the result, its outputs are derived quantities.
  private func predictionProblem(
    threadSafe: Bool, at points: PointMatrix, _ model: @escaping @Sendable ([Double]) throws -> [Double]
  ) throws -> Problem {
    let count = try model(points[row: 0]).count
    guard count > 0 else { throw InputError("the model to predict from has no outputs") }
    return try Problem(
      "prediction from \(problem)", parameters: parameters.map { Parameter($0.name, .uniform(0, 1)) },
      derived: (0..<count).map { DerivedQuantity("output \($0)") }, threadSafe: threadSafe
    ) { point, outputs in
      let point = point.withUnsafeBufferPointer { Array($0) }
      let values = try model(point)
      guard values.count == count else {
        throw InputError("the model gave \(values.count) outputs at \(point) and \(count) before")
      }
      for i in 0..<count { outputs[i] = values[i] }
      return 0
    }
  }

  private func points(_ points: PredictionPoints, seed: UInt64) throws -> PointMatrix {
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
      return PointMatrix(columns: medians.count, values: medians)
    case .map, .best:
      let index = if case .map = points { mapIndex } else { bestIndex }
      guard hasPriorDensity || index != nil else {
        throw InputError(
          "a prior of \"\(problem)\" has no density, so that no sample is the most probable; predict from .best"
        )
      }
      guard let index else { throw nothing }
      return samples.rows(at: [index])
    case .draws(let count):
      guard count > 0, count <= 10_000_000 else {
        throw InputError("a prediction needs 1 to 10 million draws, not \(count)")
      }
      let draws = draws(count, seed: seed)
      guard draws.rows == count else { throw nothing }
      return draws
    }
  }
}
