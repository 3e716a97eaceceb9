import Glibc

/// Samples a problem on a pool, and returns what came of it on every rank.
///
/// - Parameter keep: is given the sampler as it was at the end, on the driver alone.
/// - Throws: ``LikelihoodFailure``, ``InputError``, ``PoolError``; under MPI the same error on every rank.
package func run<S: Sampler>(
  _ sampler: S, on problem: Problem, engine: EngineDescription, settings: RunSettings, pool: Pool,
  keeping keep: (S) -> Void = { _ in }
) throws -> RunResult {
  LinearAlgebra.useSingleThread()
  let pool = try pool.choose?(problem, settings.callGuard) ?? pool
  let membership = try pool.open(
    Crew(problem: problem, guardedBy: settings.callGuard) { link in
      // A link that breaks is the driver's end; there is nobody left to tell.
      _ = try? Worker<S.Piece>(problem).serve(link)
    })
  switch membership {
  case .alone: return try lead(sampler, problem, engine, settings, pool, transport: nil, keep)
  case .driver(let transport):
    return try lead(sampler, problem, engine, settings, pool, transport: transport, keep)
  case .rank(let link, let number):
    // The driver decides what a signal means; a launcher passes some on to every rank.
    let signals = StopSignals()
    defer { signals.restore() }
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
    var result = try RunOutcome(message: message).result.get()
    result.rank = number
    return result
  }
}

/// Drives the run, and lets the workers go on every way out of it.
private func lead<S: Sampler>(
  _ sampler: S, _ problem: Problem, _ engine: EngineDescription, _ settings: RunSettings, _ pool: Pool,
  transport: (any Transport)?, _ keep: (S) -> Void
) throws -> RunResult {
  let report = CrashReport(problem, place: transport?.driverPlace ?? "", ends: transport?.ranks ?? 1 > 1)
  defer { report.stop() }
  var scheduler = Scheduler<S.Piece>(problem: problem, transport: transport, onCrash: settings.onCrash)
  do {
    let keeper = try settings.checkpoint.map {
      try CheckpointKeeper($0, engine: engine, seed: settings.seed, problem: problem)
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
    let result = try RunResult(
      record: loop.sampler.record(), problem: problem, engine: engine, settings: settings,
      ending: loop.ending, statistics: statistics)
    if settings.showsProgress {
      let stop = StopMessage(
        ending: loop.ending, problem: problem.name, directory: settings.checkpoint?.directory,
        command: settings.resumeCommand)
      for line in [advice.map { "rookery: " + $0 }, stop.text].compactMap(\.self) {
        put(line + "\n", to: STDERR_FILENO)
      }
    }
    scheduler.finish(RunOutcome(.success(result)).message, within: patience)
    return result
  } catch {
    let error = RunOutcome.told(error)
    scheduler.abandon(RunOutcome(.failure(error)).message, after: error)
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
  private let settings: RunSettings
  /// The pieces that are out, oldest first.
  private var out: [S.Piece] = []
  /// Contexts of pieces that were out when the run was taken up again.
  private var savedContexts: [Int: S.Piece.Context] = [:]
  private var cost = PieceCost()
  private var pieces = 0
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
    let signals = StopSignals()
    defer { signals.restore() }
    do {
      try work(on: &scheduler, signals)
    } catch {
      observer?.makeWay()
      // Whatever ended the run, what it has is not lost.
      try? save(scheduler)
      throw error
    }
    observer?.makeWay()
    do { try save(scheduler) } catch {
      // Without its result a run is lost; without its last state it can still be resumed from the one before.
      guard ending == .converged else { throw error }
      put(
        "rookery: warning: no checkpoint: \(error); the run is done, but cannot be continued\n",
        to: STDERR_FILENO)
    }
  }

  private mutating func work(on scheduler: inout Scheduler<S.Piece>, _ signals: StopSignals) throws {
    firstIssue = wallSeconds()
    lastAbsorption = firstIssue
    for (i, piece) in out.enumerated() { try submit(piece, after: out[..<i], to: &scheduler) }
    savedContexts = [:]
    // A run that is taken up where it stopped, at a limit that still holds, has nothing to do.
    if let limit = limitReached(at: firstIssue, signals) {
      ending = limit
      return
    }
    while true {
      try issue(to: &scheduler)
      if scheduler.outstanding == 0 {
        ending = sampler.ending ?? .stuck("the sampler has nothing more to ask for")
        break
      }
      let (isFull, idle) = (scheduler.outstanding >= sampler.window, scheduler.idle)
      let completed = try scheduler.next(seconds: 0.1)
      causes.add(scheduler.idle, since: idle, isWindowFull: isFull)
      let now = wallSeconds()
      if let completed {
        lastAbsorption = now
        cost += completed.cost
        pieces += 1
        timeline.add(completed.cost.busySeconds, until: completed.arrival - start)
        out.removeFirst()
        sampler.absorb(completed.outcome)
      }
      observer?.observe(now) { snapshot(at: now, workers: scheduler.workers) }
      if keeper?.isDue == true { saveOrWarn(scheduler) }
      if let limit = limitReached(at: now, signals) {
        ending = limit
        break
      }
    }
  }

  private mutating func issue(to scheduler: inout Scheduler<S.Piece>) throws {
    while scheduler.outstanding < sampler.window, let piece = sampler.next() {
      try submit(piece, after: out[...], to: &scheduler)
      out.append(piece)
    }
  }

  private func submit(
    _ piece: S.Piece, after others: ArraySlice<S.Piece>, to scheduler: inout Scheduler<S.Piece>
  ) throws {
    if !scheduler.holds(context: piece.context) {
      let context = savedContexts[piece.context] ?? sampler.context(piece.context)
      scheduler.publish(context, version: piece.context)
      try scheduler.release(contextsBefore: others.lazy.map(\.context).min() ?? piece.context)
    }
    scheduler.submit(piece)
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

  private func limitReached(at now: Double, _ signals: StopSignals) -> Ending? {
    if sampler.ending != nil { return nil }
    if signals.raised != nil { return .interrupted }
    if let limit = settings.maxCalls, before.cost.calls + cost.calls >= limit { return .callLimit }
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

  private func snapshot(at now: Double, workers: Int) -> RunSnapshot {
    var snapshot = RunSnapshot(
      status: sampler.status, calls: before.cost.calls + cost.calls, seconds: now - start,
      busy: busy(workers: workers), workers: workers)
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
