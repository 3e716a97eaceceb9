/// A model of the user's with the points that it is to be evaluated at.
struct PredictionTask {
  /// What the model is of.
  let problem: String
  /// The names of the parameters, in the order of the columns of the points.
  let parameters: [String]
  let points: PointMatrix
  /// Which row of a result each point is, where that is known.
  let rows: [Int]
  /// Which random streams the points have; nil where nothing is random.
  let noise: (seed: UInt64, purpose: RandomStream.Purpose)?
  let isThreadSafe: Bool
  /// Whether this process gets nothing.
  let isSilent: Bool
  let model: NoisyModel

  func carriedOut(on pool: Pool) throws -> Prediction? {
    let problem = try workersProblem()
    let crew = try Crew(pool, problems: [problem], kinds: [WorkKind(PredictionPiece.self)])
    defer { crew.close() }
    return try carriedOut(problem, on: crew)
  }

  func carriedOut(on crew: Crew) throws -> Prediction? { try carriedOut(workersProblem(), on: crew) }

  private func carriedOut(_ problem: Problem, on crew: Crew) throws -> Prediction? {
    var settings = RunSettings()
    settings.showsProgress = false
    settings.callGuard = crew.callGuard
    let driven = try crew.drive(
      PredictionSampler(pointsOfWorkers), on: problem,
      engine: EngineDescription(name: "prediction", live: 0, dimension: 1), settings: settings,
      sharing: \.withoutPoints
    ) { record, _, _ in record }
    guard driven.value.isWhole else {
      throw Interrupted(
        description:
          "the prediction was interrupted after \(driven.value.count) of \(points.rows) points")
    }
    guard driven.rank == 0, !isSilent else { return nil }
    return driven.value.prediction(at: points, rows: rows)
  }

  /// Where there is noise a worker must know which of the points it has: that is one more column.
  private var pointsOfWorkers: PointMatrix {
    guard noise != nil else { return points }
    return PointMatrix(
      columns: points.columns + 1,
      values: (0..<points.rows).flatMap { points[row: $0] + [Double($0)] })
  }

  /// The model as something that workers evaluate: its parameters are those of the points, its outputs are derived quantities.
  private func workersProblem() throws -> Problem {
    let count = try outputs()
    var names = parameters
    if noise != nil {
      var name = "draw"
      while names.contains(name) { name += "_" }
      names.append(name)
    }
    let (model, noise) = (model, noise)
    return try Problem(
      "prediction from \(problem)", parameters: names.map { Parameter($0, .uniform(0, 1)) },
      derived: (0..<count).map { DerivedQuantity("output \($0)") }, threadSafe: isThreadSafe
    ) { point, outputs in
      var point = point.withUnsafeBufferPointer { Array($0) }
      var stream = Self.stream(noise, noise == nil ? 0 : point.removeLast())
      let values = try model(point, &stream)
      guard values.count == count else {
        throw InputError("the model gave \(values.count) outputs at \(point) and \(count) before")
      }
      for i in 0..<count { outputs[i] = values[i] }
      return 0
    }
  }

  /// How many outputs the model has, by the first point that it does not refuse.
  private func outputs() throws -> Int {
    for row in 0..<points.rows {
      var stream = Self.stream(noise, Double(row))
      do {
        let count = try model(points[row: row], &stream).count
        guard count > 0 else { throw InputError("the model to predict from has no outputs") }
        return count
      } catch is PointRefused { continue }
    }
    throw InputError("the model to predict from refuses all \(points.rows) points")
  }

  private static func stream(
    _ noise: (seed: UInt64, purpose: RandomStream.Purpose)?, _ row: Double
  ) -> RandomStream {
    // Problems are told apart at a point that is no row of any.
    RandomStream(
      seed: noise?.seed ?? 0, purpose: noise?.purpose ?? .init(rawValue: 0), index: UInt64(exactly: row) ?? 0)
  }
}
