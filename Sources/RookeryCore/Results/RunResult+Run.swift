/// Samples a problem on a pool, and returns the result on every rank.
///
/// - Parameter keep: is given the sampler as it was at the end, on the driver alone.
/// - Throws: ``LikelihoodFailure``, ``InputError``, ``PoolError``; under MPI the same error on every rank.
package func run<S: Sampler>(
  _ sampler: S, on problem: Problem, engine: EngineDescription, settings: RunSettings, pool: Pool,
  keeping keep: (S) -> Void = { _ in }
) throws -> RunResult where S.Record == RunRecord {
  let driven = try drive(
    sampler, on: problem, engine: engine, settings: settings, pool: pool, keeping: keep
  ) { record, ending, statistics in
    try RunResult(
      record: record, problem: problem, engine: engine, settings: settings, ending: ending,
      statistics: statistics)
  }
  var result = driven.value
  (result.head.rank, result.head.stateError) = (driven.rank, driven.stateError)
  return result
}
