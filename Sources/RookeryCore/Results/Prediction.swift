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
  ///   the model throws; ``PoolError``.
  public func predict(
    at points: PredictionPoints, on pool: Pool = .serial, threadSafe: Bool = false, seed: UInt64 = 0,
    _ model: @escaping @Sendable ([Double]) throws -> [Double]
  ) throws -> Prediction? {
    let points = try self.points(points, seed: seed)
    let count = try model(points[row: 0]).count
    guard count > 0 else { throw InputError("the model to predict from has no outputs") }
    var problem = try Problem(
      "prediction from \(problem)", parameters: [Parameter("point", .uniform(0, Double(points.rows)))],
      derived: (0..<count).map { DerivedQuantity("y\($0)") }, threadSafe: threadSafe
    ) { place, outputs in
      let point = points[row: min(Int(saturating: place[0]), points.rows - 1)]
      let values = try model(point)
      guard values.count == count else {
        throw InputError("the model gave \(values.count) outputs at \(point) and \(count) before")
      }
      for i in 0..<count { outputs[i] = values[i] }
      return 0
    }
    problem.onNaN = .error
    var settings = RunSettings()
    settings.showsProgress = false
    let result = try run(
      PredictionSampler(count: points.rows, outputs: count), on: problem,
      engine: EngineDescription(name: "prediction", live: 0, dimension: 1), settings: settings, pool: pool)
    guard result.ending == .converged else {
      throw PoolError(
        "the prediction was interrupted after \(result.logLikelihoods.count) of \(points.rows) points")
    }
    guard result.rank == 0, rank == 0 else { return nil }
    let kept = result.logLikelihoods.indices.filter { result.logLikelihoods[$0] == 0 }
    return Prediction(points: points.rows(at: kept), values: result.derivedSamples.rows(at: kept))
  }

  private func points(_ points: PredictionPoints, seed: UInt64) throws -> PointMatrix {
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

/// Asks for each point of a list once: a sampler, so that predictions run on every pool.
private struct PredictionSampler: Sampler {
  let count: Int
  let outputs: Int
  private var issued = 0
  private var values: PointMatrix
  private var logL: [Double] = []

  init(count: Int, outputs: Int) {
    self.count = count
    self.outputs = outputs
    values = PointMatrix(columns: outputs)
  }

  let window = 256

  mutating func next() -> Issue<PredictionPiece>? {
    guard issued < count else { return nil }
    defer { issued += 1 }
    return .piece(PredictionPiece(position: (Double(issued) + 0.5) / Double(count)))
  }

  mutating func absorb(_ outcome: PredictionOutcome, of piece: PredictionPiece) {
    logL.append(outcome.logL)
    values.append(outcome.values)
  }

  var ending: Ending? { logL.count == count ? .converged : nil }
  var status: SamplerStatus { SamplerStatus() }

  func record() -> RunRecord {
    let positions = logL.indices.map { (Double($0) + 0.5) / Double(count) }
    return RunRecord(
      cube: PointMatrix(columns: 1, values: positions), derived: values, logLikelihoods: logL,
      kind: .importance(logPriorToProposal: logL.map { _ in 0 }, logZError: 0))
  }

  func encode(to writer: inout WireWriter) {
    writer.write(count)
    writer.write(outputs)
    writer.write(issued)
    writer.write(values)
    writer.write(logL)
  }

  init(from reader: inout WireReader) throws(WireError) {
    count = try reader.read()
    outputs = try reader.read()
    issued = try reader.read()
    values = try reader.read()
    logL = try reader.read()
  }
}

/// One point of a prediction, by its place in the list.
private struct PredictionPiece: Work {
  typealias Context = NoContext

  let position: Double
  var mostCalls: Int { 1 }

  init(position: Double) { self.position = position }

  func perform(with context: NoContext, on evaluator: Evaluator) throws -> PredictionOutcome {
    let logL = try withUnsafePointer(to: position) {
      try evaluator.logLikelihood(UnsafeBufferPointer(start: $0, count: 1))
    }
    return PredictionOutcome(logL: logL, values: Array(evaluator.derived))
  }

  func encode(to writer: inout WireWriter) { writer.write(position) }
  init(from reader: inout WireReader) throws(WireError) { position = try reader.read() }
}

private struct PredictionOutcome: Wire, Sendable {
  let logL: Double
  let values: [Double]

  init(logL: Double, values: [Double]) {
    self.logL = logL
    self.values = values
  }

  func encode(to writer: inout WireWriter) {
    writer.write(logL)
    writer.write(values)
  }

  init(from reader: inout WireReader) throws(WireError) {
    logL = try reader.read()
    values = try reader.read()
  }
}
