/// Hands pieces to workers as they fall free and gives the outcomes back in the order of submission, lane by lane.
///
/// It is the only master there is: transports carry bytes, samplers never see it. Without a transport the
/// driver's thread does the work itself. What it adapts, the size of a message and how many are under way,
/// decides who does a piece and when, never what comes of it.
package struct Scheduler<Piece: Work>: ~Copyable {
  /// What came of a piece.
  package struct Done {
    /// Nil where the piece ran out of the calls it was allowed. It is then still out, the oldest of its lane.
    package var outcome: Piece.Outcome?
    package var cost: PieceCost
    /// When the driver had it in hand, of ``wallSeconds()``.
    package var arrival: Double
  }

  struct Member {
    /// Messages under way to this worker, oldest first; of each the pieces not answered.
    var messages = Queue<[Int]>()
    var contexts: [ContextID] = []
    /// How many of the points to avoid it has been told.
    var avoided = 0
    /// Since when it has been at what it has in hand.
    var since = 0.0
    /// Whether it has been asked for nothing yet.
    var isFresh = true
    /// Whether it has been told what the run asks for.
    var hasBegun = false
    /// The piece whose point it was given to try before anything else.
    var firstTrial: Int?
  }

  let problem: Problem
  let transport: (any Transport)?
  let onCrash: CrashPolicy
  private let worker: Worker<Piece>
  /// What sets a worker to this run; empty where they are set to it already.
  let begin: [UInt8]
  private let ownTrace: TracePages?
  package private(set) var contexts = LivingContexts<Piece.Context>()
  /// The pieces that are out.
  var lanes: [Lane] = []
  /// Pieces that have been submitted and not delivered, those held back too.
  package internal(set) var outstanding = 0
  /// Of these those that are held back for want of calls.
  package internal(set) var held = 0
  /// Lanes whose oldest piece has been carried out, in the order in which that was.
  var ready = Queue<Int>()
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

  /// One for a run of a crew.
  package init(
    _ station: Station, onCrash: CrashPolicy = .stop, silenceLimit: Double? = nil, using workers: Int? = nil
  ) {
    self.init(
      problem: station.evaluator.problem, transport: station.transport, onCrash: onCrash,
      silenceLimit: silenceLimit, using: workers, beginning: station.begin, evaluator: station.evaluator,
      areFresh: station.areFresh)
  }

  /// - Parameters:
  ///   - silenceLimit: how long a worker may give no sign of life; nil for any time.
  ///   - workers: how many of the transport's workers to use; nil for all.
  ///   - begin: what sets a worker to the run; empty where they are set to it already.
  ///   - evaluator: with what the driver's own thread works where it does.
  ///   - areFresh: whether the workers have done nothing yet, in no run before either.
  package init(
    problem: Problem, transport: (any Transport)?, onCrash: CrashPolicy = .stop, silenceLimit: Double? = nil,
    using workers: Int? = nil, beginning begin: [UInt8] = [], evaluator: Evaluator? = nil,
    areFresh: Bool = true
  ) {
    self.begin = begin
    self.silenceLimit = silenceLimit
    self.problem = problem
    self.transport = transport
    self.onCrash = onCrash
    worker = Worker(evaluator ?? Evaluator(problem))
    members = (0..<min(workers ?? .max, transport?.workers ?? 0)).map { _ in Member(isFresh: areFresh) }
    idleMembers = members.count
    ownTrace =
      transport == nil
      ? try? TracePages(slots: 1, values: problem.parameters.count, guardedBy: CallGuard()) : nil
    if let ownTrace { worker.evaluator.watch(ownTrace[0]) }
    if let none = Piece.noContext { _ = contexts.add(none, as: ContextID()) }
  }

  deinit { if ownTrace != nil { worker.evaluator.watch(nil) } }

  package var workers: Int { transport == nil ? 1 : members.count }
  package var ranks: Int { transport?.ranks ?? 1 }
  /// Points refused because they killed their workers.
  package var crashed: Int { avoided.count }

  /// Takes a context in the place of the one before it in its lane. Workers get it with the first piece that names it.
  package mutating func handOver(_ context: Piece.Context, as id: ContextID) throws {
    for old in contexts.add(context, as: id, frame: frame(of: context, id)) { try release(old) }
  }

  /// Takes a context that was alive when the run stopped.
  mutating func restore(_ saved: LivingContext<Piece.Context>) {
    contexts.restore(saved, frame: frame(of: saved.value, saved.id))
  }

  /// What workers are sent; nothing where there are none.
  private func frame(of context: Piece.Context, _ id: ContextID) -> [UInt8] {
    guard transport != nil else { return [] }
    var writer = WireWriter()
    writer.write(context)
    return Order.context(id, bytes: writer.bytes).frame
  }

  /// Notes that no piece to come names a context of the lane.
  package mutating func end(contextsOf lane: Int32) throws {
    for old in contexts.end(lane: lane) { try release(old) }
  }

  /// Notes that a piece comes whose context has been handed over.
  mutating func expect(_ piece: Piece) { contexts.issue(naming: piece.context) }

  /// Frees the context of a piece that has come back where it was the last that needed it.
  mutating func forget(_ piece: Piece) throws {
    if contexts.comeBack(naming: piece.context) { try release(piece.context) }
  }

  private mutating func release(_ old: ContextID) throws {
    guard let transport else { return }
    for i in members.indices {
      guard let place = members[i].contexts.firstIndex(of: old) else { continue }
      members[i].contexts.remove(at: place)
      try transport.send(Order.release(old).frame, to: i)
    }
  }

  /// A piece that has been carried out, the oldest of its lane that is out; nil where none came within the given time.
  package mutating func next(seconds: Double) throws -> Completed? {
    guard let transport else { return try performNext() }
    // Even the clock takes its time beside pieces that take next to none.
    if canDeliver && waiting.isEmpty && expectedSeconds < 5e-6 && deliveredUnseen < 16 {
      deliveredUnseen += 1
      return try deliver()
    }
    deliveredUnseen = 0
    let now = wallSeconds()
    countIdleTime(into: \.driving, until: now)
    if !waiting.isEmpty { try dispatch(over: transport) }
    try look(into: transport, at: now, seconds: seconds)
    countIdleTime(into: \.waiting, until: lastLook)
    return try deliver()
  }

  private mutating func countIdleTime(into share: WritableKeyPath<IdleTime, Double>, until now: Double) {
    if let lastCount, now > lastCount { idle[keyPath: share] += Double(idleMembers) * (now - lastCount) }
    lastCount = max(now, lastCount ?? now)
  }

  /// Where the driver's thread does the work itself: when to leave a piece that takes long. Others' pieces are left behind, not
  /// waited for.
  mutating func leavePieces(where halt: Halt<Halted>) { worker.evaluator.halt = halt }

  private mutating func performNext() throws -> Completed? {
    guard let sequence = waiting.first else { return try deliver() }
    let entry = self[sequence]
    guard let context = contexts.value(entry.piece.context) else { return nil }
    worker.evaluator.trace?.beginPiece(sequence)
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
    _ = waiting.popFirst()
    complete(sequence, Done(outcome: outcome, cost: cost, arrival: clock))
    return try deliver()
  }
}

/// Time of workers with nothing in hand, summed over workers, by what the driver was at.
package struct IdleTime: Sendable {
  /// Waiting for outcomes: there was no more to hand out.
  package var waiting = 0.0
  /// At work of its own, between two outcomes.
  package var driving = 0.0
}
