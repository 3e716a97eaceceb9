extension Crew {
  /// Samples a problem, and returns the result on every rank.
  ///
  /// - Parameter keep: is given the sampler as it was at the end, on the driver alone.
  /// - Throws: ``LikelihoodFailure``, ``InputError``, ``PoolError``; under MPI the same error on every rank.
  package func run<S: Sampler>(
    _ sampler: S, on problem: Problem, engine: EngineDescription, settings: RunSettings,
    keeping keep: (S) -> Void = { _ in }
  ) throws -> RunResult where S.Record == RunRecord {
    let driven = try drive(
      sampler, on: problem, engine: engine, settings: settings, keeping: keep,
      sharing: { settings.result == .root ? $0.withoutDraws : $0 }
    ) { record, ending, statistics in
      try RunResult(
        record: record, problem: problem, engine: engine, settings: settings, ending: ending,
        statistics: statistics)
    }
    var result = driven.value
    result.head.isOnRankZeroAlone = settings.result == .root && result.statistics.ranks > 1
    (result.head.rank, result.head.stateError) = (driven.rank, driven.stateError)
    if driven.rank == 0, !settings.observers.isEmpty {
      for finding in result.findings() { for observer in settings.observers { observer.hears(finding) } }
    }
    return result
  }
}

/// The same with a crew of its own.
package func run<S: Sampler>(
  _ sampler: S, on problem: Problem, engine: EngineDescription, settings: RunSettings, pool: Pool,
  keeping keep: (S) -> Void = { _ in }
) throws -> RunResult where S.Record == RunRecord {
  let crew = try Crew(pool, problems: [problem], kinds: [WorkKind(S.Piece.self)], settings: settings)
  defer { crew.close() }
  return try crew.run(sampler, on: problem, engine: engine, settings: settings, keeping: keep)
}
