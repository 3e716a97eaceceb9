/// How samples are drawn.
public enum Method: Sendable {
  /// Importance nested sampling where it is likely to need fewer calls, and nested sampling where it is not or
  /// has come to nothing.
  case automatic
  /// The same, until the posterior sample is worth so many independent points (Kish).
  case automaticFor(effectiveSize: Double)
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
  _ problem: Problem, by method: Method = .automatic, settings: RunSettings = RunSettings(),
  on pool: Pool = .serial
) throws -> RunResult {
  let crew = try Crew(on: pool, for: [problem], settings: settings)
  defer { crew.close() }
  return try crew.sample(problem, by: method, settings: settings)
}

extension Crew {
  /// Opens a pool for runs on problems; others may follow, but workers that are processes are then forked anew.
  ///
  /// - Parameter settings: how runs guard their calls (`callTimeout`, `onCrash`, `silenceTimeout`), which is then the same for all of them.
  /// - Throws: ``InputError`` for a pool that cannot be had here or for these problems, ``PoolError``.
  public convenience init(
    on pool: Pool, for problems: [Problem] = [], settings: RunSettings = RunSettings()
  ) throws {
    try self.init(
      pool, problems: problems,
      kinds: [
        WorkKind(NestedPiece.self), WorkKind(ShellPiece.self), WorkKind(PredictionPiece.self),
        WorkKind(PointPiece.self),
      ], settings: settings)
  }

  /// Samples a problem and returns the result on every rank, like ``sample(_:by:settings:on:)``, and keeps the workers.
  ///
  /// - Throws: ``InputError`` for settings that cannot be, ``LikelihoodFailure``, ``PoolError``. Under MPI every rank throws the same error.
  public func sample(
    _ problem: Problem, by method: Method = .automatic, settings: RunSettings = RunSettings()
  ) throws -> RunResult {
    switch method {
    case .automatic: return try sampleAutomatically(problem, nil, settings)
    case .automaticFor(let size): return try sampleAutomatically(problem, size, settings)
    case .importanceNested(let shells): return try sample(problem, shells, settings)
    case .nested(let nested): return try sample(problem, nested, settings)
    }
  }

  private func sample(
    _ problem: Problem, _ shells: ImportanceNestedSettings, _ settings: RunSettings,
    keeping keep: (ImportanceNestedSampler) -> Void = { _ in }
  ) throws -> RunResult {
    let problem = try problem.settingBatch(or: ImportanceNestedSampler.suitableBatch)
    let sampler = try ImportanceNestedSampler(problem, settings: shells, seed: settings.seed)
    let engine = shells.description(live: shells.live, of: problem)
    return try run(sampler, on: problem, engine: engine, settings: settings, keeping: keep)
  }

  /// - Parameter known: draws from the prior that have been paid for.
  private func sample(
    _ problem: Problem, _ nested: NestedSettings, _ settings: RunSettings, known: PriorDraws? = nil
  ) throws -> RunResult {
    let problem = try problem.settingBatch(or: NestedSampler.suitableBatch(nested))
    var sampler = try NestedSampler(problem: problem, settings: nested, seed: settings.seed)
    if let known { sampler.adopt(known) }
    let engine = nested.description(live: nested.live, of: problem)
    return try run(sampler, on: problem, engine: engine, settings: settings)
  }

  /// Up to here importance nested sampling has been measured against known evidence over many seeds. With more dimensions and narrow
  /// modes, as of planets' periods, its bounds may lose some of them.
  private static let dimensionsForShells = 10

  /// Importance nested sampling first: on the reference problems of up to ten dimensions it needs a half to a tenth of the calls
  /// that nested sampling does, for more effective samples and a smaller error. Where it finds that it does not get on,
  /// nested sampling takes over with what is left of the limits and the draws from the prior that have been made, and the result counts
  /// the calls of both.
  private func sampleAutomatically(
    _ problem: Problem, _ effectiveSize: Double?, _ settings: RunSettings
  ) throws -> RunResult {
    var (shells, nested) = (ImportanceNestedSettings(), NestedSettings())
    if let effectiveSize {
      shells.targetEffectiveSize = effectiveSize
      nested.isDynamic = true
      nested.targetEffectiveSize = effectiveSize
    }
    var settings = settings
    settings.choice = "chosen by auto"
    guard problem.dimension <= Self.dimensionsForShells else {
      return try sample(problem, nested, settings)
    }
    let start = wallSeconds()
    var known: PriorDraws?
    let first = try sample(problem, shells, settings) { known = $0.priorDraws }
    guard case .stuck = first.ending, settings.maxCalls ?? .max > first.statistics.calls else { return first }
    var rest = settings
    // The first has dealt with what an earlier run left; its own state stays beside that of the second, to be taken up with it.
    rest.checkpoint?.policy = .resume
    rest.checkpoint?.engineBefore = first.engine.name
    rest.choice = "chosen by auto, as nautilus did not get on"
    rest.maxCalls = settings.maxCalls.map { $0 - first.statistics.calls }
    rest.timeLimit = settings.timeLimit.map { max(1e-3, $0 - (wallSeconds() - start)) }
    var second = try sample(problem, nested, rest, known: known)
    second.head.statistics.add(first.statistics)
    return second
  }
}
