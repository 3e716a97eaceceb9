/// Hands pieces to workers as they fall free and gives the outcomes back in the order of submission.
///
/// It is the only master there is: transports carry bytes, samplers never see it. Without a transport the driver's thread
/// does the work itself. What it adapts, the size of a message and how many are under way, decides who does a piece and when, never what
/// comes of it.
package struct Scheduler<Piece: Work>: ~Copyable {
  /// A piece carried out.
  package struct Completed {
    package var outcome: Piece.Outcome
    package var cost: PieceCost
  }

  private struct Submitted {
    var piece: Piece
    /// How many workers have died with this piece in hand.
    var deaths = 0
  }

  private struct Member {
    /// Messages under way to this worker, oldest first; of each the pieces not answered.
    var messages: [[Int]] = []
    var contexts: Set<Int> = []
    var hasLeft = false
  }

  private let problem: Problem
  private let transport: (any Transport)?
  private let worker: Worker<Piece>
  private var contexts: [Int: (context: Piece.Context, bytes: [UInt8])] = [:]
  /// Pieces by sequence number, from submission until they are delivered.
  private var submitted: [Int: Submitted] = [:]
  private var waiting: [Int] = []
  private var completed: [Int: Completed] = [:]
  private var members: [Member]
  private var nextSequence = 0
  private var nextDelivery = 0
  /// A running mean of the wall time of a piece; zero until one has come back.
  private var meanPieceSeconds = 0.0

  package init(problem: Problem, transport: (any Transport)?) {
    self.problem = problem
    self.transport = transport
    worker = Worker(problem)
    members = (0..<(transport?.workers ?? 0)).map { _ in Member() }
  }

  package var workers: Int { transport?.workers ?? 1 }
  package var outstanding: Int { nextSequence - nextDelivery }

  package func holds(context version: Int) -> Bool { contexts[version] != nil }

  /// Makes a context known. Workers get it with the first piece that names it.
  package mutating func publish(_ context: Piece.Context, version: Int) {
    var writer = WireWriter()
    if transport != nil { writer.write(context) }
    contexts[version] = (context, writer.bytes)
  }

  /// Takes a piece; its context has been published.
  package mutating func submit(_ piece: Piece) throws {
    submitted[nextSequence] = Submitted(piece: piece)
    waiting.append(nextSequence)
    nextSequence += 1
    if transport != nil { try dispatch() }
  }

  /// The outcome of the oldest piece that is out; nil where it did not come within the given time.
  package mutating func next(seconds: Double) throws -> Completed? {
    guard let transport else { return try performOldest() }
    if completed[nextDelivery] == nil {
      try dispatch()
      if let event = try transport.receive(seconds: seconds) { try handle(event) }
    }
    guard let oldest = completed.removeValue(forKey: nextDelivery) else { return nil }
    delivered()
    return oldest
  }

  private mutating func performOldest() throws -> Completed? {
    guard let piece = submitted[nextDelivery]?.piece, let context = contexts[piece.context]?.context else {
      return nil
    }
    waiting.removeAll(keepingCapacity: true)
    let (outcome, cost) = try worker.perform(piece, with: context)
    delivered()
    return Completed(outcome: outcome, cost: cost)
  }

  private mutating func delivered() {
    submitted[nextDelivery] = nil
    nextDelivery += 1
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
}

// MARK: - Handing out

extension Scheduler {
  /// Messages of less work than this cost more to carry than they hold.
  private static var messageSeconds: Double { 2e-4 }

  private mutating func dispatch() throws {
    guard let transport, !waiting.isEmpty else { return }
    // A second message under way hides the round trip, which only matters for short pieces.
    let depth = meanPieceSeconds < 2e-3 ? 2 : 1
    let grain = meanPieceSeconds > 0 ? Int(Self.messageSeconds / meanPieceSeconds) + 1 : 1
    var head = 0
    for round in 0..<depth {
      for i in members.indices where members[i].messages.count <= round {
        let left = waiting.count - head
        guard left > 0 else { break }
        let count = max(1, min(grain, left / (depth * members.count)))
        try send(Array(waiting[head..<head + count]), to: i, over: transport)
        head += count
      }
    }
    waiting.removeFirst(head)
  }

  private mutating func send(_ sequences: [Int], to member: Int, over transport: any Transport) throws {
    var pieces: [(sequence: Int, bytes: [UInt8])] = []
    for sequence in sequences {
      guard let piece = submitted[sequence]?.piece else { continue }
      if !members[member].contexts.contains(piece.context), let context = contexts[piece.context] {
        let order = Order.context(version: piece.context, bytes: context.bytes)
        try transport.send(order.frame, to: member)
        members[member].contexts.insert(piece.context)
      }
      var writer = WireWriter()
      writer.write(piece)
      pieces.append((sequence, writer.bytes))
    }
    try transport.send(Order.work(pieces: pieces).frame, to: member)
    members[member].messages.append(sequences)
  }

  private mutating func handle(_ event: TransportEvent) throws {
    switch event {
    case .frame(let bytes, let member): try handle(Answer(frame: bytes), from: member)
    case .lost(let member, let how, let inside): try replace(member, how: how, inside: inside)
    }
  }

  private mutating func handle(_ answer: Answer, from member: Int) throws {
    switch answer {
    case .failed(var failure):
      failure.place = transport?.place(of: member) ?? ""
      throw failure
    case .left: members[member].hasLeft = true
    case .done(let receipts):
      if !members[member].messages.isEmpty { members[member].messages.removeFirst() }
      for receipt in receipts {
        var reader = WireReader(receipt.outcome)
        completed[receipt.sequence] = Completed(outcome: try Piece.Outcome(from: &reader), cost: receipt.cost)
        let seconds = receipt.cost.busySeconds
        meanPieceSeconds = meanPieceSeconds == 0 ? seconds : 0.98 * meanPieceSeconds + 0.02 * seconds
      }
      try dispatch()
    }
  }

  /// Puts the work of a dead worker back at the head of the queue; work that was in hand at two deaths ends the run.
  private mutating func replace(_ member: Int, how: String, inside: [Double]?) throws {
    let lost = members[member].messages.flatMap { $0 }
    members[member] = Member()
    if let suspect = lost.first {
      submitted[suspect]?.deaths += 1
      if submitted[suspect]?.deaths == 2 {
        throw LikelihoodFailure(
          reason: "it killed its worker twice (\(how))", point: inside.map { problem.describe($0) } ?? "",
          place: transport?.place(of: member) ?? "")
      }
    }
    // One at a time, so that the piece that kills shows itself.
    waiting.insert(contentsOf: lost, at: 0)
    try dispatch()
  }
}

// MARK: - The end

extension Scheduler {
  /// How long workers may take to finish what they have in hand after a failure.
  private static var graceSeconds: Double { 2 }

  /// Lets every worker go and collects what they used.
  ///
  /// - Parameter message: what goes with the order to finish.
  package mutating func finish(_ message: [UInt8]) throws -> [WorkerUsage] {
    guard let transport else { return [] }
    let usages = try release(message, within: .infinity, over: transport)
    transport.close(failed: false)
    return usages
  }

  /// Lets every worker go after a failure; those that do not answer soon are ended.
  package mutating func abandon(_ message: [UInt8]) {
    guard let transport else { return }
    _ = try? release(message, within: Self.graceSeconds, over: transport)
    transport.close(failed: true)
  }

  private mutating func release(
    _ message: [UInt8], within seconds: Double, over transport: any Transport
  ) throws -> [WorkerUsage] {
    let deadline = wallSeconds() + seconds
    for i in members.indices { try transport.send(Order.finish(message).frame, to: i) }
    var usages: [WorkerUsage] = []
    while members.contains(where: { !$0.hasLeft }), wallSeconds() < deadline {
      guard let event = try transport.receive(seconds: 0.1) else { continue }
      switch event {
      case .lost(let member, _, _): members[member].hasLeft = true
      case .frame(let bytes, let member):
        if case .left(let usage) = try Answer(frame: bytes) {
          members[member].hasLeft = true
          usages.append(usage)
        }
      }
    }
    return usages
  }
}
