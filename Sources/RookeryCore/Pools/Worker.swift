/// Carries out pieces of one kind on one problem. The driver's own thread is one, and so is each worker.
package struct Worker<Piece: Work> {
  package let evaluator: Evaluator

  package init(_ problem: Problem) { evaluator = Evaluator(problem) }

  package func perform(_ piece: Piece, with context: Piece.Context) throws -> (Piece.Outcome, PieceCost) {
    let (calls, refused) = (evaluator.calls, evaluator.refused)
    let likelihoodSeconds = evaluator.likelihoodSeconds
    let start = wallSeconds()
    let outcome = try piece.perform(with: context, on: evaluator)
    var cost = PieceCost()
    cost.busySeconds = wallSeconds() - start
    cost.calls = evaluator.calls - calls
    cost.refused = evaluator.refused - refused
    cost.likelihoodSeconds = evaluator.likelihoodSeconds - likelihoodSeconds
    return (outcome, cost)
  }

  /// Does what the driver orders until it says finish.
  ///
  /// - Returns: what came with the order to finish.
  /// - Throws: where the link breaks. What fails on this side of it is told to the driver, not thrown.
  package func serve(_ link: any WorkerLink) throws -> [UInt8] {
    evaluator.trace = link.trace
    defer { evaluator.trace = nil }
    var contexts: [Int: Piece.Context] = [:]
    let secondsBefore = processSeconds()
    while true {
      let frame = try link.receive()
      do {
        switch try Order(frame: frame) {
        case .context(let version, let bytes):
          var reader = WireReader(bytes)
          contexts[version] = try Piece.Context(from: &reader)
        case .release(let version): contexts[version] = nil
        case .work(let pieces): try link.send(answer(pieces, contexts).frame)
        case .report:
          var usage = link.isInDriversProcess ? WorkerUsage() : .ofThisProcess
          if !link.isInDriversProcess { usage.cpuSeconds -= secondsBefore }
          try link.send(Answer.used(usage).frame)
        case .finish(let bytes):
          try link.send(Answer.left.frame)
          return bytes
        }
      } catch let confusion as WireError {
        try link.send(Answer.confused(confusion.description).frame)
      }
    }
  }

  private func answer(
    _ pieces: [(sequence: Int, bytes: [UInt8])], _ contexts: [Int: Piece.Context]
  ) throws(WireError) -> Answer {
    var receipts: [Answer.Receipt] = []
    receipts.reserveCapacity(pieces.count)
    for (sequence, bytes) in pieces {
      var reader = WireReader(bytes)
      let piece = try Piece(from: &reader)
      guard let context = contexts[piece.context] else {
        throw WireError("piece \(sequence) needs context \(piece.context), which this worker does not hold")
      }
      do {
        let (outcome, cost) = try perform(piece, with: context)
        var writer = WireWriter()
        writer.write(outcome)
        receipts.append(Answer.Receipt(sequence: sequence, cost: cost, outcome: writer.bytes))
      } catch {
        return .failed(error as? LikelihoodFailure ?? LikelihoodFailure(reason: "\(error)", point: ""))
      }
    }
    return .done(receipts)
  }
}
