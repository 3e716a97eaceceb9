/// Carries out pieces of one kind on one problem. The driver's own thread is one, and so is each worker.
package struct Worker<Piece: Work> {
  package let evaluator: Evaluator

  package init(_ evaluator: Evaluator) { self.evaluator = evaluator }

  /// - Parameters:
  ///   - allowance: how many likelihood calls it may make.
  ///   - clock: the time at which the piece before ended; that of this one's end when it is done.
  /// - Returns: what came of it, nil where it ran out of calls, and what it cost.
  package func perform(
    _ piece: Piece, with context: Piece.Context, allowing allowance: Int, clock: inout Double
  ) throws -> (Piece.Outcome?, PieceCost) {
    let (calls, refused) = (evaluator.calls, evaluator.refused)
    let likelihoodSeconds = evaluator.likelihoodSeconds
    let start = clock
    evaluator.allow(allowance)
    let outcome: Piece.Outcome?
    do {
      outcome = try piece.perform(with: context, on: evaluator)
    } catch  where evaluator.hasRunOut {
      outcome = nil
    }
    clock = wallSeconds()
    var cost = PieceCost()
    cost.busySeconds = clock - start
    cost.calls = evaluator.calls - calls
    cost.refused = evaluator.refused - refused
    cost.likelihoodSeconds = evaluator.likelihoodSeconds - likelihoodSeconds
    return (outcome, cost)
  }

  /// The same with as many calls as it takes.
  package func perform(
    _ piece: Piece, with context: Piece.Context, clock: inout Double
  ) throws -> (Piece.Outcome, PieceCost) {
    let (outcome, cost) = try perform(piece, with: context, allowing: .max, clock: &clock)
    guard let outcome else { throw PoolError("a piece of work ran out of calls that has any number of them") }
    return (outcome, cost)
  }

  /// Does what the driver orders until an order comes that is not of this run.
  ///
  /// - Returns: that order.
  /// - Throws: where the link breaks. What fails on this side of it is told to the driver, not thrown.
  package func serve(_ link: any WorkerLink) throws -> [UInt8] {
    var contexts: [ContextID: Piece.Context] = [:]
    contexts[ContextID()] = Piece.noContext
    while true {
      let frame = try link.receive()
      do {
        switch try Order(frame: frame) {
        case .context(let id, let bytes):
          var reader = WireReader(bytes)
          contexts[id] = try Piece.Context(from: &reader)
        case .release(let id): contexts[id] = nil
        case .work(let count, let pieces):
          defer { evaluator.isWary = false }
          try link.send(answer(count, pieces, contexts))
        case .avoid(let point): evaluator.avoided.append(point)
        case .trial(let sequence, let point):
          evaluator.trace?.beginPiece(sequence, isTrial: true)
          evaluator.tryOut(point)
          evaluator.trace?.endPiece()
        case .wary: evaluator.isWary = true
        case .begin, .report, .finish, .leave: return frame
        }
      } catch let confusion as WireError {
        try link.send(Answer.confused(confusion.description).frame)
      }
    }
  }

  /// The frame of the answer to an order of work.
  private func answer(
    _ count: Int, _ pieces: ArraySlice<UInt8>, _ contexts: [ContextID: Piece.Context]
  ) throws(WireError) -> [UInt8] {
    var reader = WireReader(pieces)
    var writer = WireWriter(capacity: 16 + 128 * min(count, pieces.count))
    Answer.beginReceipts(count, in: &writer)
    var clock = wallSeconds()
    for _ in 0..<count {
      let sequence = try reader.read(Int.self)
      let allowance = try reader.read(Int.self)
      let piece = try Piece(from: &reader)
      guard let context = contexts[piece.context] else {
        throw WireError("piece \(sequence) needs context \(piece.context), which this worker does not hold")
      }
      do {
        evaluator.trace?.beginPiece(sequence)
        defer { evaluator.trace?.endPiece() }
        let (outcome, cost) = try perform(piece, with: context, allowing: allowance, clock: &clock)
        writer.write(sequence)
        writer.write(cost)
        writer.write(outcome != nil)
        if let outcome { writer.write(outcome) }
      } catch {
        let failure = error as? LikelihoodFailure ?? LikelihoodFailure(reason: "\(error)", point: "")
        return Answer.failed(failure).frame
      }
    }
    return writer.bytes
  }
}

extension Evaluator {
  /// Leaves in a trace what is being done from now on; nil for none.
  func watch(_ trace: WorkerTrace?) {
    self.trace?.stopWatchingThisThread()
    self.trace = trace
    trace?.watchThisThread()
  }
}
