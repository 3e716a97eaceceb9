import Glibc

/// The log-likelihood of each datum at draws from the posterior: what ``loo()`` and ``waic()`` are computed from.
public struct PointwiseLogLikelihoods: Sendable {
  /// In nats, draws × data. Densities must be normalised, with all factors that depend on parameters and, where models are compared, all
  /// others.
  public let values: PointMatrix
  /// Which row of the result's samples each draw is; empty for draws of other origin.
  public let rows: [Int]
  /// The parameters of each draw, draws × parameters; without columns for draws of other origin.
  public let points: PointMatrix
  /// How many independent draws these are worth. Draws of a result are independent of each other but for repeats: one of large weight comes
  /// more than once. This is then (Σm)² / Σm² over how often each comes, which is near their number as long as that is well below the
  /// result's effective sample size. How far chains of a nested run leave neighbours alike is not counted.
  public let effectiveSize: Double
  /// What was seen when they were made.
  let findings: [Finding]

  /// How many draws there are.
  public var draws: Int { values.rows }
  /// How many data there are.
  public var data: Int { values.columns }
  /// The effective size over the number of draws: the r_eff of the loo package, `reff` of ArviZ.
  public var relativeEfficiency: Double { effectiveSize / Double(draws) }

  /// Those of draws from elsewhere, all of one weight.
  ///
  /// - Parameters:
  ///   - draws: for each draw the log-likelihood of every datum, in nats.
  ///   - effectiveSize: how many independent draws these are worth; nil for all of them.
  /// - Throws: ``InputError`` for no draws, no data, draws of different length, what is no finite number, and an effective size that is not
  ///   above zero.
  public init(_ draws: [[Double]], effectiveSize: Double? = nil) throws {
    guard let data = draws.first?.count, data > 0 else {
      throw InputError("there are no log-likelihoods of data: give at least one draw and one datum")
    }
    if let odd = draws.firstIndex(where: { $0.count != data }) {
      throw InputError("draw \(odd) has log-likelihoods of \(draws[odd].count) data, and draw 0 of \(data)")
    }
    for (i, draw) in draws.enumerated() { try Self.check(draw, of: "draw \(i)") }
    let size = effectiveSize ?? Double(draws.count)
    guard size > 0, size.isFinite else {
      throw InputError("the effective size of \(draws.count) draws cannot be \(size)")
    }
    self.init(
      values: PointMatrix(columns: data, values: draws.flatMap(\.self)), rows: [],
      points: PointMatrix(columns: 0), effectiveSize: size, findings: [])
  }

  init(values: PointMatrix, rows: [Int], points: PointMatrix, effectiveSize: Double, findings: [Finding]) {
    self.values = values
    self.rows = rows
    self.points = points
    self.effectiveSize = effectiveSize
    self.findings = findings
  }

  /// - Throws: ``InputError`` that names a datum whose log-likelihood is no finite number.
  static func check(_ logLikelihoods: [Double], of place: String) throws {
    guard let i = logLikelihoods.firstIndex(where: { !$0.isFinite }) else { return }
    let value = logLikelihoods[i]
    throw InputError(
      "the log-likelihood of datum \(i), counted from 0, is \(value) at \(place)"
        + (value == -.infinity ? ", which a draw from the posterior cannot have" : ""))
  }
}

extension RunResult {
  /// Evaluates the log-likelihood of each datum at draws from the posterior, on a pool: for cross-validation by
  /// ``PointwiseLogLikelihoods/loo()``.
  ///
  /// Sampling needs only the sum over the data, and is not slowed down by the parts. Every rank of an MPI job must call it. The result does
  /// not depend on the pool.
  ///
  /// ```swift
  /// let parts = try result.pointwise(at: .draws(1000), on: run.pool()) { theta in
  ///   data.map { d in -0.5 * pow((d.y - theta[0] * d.x) / theta[1], 2) - log(theta[1]) - 0.5 * log(2 * .pi) }
  /// }
  /// if let loo = try parts?.loo() { print(loo) }
  /// ```
  ///
  /// - Parameters:
  ///   - points: where; some hundred to a few thousand draws.
  ///   - pool: where the work is done.
  ///   - threadSafe: whether the closure may run on several threads at once.
  ///   - seed: of the draws.
  ///   - logLikelihoods: from the values of all parameters in order to the log-likelihood of each datum, in nats.
  /// - Returns: draws × data, on rank 0; nil, silently, elsewhere.
  /// - Throws: ``InputError`` for no draws, a result without weights, and no data; ``LikelihoodFailure`` that names the parameters for what
  ///   the closure throws, other numbers of data than before, and log-likelihoods that are no finite numbers; ``PoolError``;
  ///   ``Interrupted`` where the program is to stop.
  public func pointwise(
    at points: PredictionPoints, on pool: Pool = .serial, threadSafe: Bool = false, seed: UInt64 = 0,
    _ logLikelihoods: @escaping @Sendable ([Double]) throws -> [Double]
  ) throws -> PointwiseLogLikelihoods? {
    try pointwise(
      try predict(
        at: points, on: pool, threadSafe: threadSafe, seed: seed, Self.checked(logLikelihoods)))
  }

  /// The same on a crew. Processes that were forked before know nothing of the closure, and are forked anew.
  public func pointwise(
    at points: PredictionPoints, on crew: Crew, threadSafe: Bool = false, seed: UInt64 = 0,
    _ logLikelihoods: @escaping @Sendable ([Double]) throws -> [Double]
  ) throws -> PointwiseLogLikelihoods? {
    try pointwise(
      try predict(
        at: points, on: crew, threadSafe: threadSafe, seed: seed, Self.checked(logLikelihoods)))
  }

  /// Checked where it is evaluated, for the failure to name the parameters.
  private static func checked(
    _ logLikelihoods: @escaping @Sendable ([Double]) throws -> [Double]
  ) -> @Sendable ([Double]) throws -> [Double] {
    { theta in
      do {
        let values = try logLikelihoods(theta)
        try PointwiseLogLikelihoods.check(values, of: "\(theta)")
        return values
      } catch let refusal as PointRefused {
        // Left out it would make the rest the draws of another posterior.
        throw InputError(
          "the draw \(theta) from the posterior was refused"
            + (refusal.reason.isEmpty ? "" : " (\(refusal.reason))"))
      }
    }
  }

  private func pointwise(_ prediction: Prediction?) throws -> PointwiseLogLikelihoods? {
    guard let prediction else { return nil }
    let values = prediction.values
    var times: [Int: Double] = [:]
    for row in prediction.rows { times[row, default: 0] += 1 }
    let size = Double(values.rows)
    let effective = times.isEmpty ? size : size * size / times.values.reduce(0) { $0 + $1 * $1 }
    return PointwiseLogLikelihoods(
      values: values, rows: prediction.rows, points: prediction.points, effectiveSize: effective,
      findings: [strayFinding(values, rows: prediction.rows)].compactMap(\.self))
  }

  /// The log-likelihoods of the data and that of the run may differ by a constant. Where the difference changes from draw to draw the two
  /// are not of one model.
  private func strayFinding(_ values: PointMatrix, rows: [Int]) -> Finding? {
    let differences = rows.enumerated().map { draw, row in
      values.withRow(draw) { $0.reduce(0, +) } - logLikelihoods[row]
    }
    guard let least = differences.min(), let most = differences.max(), most - least > 1e-3 else { return nil }
    return Finding("pointwise-not-the-whole", .note, ["spread": most - least])
  }
}
