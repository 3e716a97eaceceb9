// Handing out.
extension Scheduler {
  /// Messages of more work than this leave other workers idle for longer than they save.
  private static var longestMessageSeconds: Double { 2e-4 }
  /// Messages of less work than this cost more than to let one worker do it: to wake another takes as long.
  private static var shortestMessageSeconds: Double { 5e-5 }
  /// How many messages may be under way to one worker.
  private static var deepest: Int { 4 }

  mutating func dispatch(over transport: any Transport) throws {
    try dispatchSuspects(over: transport)
    guard let first = waiting.first else { return }
    let mean = costs[self[first].piece.kind]
    // A second message under way hides the round trip. A long piece would be stuck behind its forerunner
    // while other workers fall idle.
    // Where pieces are short there are more, so that workers have enough to do while the driver is at work of its own.
    let depth = mean.map { min(max(Int(transport.prefetchSeconds / $0) + 1, 1), Self.deepest) } ?? 1
    var slots = members.count * depth - messagesUnderWay
    guard slots > 0 else { return }
    // While outcomes are at hand more pieces will follow at once, and a fuller message costs the same.
    if let mean, canDeliver, Double(waiting.count) * mean < Self.longestMessageSeconds { return }
    for round in 0..<depth {
      for i in members.indices where members[i].messages.count <= round {
        guard !waiting.isEmpty else { return }
        try send(takeMessage(share: (waiting.count + slots - 1) / max(slots, 1)), to: i, over: transport)
        slots -= 1
      }
    }
  }

  /// Gives pieces at which workers have died to workers that have done nothing yet: of any other it could not be told what it died of.
  private mutating func dispatchSuspects(over transport: any Transport) throws {
    while let first = waiting.first, self[first].suspicion.pointToTry != nil,
      let fresh = members.indices.first(where: { members[$0].isFresh })
    {
      _ = waiting.popFirst()
      try send([first], to: fresh, over: transport)
    }
  }

  /// Takes pieces off the queue for one message: a fair share of them, but neither too little work nor too much.
  ///
  /// A piece of unknown cost goes alone, and so does one at which a worker has died, so that no other is lost with it
  /// again.
  private mutating func takeMessage(share: Int) -> [Int] {
    var sequences: [Int] = []
    var seconds = 0.0
    while let sequence = waiting.first {
      let entry = self[sequence]
      let cost = entry.suspicion.isAny ? nil : costs[entry.piece.kind]
      if !sequences.isEmpty {
        guard let cost, seconds + cost <= Self.longestMessageSeconds else { break }
        if sequences.count >= share && seconds >= Self.shortestMessageSeconds { break }
      }
      sequences.append(sequence)
      _ = waiting.popFirst()
      guard let cost else { break }
      seconds += cost
    }
    return sequences
  }

  private mutating func send(_ sequences: [Int], to member: Int, over transport: any Transport) throws {
    if !members[member].hasBegun {
      members[member].hasBegun = true
      if !begin.isEmpty { try transport.send(begin, to: member) }
    }
    while members[member].avoided < avoided.count {
      try transport.send(Order.avoid(point: avoided[members[member].avoided]).frame, to: member)
      members[member].avoided += 1
    }
    var pieces: [(sequence: Int, allowance: Int, piece: Piece)] = []
    pieces.reserveCapacity(sequences.count)
    for sequence in sequences {
      let entry = self[sequence]
      let piece = entry.piece
      if let point = entry.suspicion.pointToTry {
        if members[member].isFresh { members[member].firstTrial = sequence }
        members[member].isFresh = false
        try transport.send(Order.trial(sequence: sequence, point: point).frame, to: member)
      }
      if entry.suspicion.isWary { try transport.send(Order.wary.frame, to: member) }
      if !members[member].contexts.contains(piece.context), let frame = contexts.frame(piece.context) {
        if !frame.isEmpty { try transport.send(frame, to: member) }
        members[member].contexts.append(piece.context)
      }
      pieces.append((sequence, entry.allowance, piece))
    }
    members[member].isFresh = false
    if members[member].messages.isEmpty {
      idleMembers -= 1
      members[member].since = wallSeconds()
    }
    members[member].messages.append(sequences)
    messagesUnderWay += 1
    try transport.send(Order.work(pieces), to: member)
  }
}

// Taking in.
extension Scheduler {
  /// How long answers may lie unseen while outcomes are at hand.
  private static var lookSeconds: Double { 2e-5 }

  /// Takes in all that has come, and waits for something only where there is no outcome to deliver.
  mutating func look(into transport: any Transport, at now: Double, seconds: Double) throws {
    var wait = canDeliver ? 0 : seconds
    if wait == 0 && now - lastLook < Self.lookSeconds { return }
    var hasNews = false
    while let event = try transport.receive(seconds: wait) {
      switch event {
      case .frame(let bytes, let member): try handle(Answer(frame: bytes), from: member, over: transport)
      case .lost(let loss): try replace(loss, place: transport.place(of: loss.worker))
      case .overdue(let worker, let how, let point):
        throw LikelihoodFailure(
          reason: how, point: problem.describe(point), place: transport.place(of: worker))
      }
      hasNews = true
      wait = 0
    }
    lastLook = wallSeconds()
    try watchSilence(over: transport, at: lastLook)
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
    case .done(let count, let receipts):
      idleDeaths = 0
      let arrival = wallSeconds()
      if members[member].messages.popFirst() != nil {
        messagesUnderWay -= 1
        if members[member].messages.isEmpty { idleMembers += 1 }
        members[member].since = arrival
      }
      var reader = WireReader(receipts)
      for _ in 0..<count {
        let sequence = try reader.read(Int.self)
        guard isOut(sequence) else {
          throw PoolError("\(transport.place(of: member)) answered for a piece that is not out")
        }
        let cost = try PieceCost(from: &reader)
        busyArrived += cost.busySeconds
        let outcome = try reader.read(Bool.self) ? Piece.Outcome(from: &reader) : nil
        let kind = complete(sequence, Done(outcome: outcome, cost: cost, arrival: arrival))
        costs.add(cost.busySeconds, kind: kind)
      }
    }
  }
}
