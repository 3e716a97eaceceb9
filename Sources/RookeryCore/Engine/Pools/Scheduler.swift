/// Hands pieces to workers as they fall free and gives the outcomes back in the order of submission.
///
/// It is the only master there is: transports carry bytes, samplers never see it. Without a transport the
/// driver's thread does the work itself. What it adapts, the size of a message and how many are under way,
/// decides who does a piece and when, never what comes of it.
package struct Scheduler<Piece: Work>: ~Copyable {
  /// A piece carried out.
  package struct Completed {
    /// Nil where the piece ran out of the calls it was allowed. It is then still the oldest that is out.
    package var outcome: Piece.Outcome?
    package var cost: PieceCost
    /// When the driver had it in hand, of ``wallSeconds()``.
    package var arrival: Double
  }

  /// A piece from its submission until its delivery.
  struct Entry {
    var piece: Piece
    /// How many calls it may make.
    var allowance = Int.max
    var completed: Completed?
    /// What is known of workers that have died at work on this piece.
    var suspicion = Suspicion()

    /// Notes what came of it, and tells its kind.
    mutating func complete(_ completed: Completed) -> Int {
      self.completed = completed
      return piece.kind
    }
  }

  struct Member {
    /// Messages under way to this worker, oldest first; of each the pieces not answered.
    var messages = Queue<[Int]>()
    var contexts: Set<Int> = []
    /// How many of the points to avoid it has been told.
    var avoided = 0
    /// Since when it has been at what it has in hand.
    var since = 0.0
    /// Whether it has been asked for nothing yet.
    var isFresh = true
    /// The piece whose point it was given to try before anything else.
    var firstTrial: Int?
  }

  let problem: Problem
  let transport: (any Transport)?
  let onCrash: CrashPolicy
  private let worker: Worker<Piece>
  private let ownTrace: TracePages?
  var contexts: [Int: (context: Piece.Context, frame: [UInt8])] = [:]
  /// Pieces that are out, oldest first: piece number `nextDelivery` is at the front.
  var entries = Queue<Entry>()
  var nextDelivery = 0
  /// The numbers of pieces that no worker has.
  var waiting = Queue<Int>()
  var members: [Member]
  var messagesUnderWay = 0
  /// Members with no message under way.
  var idleMembers: Int
  /// Workers that died at nothing, since the last answer.
  var idleDeaths = 0
  /// Workers that died by themselves at points that have not been found to be why.
  var strayDeaths = 0
  /// Points that have killed two workers each.
  var avoided: [[Double]] = []
  /// How long a worker may give no sign of life; nil for any time.
  let silenceLimit: Double?
  var silences: [Silence] = []
  /// After how many seconds of silence it was said last, by worker.
  var silenceSaid: [Int: Double] = [:]
  var lastSilenceLook = 0.0
  /// How often a worker has fallen silent.
  package var newSilences = 0
  /// Seconds inside the pieces that have come back.
  var busyArrived = 0.0
  /// Workers that died and have been replaced.
  package var replaced = 0
  var costs = PieceCosts()
  var lastLook = 0.0
  /// Time of workers with nothing to do, in seconds.
  package private(set) var idle = IdleTime()
  private var lastCount: Double?
  private var deliveredUnseen = 0

  /// - Parameters:
  ///   - silenceLimit: how long a worker may give no sign of life; nil for any time.
  ///   - workers: how many of the transport's workers to use; nil for all.
  package init(
    problem: Problem, transport: (any Transport)?, onCrash: CrashPolicy = .stop, silenceLimit: Double? = nil,
    using workers: Int? = nil
  ) {
    self.silenceLimit = silenceLimit
    self.problem = problem
    self.transport = transport
    self.onCrash = onCrash
    worker = Worker(problem)
    members = (0..<min(workers ?? .max, transport?.workers ?? 0)).map { _ in Member() }
    idleMembers = members.count
    ownTrace = transport == nil ? try? TracePages(slots: 1, problem: problem, guardedBy: CallGuard()) : nil
    if let ownTrace { worker.watch(ownTrace[0]) }
  }

  deinit { if ownTrace != nil { worker.watch(nil) } }

  package var workers: Int { transport == nil ? 1 : members.count }
  package var ranks: Int { transport?.ranks ?? 1 }
  package var outstanding: Int { entries.count }
  /// Points refused because they killed their workers.
  package var crashed: Int { avoided.count }

  package func holds(context version: Int) -> Bool { contexts[version] != nil }

  /// Makes a context known. Workers get it with the first piece that names it.
  package mutating func publish(_ context: Piece.Context, version: Int) {
    var frame: [UInt8] = []
    if transport != nil {
      var writer = WireWriter()
      writer.write(context)
      frame = Order.context(version: version, bytes: writer.bytes).frame
    }
    contexts[version] = (context, frame)
  }

  /// Frees contexts older than any that a piece still out may name.
  package mutating func release(contextsBefore version: Int) throws {
    for old in contexts.keys.filter({ $0 < version }).sorted() {
      contexts[old] = nil
      guard let transport else { continue }
      for i in members.indices where members[i].contexts.remove(old) != nil {
        try transport.send(Order.release(version: old).frame, to: i)
      }
    }
  }

  /// Takes a piece; its context has been published. It goes out with the next call of `next`.
  ///
  /// - Parameter allowance: how many likelihood calls it may make.
  package mutating func submit(_ piece: Piece, allowing allowance: Int = .max) {
    if transport != nil { waiting.append(nextDelivery + entries.count) }
    entries.append(Entry(piece: piece, allowance: allowance))
  }

  /// Has the oldest piece, which ran out of calls, carried out anew with more of them.
  package mutating func repeatOldest(allowing allowance: Int) {
    entries[0].allowance = allowance
    entries[0].completed = nil
    if transport != nil { waiting.prepend(nextDelivery) }
  }

  /// The outcome of the oldest piece that is out; nil where it did not come within the given time.
  package mutating func next(seconds: Double) throws -> Completed? {
    guard let transport else { return try performOldest() }
    // Even the clock takes its time beside pieces that take next to none.
    if canDeliver && waiting.isEmpty && expectedSeconds < 5e-6 && deliveredUnseen < 16 {
      deliveredUnseen += 1
      return takeOldest()
    }
    deliveredUnseen = 0
    let now = wallSeconds()
    countIdleTime(into: \.driving, until: now)
    if !waiting.isEmpty { try dispatch(over: transport) }
    try look(into: transport, at: now, seconds: seconds)
    countIdleTime(into: \.waiting, until: lastLook)
    return takeOldest()
  }

  private mutating func takeOldest() -> Completed? {
    guard !entries.isEmpty, let completed = entries[0].completed else { return nil }
    if completed.outcome != nil { deliverOldest() }
    return completed
  }

  private mutating func countIdleTime(into share: WritableKeyPath<IdleTime, Double>, until now: Double) {
    if let lastCount, now > lastCount { idle[keyPath: share] += Double(idleMembers) * (now - lastCount) }
    lastCount = max(now, lastCount ?? now)
  }

  /// Where the driver's thread does the work itself: when to leave a piece that takes long. Others' pieces are left behind, not
  /// waited for.
  mutating func leavePieces(where halt: Halt<Halted>) { worker.evaluator.halt = halt }

  private mutating func performOldest() throws -> Completed? {
    guard let entry = entries.first, let context = contexts[entry.piece.context]?.context else { return nil }
    worker.evaluator.trace?.beginPiece(nextDelivery)
    defer { worker.evaluator.trace?.endPiece() }
    var clock = wallSeconds()
    let (outcome, cost): (Piece.Outcome?, PieceCost)
    do {
      (outcome, cost) = try worker.perform(
        entry.piece, with: context, allowing: entry.allowance, clock: &clock)
    } catch is Halted {
      return nil
    }
    busyArrived += cost.busySeconds
    if outcome != nil { deliverOldest() }
    return Completed(outcome: outcome, cost: cost, arrival: clock)
  }

  private mutating func deliverOldest() {
    _ = entries.popFirst()
    nextDelivery += 1
  }

  /// How long the oldest piece may take.
  var expectedSeconds: Double { entries.isEmpty ? .infinity : costs[entries[0].piece.kind] ?? .infinity }

  var canDeliver: Bool { !entries.isEmpty && entries[0].completed != nil }
}

/// Time of workers with nothing in hand, summed over workers, by what the driver was at.
package struct IdleTime: Sendable {
  /// Waiting for outcomes: there was no more to hand out.
  package var waiting = 0.0
  /// At work of its own, between two outcomes.
  package var driving = 0.0
}
