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

/// The one loop that passes work and outcomes between a sampler and a pool.
///
/// Issue and absorption interleave by count, never by time: it issues until the window is full or the sampler
/// has nothing to give, takes the oldest outcome, lets the sampler absorb it, and issues again.
struct RunLoop<S: Sampler> {
  private(set) var sampler: S
  private(set) var ending = Ending.converged
  /// Why the last state of a run that could be continued was not kept.
  private(set) var stateError: OutputError?
  private let settings: RunSettings
  /// The pieces that are out, oldest first. Some of the newest may be held back for want of calls.
  private var out: [S.Piece] = []
  /// How many calls may still be made; nil for any number.
  private var budget: CallBudget?
  /// Contexts of pieces that were out when the run was taken up again.
  private var savedContexts: [Int: S.Piece.Context] = [:]
  private var cost = PieceCost()
  private var pieces = 0
  private var silencesSaved = 0
  private var timeline = BusyTimeline()
  private var causes = IdleCauses()
  private let start = wallSeconds()
  private let processSecondsAtStart = processSeconds()
  private var firstIssue = 0.0
  private var lastAbsorption = 0.0
  private var observer: ProgressObserver?
  private var keeper: CheckpointKeeper?
  /// What the run had cost when it was taken up again.
  private var before = (
    cost: PieceCost(), pieces: 0, wallSeconds: 0.0, cpuSeconds: 0.0, timeline: BusyTimeline()
  )

  init(sampler: S, settings: RunSettings, keeper: CheckpointKeeper? = nil) {
    self.sampler = sampler
    self.settings = settings
    self.keeper = keeper
  }

  /// Shows people what runs and how far it has come.
  mutating func show(_ title: RunTitle) {
    var title = title
    title.earlierCalls = before.cost.calls
    observer = ProgressObserver(title, start: start)
    observer?.announce()
  }

  /// Goes on from a state instead of the beginning.
  mutating func resume(_ saved: Checkpoint<S>) {
    let asked = sampler
    sampler = saved.sampler
    sampler.aim(like: asked)
    out = saved.out
    savedContexts = saved.contexts
    pieces = saved.pieces
    before = (saved.cost, saved.pieces, saved.wallSeconds, saved.cpuSeconds, saved.timeline)
  }

  mutating func run(on scheduler: inout Scheduler<S.Piece>) throws {
    Interruption.beginRun()
    defer { Interruption.endRun() }
    budget = settings.maxCalls.map { CallBudget(limit: $0, spent: before.cost.calls) }
    do {
      try work(on: &scheduler)
    } catch {
      observer?.makeWay()
      // Whatever ended the run, what it has is not lost.
      try? save(scheduler)
      throw error
    }
    observer?.makeWay()
    do { try save(scheduler) } catch let error as OutputError {
      // Without its result a run is lost; without its last state it can still be resumed from the one before.
      if ending != .converged { stateError = error }
      put(
        "rookery: warning: no checkpoint: \(error); the run is done, but can only be continued from an earlier one\n",
        to: STDERR_FILENO)
    }
  }

  private mutating func work(on scheduler: inout Scheduler<S.Piece>) throws {
    firstIssue = wallSeconds()
    lastAbsorption = firstIssue
    for (i, piece) in out.enumerated() { try publishContext(of: piece, after: out[..<i], to: &scheduler) }
    savedContexts = [:]
    let halt = halt
    scheduler.leavePieces(where: halt)
    var now = firstIssue
    while true {
      let isSettled: Void? = try? sampler.settle(unless: halt)
      if isSettled == nil { now = wallSeconds() }
      // A run that is taken up where it stopped, at a limit that still holds, has nothing to do.
      if let limit = limitReached(at: now) {
        ending = limit
        break
      }
      // What was in the way may be gone by now.
      if isSettled == nil { continue }
      try issue(to: &scheduler)
      if out.isEmpty {
        ending = sampler.ending ?? .stuck("the sampler has nothing more to ask for")
        break
      }
      let (isFull, idle) = (out.count >= sampler.window, scheduler.idle)
      let completed = try scheduler.next(seconds: 0.1)
      causes.add(scheduler.idle, since: idle, isWindowFull: isFull)
      now = wallSeconds()
      if let completed {
        lastAbsorption = now
        timeline.add(completed.cost.busySeconds, until: completed.arrival - start)
        if try !absorb(completed, from: &scheduler) {
          ending = .callLimit
          break
        }
      }
      observer?.observe(now) { snapshot(at: now, scheduler) }
      if keeper?.isDue == true || scheduler.newSilences > silencesSaved {
        // Nobody knows how a silence ends.
        silencesSaved = scheduler.newSilences
        saveOrWarn(scheduler)
      }
    }
  }

  /// Takes in what came of the oldest piece. Whether the run can go on: not where the piece needs more calls than there are.
  private mutating func absorb(
    _ completed: Scheduler<S.Piece>.Completed, from scheduler: inout Scheduler<S.Piece>
  ) throws -> Bool {
    guard let outcome = completed.outcome else {
      guard let allowance = budget?.grantMore(completed.cost.calls, to: out[0]) else { return false }
      scheduler.repeatOldest(allowing: allowance)
      return true
    }
    cost += completed.cost
    pieces += 1
    budget?.settle(completed.cost.calls, of: out[0])
    sampler.absorb(outcome, of: out.removeFirst())
    return true
  }

  /// Asks the sampler for work as if there were no limit, lest the limit change the run, and hands out as much as there are calls
  /// for.
  private mutating func issue(to scheduler: inout Scheduler<S.Piece>) throws {
    while out.count < sampler.window, let piece = sampler.next() {
      try publishContext(of: piece, after: out[...], to: &scheduler)
      out.append(piece)
    }
    while scheduler.outstanding < out.count {
      let piece = out[scheduler.outstanding]
      guard budget != nil else {
        scheduler.submit(piece)
        continue
      }
      guard let allowance = budget?.grant(piece, window: sampler.window) else { break }
      scheduler.submit(piece, allowing: allowance)
    }
  }

  /// Sees to it that workers can be sent what a piece needs. It is asked for at once, for a sampler may know the newest only.
  private func publishContext(
    of piece: S.Piece, after others: ArraySlice<S.Piece>, to scheduler: inout Scheduler<S.Piece>
  ) throws {
    guard !scheduler.holds(context: piece.context) else { return }
    let context = savedContexts[piece.context] ?? sampler.context(piece.context)
    scheduler.publish(context, version: piece.context)
    try scheduler.release(contextsBefore: others.lazy.map(\.context).min() ?? piece.context)
  }

  /// A disk that is full for a while is no reason to end a run: it is said, and tried again later.
  private mutating func saveOrWarn(_ scheduler: borrowing Scheduler<S.Piece>) {
    do { try save(scheduler) } catch {
      observer?.makeWay()
      put("rookery: warning: no checkpoint: \(error); the last one stays\n", to: STDERR_FILENO)
    }
  }

  /// - Throws: ``OutputError``.
  private mutating func save(_ scheduler: borrowing Scheduler<S.Piece>) throws {
    guard let state = keeper.map({ checkpoint($0, scheduler) }) else { return }
    try keeper?.save(state)
  }

  private func checkpoint(_ keeper: CheckpointKeeper, _ scheduler: borrowing Scheduler<S.Piece>)
    -> Checkpoint<S>
  {
    let named = Set(out.map(\.context))
    var sum = before.cost
    sum += cost
    return keeper.checkpoint(
      sampler, out: out, contexts: scheduler.contexts.filter { named.contains($0.key) }.mapValues(\.context),
      cost: sum, pieces: pieces, wallSeconds: before.wallSeconds + wallSeconds() - start,
      cpuSeconds: before.cpuSeconds + processSeconds() - processSecondsAtStart, timeline: wholeTimeline)
  }

  /// When to leave what takes long: where the run is to stop.
  private var halt: Halt<Halted> {
    let limit = settings.timeLimit.map { (start: start, seconds: $0) }
    return Halt {
      Interruption.isRequested || limit.map { wallSeconds() - $0.start >= $0.seconds } == true
    }
  }

  private func limitReached(at now: Double) -> Ending? {
    if sampler.ending != nil { return nil }
    if Interruption.isRequested { return .interrupted }
    if budget?.isExhausted == true { return .callLimit }
    if let limit = settings.timeLimit, now - start >= limit { return .timeLimit }
    return nil
  }

  /// How busy the workers were, and what to change, in one line; nil where there is nothing to say.
  func advice(on statistics: RunStatistics) -> String? {
    // Of a run that was taken up again this part alone has been watched; where it had nothing to do there is nothing to say.
    guard lastAbsorption > firstIssue, cost.busySeconds > 0 else { return nil }
    var statistics = statistics
    statistics.wallSeconds -= before.wallSeconds
    statistics.cpuSeconds -= before.cpuSeconds
    return BusyAdvice(
      statistics: statistics, idle: causes,
      pieceSeconds: cost.busySeconds / Double(max(pieces - before.pieces, 1)),
      cores: availableCores
    ).line
  }

  private var wholeTimeline: BusyTimeline { before.timeline.followed(by: timeline, at: before.wallSeconds) }

  private func busy(workers: Int) -> Double {
    let span = (lastAbsorption - firstIssue) * Double(workers)
    return span > 0 ? min(cost.busySeconds / span, 1) : 0
  }

  private func snapshot(at now: Double, _ scheduler: borrowing Scheduler<S.Piece>) -> RunSnapshot {
    let span = max(now - firstIssue, 1e-9) * Double(scheduler.workers)
    var snapshot = RunSnapshot(
      status: sampler.status, calls: before.cost.calls + cost.calls, seconds: now - start,
      busy: min(scheduler.busySeconds(at: now) / span, 1), workers: scheduler.workers)
    snapshot.silence = scheduler.silence
    (snapshot.earlierCalls, snapshot.earlierSeconds) = (before.cost.calls, before.wallSeconds)
    (snapshot.maxCalls, snapshot.timeLimit) = (settings.maxCalls, settings.timeLimit)
    return snapshot
  }

  func statistics(workers: Int, pool: String) -> RunStatistics {
    var statistics = RunStatistics()
    statistics.calls = before.cost.calls + cost.calls
    statistics.refused = before.cost.refused + cost.refused
    statistics.likelihoodSeconds = before.cost.likelihoodSeconds + cost.likelihoodSeconds
    statistics.wallSeconds = before.wallSeconds + wallSeconds() - start
    statistics.cpuSeconds = before.cpuSeconds + processSeconds() - processSecondsAtStart
    statistics.peakBytes = WorkerUsage.ofThisProcess.peakBytes
    statistics.workers = workers
    statistics.window = sampler.window
    statistics.pool = pool
    statistics.busy = busy(workers: workers)
    statistics.timeline = wholeTimeline
    return statistics
  }
}
