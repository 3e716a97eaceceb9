/// Hands pieces to workers as they fall free and gives the outcomes back in the order of submission.
///
/// It is the only master there is: transports carry bytes, samplers never see it. Without a transport the
/// driver's thread does the work itself. What it adapts, the size of a message and how many are under way,
/// decides who does a piece and when, never what comes of it.
package struct Scheduler<Piece: Work>: ~Copyable {
  /// A piece carried out.
  package struct Completed {
    package var outcome: Piece.Outcome
    package var cost: PieceCost
    /// When the driver had it in hand, of ``wallSeconds()``.
    package var arrival: Double
  }

  /// A piece from its submission until its delivery.
  private struct Entry {
    var piece: Piece
    var completed: Completed?
    /// How many workers have died with this piece in hand.
    var deaths = 0
  }

  private struct Member {
    /// Messages under way to this worker, oldest first; of each the pieces not answered.
    var messages = Queue<[Int]>()
    var contexts: Set<Int> = []
    var hasLeft = false
  }

  private let problem: Problem
  let transport: (any Transport)?
  private let worker: Worker<Piece>
  private var contexts: [Int: (context: Piece.Context, frame: [UInt8])] = [:]
  /// Pieces that are out, oldest first: piece number `nextDelivery` is at the front.
  private var entries = Queue<Entry>()
  private var nextDelivery = 0
  /// The numbers of pieces that no worker has.
  private var waiting = Queue<Int>()
  private var members: [Member]
  private var messagesUnderWay = 0
  /// Workers that died with nothing in hand, since the last answer.
  private var idleDeaths = 0
  /// A running mean of the wall time of a piece; zero until one has come back.
  private var meanPieceSeconds = 0.0
  private var lastLook = 0.0

  package init(problem: Problem, transport: (any Transport)?) {
    self.problem = problem
    self.transport = transport
    worker = Worker(problem)
    members = (0..<(transport?.workers ?? 0)).map { _ in Member() }
  }

  package var workers: Int { transport?.workers ?? 1 }
  package var ranks: Int { transport?.ranks ?? 1 }
  package var outstanding: Int { entries.count }

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
  package mutating func submit(_ piece: Piece) {
    if transport != nil { waiting.append(nextDelivery + entries.count) }
    entries.append(Entry(piece: piece))
  }

  /// The outcome of the oldest piece that is out; nil where it did not come within the given time.
  package mutating func next(seconds: Double) throws -> Completed? {
    guard let transport else { return try performOldest() }
    try dispatch(over: transport)
    try look(into: transport, seconds: seconds)
    guard !entries.isEmpty, let completed = entries[0].completed else { return nil }
    deliverOldest()
    return completed
  }

  private mutating func performOldest() throws -> Completed? {
    guard let piece = entries.first?.piece, let context = contexts[piece.context]?.context else { return nil }
    let (outcome, cost) = try worker.perform(piece, with: context)
    deliverOldest()
    return Completed(outcome: outcome, cost: cost, arrival: wallSeconds())
  }

  private mutating func deliverOldest() {
    _ = entries.popFirst()
    nextDelivery += 1
  }

  private var canDeliver: Bool { !entries.isEmpty && entries[0].completed != nil }
}

// MARK: - Handing out

extension Scheduler {
  /// Messages of less work than this cost more to carry than they hold.
  private static var messageSeconds: Double { 2e-4 }

  private mutating func dispatch(over transport: any Transport) throws {
    guard !waiting.isEmpty else { return }
    let mean = meanPieceSeconds
    // A second message under way hides the round trip. A long piece would be stuck behind its forerunner
    // while other workers fall idle.
    let depth = mean > 0 && mean < transport.prefetchSeconds ? 2 : 1
    let grain = mean > 0 ? max(1, Int(min(Self.messageSeconds / mean, 4096))) : 1
    var slots = members.count * depth - messagesUnderWay
    // While outcomes are at hand more pieces will follow at once, and a fuller message costs the same.
    if slots <= 0 || waiting.count < grain && canDeliver { return }
    for round in 0..<depth {
      for i in members.indices where members[i].messages.count <= round {
        guard !waiting.isEmpty else { return }
        let share = (waiting.count + slots - 1) / max(slots, 1)
        try send(take(min(grain, max(share, 1))), to: i, over: transport)
        slots -= 1
      }
    }
  }

  /// Takes up to so many pieces off the queue. One that was in hand when a worker died goes alone, so that
  /// the piece that kills shows itself.
  private mutating func take(_ count: Int) -> [Int] {
    var sequences: [Int] = []
    while sequences.count < count, let sequence = waiting.first {
      let isSuspect = entries[sequence - nextDelivery].deaths > 0
      if isSuspect && !sequences.isEmpty { break }
      sequences.append(sequence)
      _ = waiting.popFirst()
      if isSuspect { break }
    }
    return sequences
  }

  private mutating func send(_ sequences: [Int], to member: Int, over transport: any Transport) throws {
    var pieces: [(sequence: Int, bytes: [UInt8])] = []
    pieces.reserveCapacity(sequences.count)
    for sequence in sequences {
      let piece = entries[sequence - nextDelivery].piece
      if !members[member].contexts.contains(piece.context), let context = contexts[piece.context] {
        try transport.send(context.frame, to: member)
        members[member].contexts.insert(piece.context)
      }
      var writer = WireWriter()
      writer.write(piece)
      pieces.append((sequence, writer.bytes))
    }
    members[member].messages.append(sequences)
    messagesUnderWay += 1
    try transport.send(Order.work(pieces: pieces).frame, to: member)
  }
}

// MARK: - Taking in

extension Scheduler {
  /// How long answers may lie unseen while outcomes are at hand.
  private static var lookSeconds: Double { 2e-5 }

  /// Takes in all that has come, and waits for something only where there is no outcome to deliver.
  private mutating func look(into transport: any Transport, seconds: Double) throws {
    let now = wallSeconds()
    var wait = canDeliver ? 0 : seconds
    if wait == 0 && now - lastLook < Self.lookSeconds { return }
    var hasNews = false
    while let event = try transport.receive(seconds: wait) {
      switch event {
      case .frame(let bytes, let member): try handle(Answer(frame: bytes), from: member, over: transport)
      case .lost(let member, let how, let inside):
        try replace(member, how: how, inside: inside, place: transport.place(of: member))
      }
      hasNews = true
      wait = 0
    }
    lastLook = wallSeconds()
    if hasNews { try dispatch(over: transport) }
  }

  private mutating func handle(
    _ answer: Answer, from member: Int, over transport: any Transport
  ) throws {
    switch answer {
    case .failed(var failure):
      failure.place = transport.place(of: member)
      throw failure
    case .confused(let reason): throw PoolError("\(transport.place(of: member)) cannot go on: \(reason)")
    case .used, .left: break
    case .done(let receipts):
      idleDeaths = 0
      let arrival = wallSeconds()
      if members[member].messages.popFirst() != nil { messagesUnderWay -= 1 }
      for receipt in receipts {
        let place = receipt.sequence &- nextDelivery
        guard place >= 0, place < entries.count else {
          throw PoolError("\(transport.place(of: member)) answered for a piece that is not out")
        }
        var reader = WireReader(receipt.outcome)
        entries[place].completed = Completed(
          outcome: try Piece.Outcome(from: &reader), cost: receipt.cost, arrival: arrival)
        let seconds = max(receipt.cost.busySeconds, 1e-9)
        meanPieceSeconds = meanPieceSeconds == 0 ? seconds : 0.98 * meanPieceSeconds + 0.02 * seconds
      }
    }
  }

  /// Puts the work of a dead worker back at the head of the queue; work that was in hand at two deaths ends
  /// the run.
  private mutating func replace(_ member: Int, how: String, inside: [Double]?, place: String) throws {
    let messages = members[member].messages
    messagesUnderWay -= messages.count
    members[member] = Member()
    guard !messages.isEmpty else {
      idleDeaths += 1
      if idleDeaths > 2 * members.count {
        throw PoolError("workers keep dying before they have done any work; the last, \(place), by \(how)")
      }
      return
    }
    for sequence in messages[0] {
      entries[sequence - nextDelivery].deaths += 1
      if entries[sequence - nextDelivery].deaths == 2 {
        throw LikelihoodFailure(
          reason: "it killed its worker twice (\(how))", point: inside.map { problem.describe($0) } ?? "",
          place: place)
      }
    }
    for i in (0..<messages.count).reversed() {
      for sequence in messages[i].reversed() { waiting.prepend(sequence) }
    }
  }
}
