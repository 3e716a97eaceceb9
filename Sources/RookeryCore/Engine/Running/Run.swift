import Glibc

/// What came of a run, as every rank has it.
package struct Driven<Value: Wire & Sendable>: Sendable {
  package var value: Value
  /// This process's number among those that ran.
  package var rank = 0
  /// Why the last state of a run that could be continued was not kept; known to the driver alone.
  package var stateError: OutputError?
}

/// Drives a sampler on a pool, and returns what came of it on every rank.
///
/// - Parameters:
///   - keep: is given the sampler as it was at the end, on the driver alone.
///   - conclude: makes of what the sampler leaves behind what is sent to every rank; on the driver alone.
/// - Throws: ``LikelihoodFailure``, ``InputError``, ``PoolError``; under MPI the same error on every rank.
package func drive<S: Sampler, Value: Wire & Sendable>(
  _ sampler: S, on problem: Problem, engine: EngineDescription, settings: RunSettings, pool: Pool,
  keeping keep: (S) -> Void, concluding conclude: (S.Record, Ending, RunStatistics) throws -> Value
) throws -> Driven<Value> {
  LinearAlgebra.useSingleThread()
  let pool = try pool.choose?(problem, settings.callGuard) ?? pool
  let membership = try pool.open(
    Crew(problem: problem, guardedBy: settings.callGuard) { link in
      // A link that breaks is the driver's end; there is nobody left to tell.
      _ = try? Worker<S.Piece>(problem).serve(link)
    })
  switch membership {
  case .alone: return try lead(sampler, problem, engine, settings, pool, transport: nil, keep, conclude)
  case .driver(let transport):
    return try lead(sampler, problem, engine, settings, pool, transport: transport, keep, conclude)
  case .rank(let link, let number):
    // The driver decides what a signal means; a launcher passes some on to every rank.
    Interruption.beginRun()
    defer { Interruption.endRun() }
    let report = CrashReport(problem, place: link.place, ends: true)
    defer { report.stop() }
    let message: [UInt8]
    do {
      message = try Worker<S.Piece>(problem).serve(link)
    } catch {
      link.close(byForceAfter: error)
      throw error
    }
    link.close(byForceAfter: nil)
    return Driven(value: try RunOutcome<Value>(message: message).result.get(), rank: number)
  }
}

/// Drives the run, and lets the workers go on every way out of it.
private func lead<S: Sampler, Value: Wire & Sendable>(
  _ sampler: S, _ problem: Problem, _ engine: EngineDescription, _ settings: RunSettings, _ pool: Pool,
  transport: (any Transport)?, _ keep: (S) -> Void,
  _ conclude: (S.Record, Ending, RunStatistics) throws -> Value
) throws -> Driven<Value> {
  let report = CrashReport(problem, place: transport?.driverPlace ?? "", ends: transport?.ranks ?? 1 > 1)
  defer { report.stop() }
  var scheduler = Scheduler<S.Piece>(
    problem: problem, transport: transport, onCrash: settings.onCrash,
    silenceLimit: settings.callGuard.silenceLimit)
  do {
    let keeper = try settings.checkpoint.flatMap {
      // A run that is not to begin leaves alone what another has left.
      Interruption.isRequested && $0.policy != .resume
        ? nil : try CheckpointKeeper($0, engine: engine, seed: settings.seed, problem: problem)
    }
    var loop = RunLoop(sampler: sampler, settings: settings, keeper: keeper)
    if settings.checkpoint?.policy == .resume, let saved = try keeper?.load(S.self) { loop.resume(saved) }
    if settings.showsProgress {
      loop.show(title(of: problem, engine, settings, pool: pool.description, workers: scheduler.workers))
    }
    try loop.run(on: &scheduler)
    keep(loop.sampler)
    var statistics = loop.statistics(workers: scheduler.workers, pool: pool.description)
    statistics.ranks = scheduler.ranks
    (statistics.crashed, statistics.replacedWorkers) = (scheduler.crashed, scheduler.replaced)
    // Nobody waits for what is in hand when a limit is reached.
    let patience = loop.ending == .converged ? .infinity : transport?.patienceSeconds ?? 0
    statistics.add(try scheduler.usages(within: patience))
    let advice = loop.advice(on: statistics)
    let value = try conclude(loop.sampler.record(), loop.ending, statistics)
    if settings.showsProgress {
      let stop = StopMessage(
        ending: loop.ending, problem: problem.name, directory: settings.checkpoint?.directory,
        command: settings.resumeCommand)
      // Of a run that was not to begin nothing is saved.
      let wasLeftOut = keeper == nil && settings.checkpoint != nil
      let isSaved = loop.stateError == nil && !wasLeftOut
      for line in [advice.map { "rookery: " + $0 }, isSaved ? stop.text : nil].compactMap(\.self) {
        put(line + "\n", to: STDERR_FILENO)
      }
    }
    scheduler.finish(RunOutcome(.success(value)).message, within: patience)
    return Driven(value: value, stateError: loop.stateError)
  } catch {
    let error = RunOutcome<Value>.told(error)
    scheduler.abandon(RunOutcome<Value>(.failure(error)).message, after: error)
    throw error
  }
}

private func title(
  of problem: Problem, _ engine: EngineDescription, _ settings: RunSettings, pool: String, workers: Int
) -> RunTitle {
  let prefix = "rookery-"
  let name = engine.name.hasPrefix(prefix) ? String(engine.name.dropFirst(prefix.count)) : engine.name
  var title = RunTitle(problem: problem.name, method: name)
  (title.dimension, title.choice) = (problem.dimension, settings.choice)
  (title.pool, title.workers, title.seed) = (pool, workers, settings.seed)
  title.directory = settings.checkpoint?.directory
  title.checkpointSeconds = settings.checkpoint?.seconds ?? 0
  return title
}
