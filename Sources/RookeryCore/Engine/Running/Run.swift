import Glibc

/// What came of a run, as every rank has it.
package struct Driven<Value: Wire & Sendable>: Sendable {
  package var value: Value
  /// This process's number among those that ran.
  package var rank = 0
  /// Why the last state of a run that could be continued was not kept; known to the driver alone.
  package var stateError: OutputError?
}

extension Crew {
  /// A crew for runs with the given settings.
  package convenience init(
    _ pool: Pool, problems: [Problem], kinds: [WorkKind], settings: RunSettings
  ) throws {
    try self.init(pool, problems: problems, kinds: kinds, guardedBy: settings.callGuard)
  }

  /// Drives a sampler, and returns what came of it on every rank.
  ///
  /// - Parameters:
  ///   - keep: is given the sampler as it was at the end, on the driver alone.
  ///   - share: makes of what the driver returns what ranks get.
  ///   - conclude: makes of what the sampler leaves behind what is returned; on the driver alone.
  /// - Throws: ``LikelihoodFailure``, ``InputError``, ``PoolError``; under MPI the same error on every rank.
  package func drive<S: Sampler, Value: Wire & Sendable>(
    _ sampler: S, on problem: Problem, engine: EngineDescription, settings: RunSettings,
    keeping keep: (S) -> Void = { _ in }, sharing share: (Value) -> Value = { $0 },
    concluding conclude: (S.Record, Ending, RunStatistics) throws -> Value
  ) throws -> Driven<Value> {
    guard settings.callGuard == callGuard else {
      throw InputError(
        "a run on an open crew guards its calls as the crew does: give the limits on calls and silence, and what is done about crashes, "
          + "to both")
    }
    switch try begin(S.Piece.self, on: problem) {
    case .driver(let station):
      return try lead(sampler, problem, engine, settings, station, keep, share, conclude)
    case .rank(let link, let number, let assignment):
      // The driver decides what a signal means; a launcher passes some on to every rank.
      Interruption.beginRun()
      defer { Interruption.endRun() }
      let report = CrashReport(problem, place: link.place, ends: true)
      defer { report.stop() }
      let outcome = try RunOutcome<Value>(message: serve(link, assignment))
      return Driven(value: try outcome.result.get(), rank: number)
    }
  }

  /// Drives the run, and has the workers leave it on every way out.
  private func lead<S: Sampler, Value: Wire & Sendable>(
    _ sampler: S, _ problem: Problem, _ engine: EngineDescription, _ settings: RunSettings,
    _ station: Station, _ keep: (S) -> Void, _ share: (Value) -> Value,
    _ conclude: (S.Record, Ending, RunStatistics) throws -> Value
  ) throws -> Driven<Value> {
    let transport = station.transport
    let report = CrashReport(
      problem, place: transport?.driverPlace ?? "", ends: transport?.ranks ?? 1 > 1)
    defer { report.stop() }
    var scheduler = Scheduler<S.Piece>(
      station, onCrash: settings.onCrash, silenceLimit: settings.callGuard.silenceLimit)
    let driven: Driven<Value>
    let haveAllLeft: Bool
    do {
      let keeper = try settings.checkpoint.flatMap {
        // A run that is not to begin leaves alone what another has left.
        Interruption.isRequested && $0.policy != .resume
          ? nil : try CheckpointKeeper($0, engine: engine, seed: settings.seed, problem: problem)
      }
      var loop = RunLoop(sampler: sampler, settings: settings, keeper: keeper)
      if settings.checkpoint?.policy == .resume, let saved = try keeper?.load(S.self) { loop.resume(saved) }
      loop.show(title(of: problem, engine, settings, pool: pool.description, workers: scheduler.workers))
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
      if let advice { loop.observers.hear(advice) }
      // Of a run that was not to begin nothing is saved.
      let wasLeftOut = keeper == nil && settings.checkpoint != nil
      loop.observers.end(
        RunEnd(
          problem: problem.name, ending: loop.ending, statistics: statistics,
          directory: settings.checkpoint?.directory, isSaved: loop.stateError == nil && !wasLeftOut,
          command: settings.resumeCommand))
      driven = Driven(value: value, stateError: loop.stateError)
      haveAllLeft = scheduler.finish(within: patience)
    } catch {
      let error = RunOutcome<Value>.told(error)
      let haveAllLeft = scheduler.abandon()
      try end(
        haveAllLeft: haveAllLeft, after: error, outcome: RunOutcome<Value>(.failure(error)).message)
      throw error
    }
    try end(haveAllLeft: haveAllLeft, outcome: RunOutcome(.success(share(driven.value))).message)
    return driven
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
