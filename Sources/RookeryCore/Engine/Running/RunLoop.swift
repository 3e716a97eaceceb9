import Glibc

/// The one loop that passes work and outcomes between a sampler and a pool.
///
/// Issue and absorption interleave by count, never by time: it issues until the window is full or the sampler
/// has nothing to give, takes the oldest outcome, lets the sampler absorb it, and issues again. Of several lanes it takes the oldest outcome of
/// any, and a limit on calls then ends the run only where all of them have come to rest.
struct RunLoop<S: Sampler> {
  private(set) var sampler: S
  private(set) var ending = Ending.converged
  /// Why the last state of a run that could be continued was not kept.
  private(set) var stateError: OutputError?
  let settings: RunSettings
  /// How many calls may still be made; nil for any number.
  private var budget: LaneBudgets?
  /// Lanes whose oldest piece ran out of calls and waits for more: where they are, and which.
  private var starved: [(place: Int, lane: Int32)] = []
  /// The pieces that were out when the run was taken up again, and the contexts that were alive.
  private var saved: (out: [S.Piece], contexts: [LivingContext<S.Piece.Context>]) = ([], [])
  var cost = PieceCost()
  var pieces = 0
  private var silencesSaved = 0
  var timeline = BusyTimeline()
  var causes = IdleCauses()
  let start = wallSeconds()
  let processSecondsAtStart = processSeconds()
  var firstIssue = 0.0
  var lastAbsorption = 0.0
  private(set) var observers = Observers()
  var keeper: CheckpointKeeper?
  /// What the run had cost when it was taken up again.
  var before = (
    cost: PieceCost(), pieces: 0, wallSeconds: 0.0, cpuSeconds: 0.0, timeline: BusyTimeline()
  )

  init(sampler: S, settings: RunSettings, keeper: CheckpointKeeper? = nil) {
    self.sampler = sampler
    self.settings = settings
    self.keeper = keeper
  }

  /// Tells those who listen that the run begins, and from now on how far it has come.
  mutating func show(_ title: RunTitle) {
    var title = title
    title.earlierCalls = before.cost.calls
    let progress: [any RunObserver] = settings.showsProgress ? [ProgressObserver()] : []
    observers = Observers(progress + settings.observers, start: start)
    observers.begin(title)
  }

  /// Goes on from a state instead of the beginning.
  mutating func resume(_ saved: Checkpoint<S>) {
    let asked = sampler
    sampler = saved.sampler
    sampler.aim(like: asked)
    self.saved = (saved.out, saved.contexts)
    pieces = saved.pieces
    before = (saved.cost, saved.pieces, saved.wallSeconds, saved.cpuSeconds, saved.timeline)
  }

  mutating func run(on scheduler: inout Scheduler<S.Piece>) throws {
    Interruption.beginRun()
    defer { Interruption.endRun() }
    budget = settings.maxCalls.map {
      LaneBudgets(limit: $0, spent: before.cost.calls, lanes: sampler.lanes)
    }
    do {
      try work(on: &scheduler)
    } catch {
      observers.makeWay()
      // Whatever ended the run, what it has is not lost.
      try? save(scheduler)
      throw error
    }
    observers.makeWay()
    do { try save(scheduler) } catch let error as OutputError {
      // Without its result a run is lost; without its last state it can still be resumed from the one before.
      if ending != .converged { stateError = error }
      observers.hear(Finding("no-checkpoint"))
      put(
        "rookery: warning: no checkpoint: \(error); the run is done, but can only be continued from an earlier one\n",
        to: STDERR_FILENO)
    }
  }

  private mutating func work(on scheduler: inout Scheduler<S.Piece>) throws {
    firstIssue = wallSeconds()
    lastAbsorption = firstIssue
    takeUp(on: &scheduler)
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
      if scheduler.outstanding == 0 {
        ending = sampler.ending ?? .stuck(Finding("nothing-to-ask", .failure))
        break
      }
      if scheduler.isAtRest, !dealCalls(to: &scheduler) {
        ending = .callLimit
        break
      }
      let (isFull, idle) = (scheduler.outstanding >= sampler.window, scheduler.idle)
      let completed = try scheduler.next(seconds: 0.1)
      causes.add(scheduler.idle, since: idle, isWindowFull: isFull)
      now = wallSeconds()
      if let completed {
        lastAbsorption = now
        timeline.add(completed.done.cost.busySeconds, until: completed.done.arrival - start)
        if try !absorb(completed, from: &scheduler) {
          ending = .callLimit
          break
        }
      }
      if now >= observers.nextDue {
        let seen = snapshot(at: now, scheduler)
        observers.show(seen, at: now)
      }
      if scheduler.newSilences > silencesSaved {
        observers.hear(
          Finding("silent-worker", .warning, ["workers": Double(scheduler.silences.count)]))
      }
      if keeper?.isDue == true || scheduler.newSilences > silencesSaved {
        // Nobody knows how a silence ends.
        silencesSaved = scheduler.newSilences
        saveOrWarn(scheduler)
      }
    }
  }

  /// Has pieces that were out done again.
  private mutating func takeUp(on scheduler: inout Scheduler<S.Piece>) {
    for context in saved.contexts { scheduler.restore(context) }
    for piece in saved.out { give(piece, to: &scheduler) }
    saved = ([], [])
  }

  /// Takes in what came of the oldest piece of a lane. Whether the run can go on: not where the piece needs more calls than there are.
  private mutating func absorb(
    _ completed: Scheduler<S.Piece>.Completed, from scheduler: inout Scheduler<S.Piece>
  ) throws -> Bool {
    let (piece, done) = (completed.piece, completed.done)
    guard let outcome = done.outcome else {
      if let allowance = budget?.grantMore(done.cost.calls, to: piece) {
        scheduler.repeatOldest(completed.place, allowing: allowance)
        return true
      }
      starved.append((completed.place, piece.lane))
      return sampler.lanes > 1
    }
    cost += done.cost
    pieces += 1
    budget?.settle(done.cost.calls, of: piece)
    sampler.absorb(outcome, of: piece)
    return true
  }

  /// Asks the sampler for work as if there were no limit, lest the limit change the run, and hands out as much as there are calls
  /// for.
  private mutating func issue(to scheduler: inout Scheduler<S.Piece>) throws {
    while scheduler.outstanding < sampler.window, let issue = sampler.next() {
      switch issue {
      case .context(let id, let context): try scheduler.handOver(context, as: id)
      case .done(let lane): try scheduler.end(contextsOf: lane)
      case .piece(let piece): give(piece, to: &scheduler)
      }
    }
    handOut(to: &scheduler)
  }

  /// Where calls are limited a piece waits until it is known how many it may make.
  private func give(_ piece: S.Piece, to scheduler: inout Scheduler<S.Piece>) {
    if budget == nil { scheduler.submit(piece) } else { scheduler.hold(piece) }
  }

  private mutating func handOut(to scheduler: inout Scheduler<S.Piece>) {
    let window = sampler.window
    scheduler.handOut { budget?.grant($0, window: window) }
  }

  /// Deals out the calls that are left, where all that is out waits for some. Whether anything can go on with them.
  private mutating func dealCalls(to scheduler: inout Scheduler<S.Piece>) -> Bool {
    budget?.deal(to: starved.map(\.lane) + scheduler.lanesHeldBack)
    starved.removeAll { waiting in
      guard let allowance = budget?.grantMore(to: waiting.lane) else { return false }
      scheduler.repeatOldest(waiting.place, allowing: allowance)
      return true
    }
    handOut(to: &scheduler)
    return !scheduler.isAtRest
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
    if sampler.lanes == 1, budget?.isExhausted == true { return .callLimit }
    if let limit = settings.timeLimit, now - start >= limit { return .timeLimit }
    return nil
  }

}
