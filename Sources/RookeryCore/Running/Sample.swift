/// How samples are drawn.
public enum Method: Sendable {
  /// Importance nested sampling where it is likely to need fewer calls, and nested sampling where it is not or
  /// has come to nothing.
  case automatic
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
  switch method {
  case .automatic: return try sampleAutomatically(problem, settings, pool)
  case .importanceNested(let shells):
    let sampler = try ImportanceNestedSampler(problem, settings: shells, seed: settings.seed)
    let engine = EngineDescription(
      name: "rookery-nautilus", live: shells.live, dimension: problem.dimension,
      settings: Provenance.settings(of: shells))
    return try run(sampler, on: problem, engine: engine, settings: settings, pool: pool)
  case .nested(let nested):
    let sampler = try NestedSampler(problem: problem, settings: nested, seed: settings.seed)
    let engine = EngineDescription(
      name: "rookery-dynesty", live: nested.live, dimension: problem.dimension,
      settings: Provenance.settings(of: nested))
    return try run(sampler, on: problem, engine: engine, settings: settings, pool: pool)
  }
}

/// Up to here importance nested sampling has been measured against known evidence over many seeds. With more dimensions and narrow
/// modes, as of planets' periods, its bounds may lose some of them.
private let dimensionsForShells = 10

/// Importance nested sampling first: on the reference problems of up to ten dimensions it needs a half to a tenth of the calls
/// that nested sampling does, for more effective samples and a smaller error. Where it finds that it does not get on,
/// nested sampling takes over with what is left of the limits, and the result counts the calls of both.
private func sampleAutomatically(_ problem: Problem, _ settings: RunSettings, _ pool: Pool) throws
  -> RunResult
{
  var settings = settings
  settings.choice = "chosen by auto"
  guard problem.dimension <= dimensionsForShells else {
    return try sample(problem, by: .nested(NestedSettings()), settings: settings, on: pool)
  }
  let start = wallSeconds()
  let first = try sample(
    problem, by: .importanceNested(ImportanceNestedSettings()), settings: settings, on: pool)
  guard case .stuck = first.ending, settings.maxCalls ?? .max > first.statistics.calls else { return first }
  var rest = settings
  rest.checkpoint?.isStandIn = true
  rest.choice = "chosen by auto, as nautilus did not get on"
  rest.maxCalls = settings.maxCalls.map { $0 - first.statistics.calls }
  rest.timeLimit = settings.timeLimit.map { max(1e-3, $0 - (wallSeconds() - start)) }
  var second = try sample(problem, by: .nested(NestedSettings()), settings: rest, on: pool)
  second.statistics.add(first.statistics)
  return second
}
