/// How samples are drawn.
public enum Method: Sendable {
  /// Importance nested sampling with shells, networks and fitted mixtures, after nautilus.
  case importanceNested(ImportanceNestedSettings)
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
  case .importanceNested(let shells):
    let sampler = try ImportanceNestedSampler(problem, settings: shells, seed: settings.seed)
    let engine = EngineDescription(
      name: "rookery-nautilus", live: shells.live, dimension: problem.dimension)
    return try run(sampler, on: problem, engine: engine, settings: settings, pool: pool)
  case .nested(let nested):
    let sampler = try NestedSampler(problem: problem, settings: nested, seed: settings.seed)
    let engine = EngineDescription(
      name: "rookery-dynesty", live: nested.live, dimension: problem.dimension)
    return try run(sampler, on: problem, engine: engine, settings: settings, pool: pool)
  }
}

extension Method {
  /// The method that needs the fewest likelihood calls for a problem, as far as its dimension tells: shells as long as points can be
  /// drawn from bounds, chains above.
  public static func automatic(for problem: Problem) -> Method {
    problem.dimension <= 16 ? .importanceNested(ImportanceNestedSettings()) : .nested(NestedSettings())
  }

  /// Whether this is importance nested sampling.
  public var isImportanceNested: Bool {
    if case .importanceNested = self { true } else { false }
  }
}
