/// How samples are drawn.
public enum Method: Sendable {
  /// Nested sampling with live points, after dynesty.
  case nested(NestedSettings)
}

/// Samples a problem and returns the result on every rank.
///
/// - Parameters:
///   - problem: what is to be inferred.
///   - method: how.
///   - settings: seed and limits.
///   - pool: where the work is done; the result does not depend on it.
/// - Throws: ``InputError`` for settings that cannot be, ``LikelihoodFailure``, ``PoolError``. Under MPI every rank throws
///   the same error.
public func sample(
  _ problem: Problem, by method: Method, settings: RunSettings = RunSettings(), on pool: Pool = .serial
) throws -> RunResult {
  switch method {
  case .nested(let nested):
    let sampler = try NestedSampler(problem: problem, settings: nested, seed: settings.seed)
    let engine = EngineDescription(
      name: "rookery-dynesty", live: nested.live, dimension: problem.dimension)
    return try run(sampler, on: problem, engine: engine, settings: settings, pool: pool)
  }
}
