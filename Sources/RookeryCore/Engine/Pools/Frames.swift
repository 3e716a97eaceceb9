/// What goes to a worker. One frame holds one message.
package enum Order {
  /// A context; the worker keeps it until it is released.
  case context(ContextID, bytes: [UInt8])
  case release(ContextID)
  /// Pieces to carry out, in this order, and to answer together: of each its number, how many calls it may make, and itself.
  /// Only who knows their kind can take them apart.
  case work(count: Int, pieces: ArraySlice<UInt8>)
  /// A point that kills workers, to be refused from now on without a call.
  case avoid(point: [Double])
  /// Evaluate the point at which a worker died while it carried out a piece, and say nothing: who dies of it as well has shown
  /// that it is the point.
  case trial(sequence: Int, point: [Double])
  /// Evaluate the points of a block first each by itself in the work that comes next: one of them may kill its worker.
  case wary
  /// Tell what you have used.
  case report
  /// A run begins: what it asks for.
  case begin(Assignment)
  /// No more work of this run: one byte.
  case finish
  /// No more runs: one byte.
  case leave

  package var frame: [UInt8] {
    var writer = WireWriter()
    switch self {
    case .context(let id, let bytes):
      writer.write(UInt8(1))
      writer.write(id)
      writer.write(bytes)
    case .release(let id):
      writer.write(UInt8(2))
      writer.write(id)
    case .work(let count, let pieces):
      writer.write(UInt8(3))
      writer.write(count)
      writer.append(pieces)
    case .report: writer.write(UInt8(4))
    case .finish: writer.write(UInt8(5))
    case .avoid(let point):
      writer.write(UInt8(6))
      writer.write(point)
    case .trial(let sequence, let point):
      writer.write(UInt8(7))
      writer.write(sequence)
      writer.write(point)
    case .wary: writer.write(UInt8(8))
    case .begin(let assignment):
      writer.write(UInt8(9))
      writer.write(assignment)
    case .leave: writer.write(UInt8(10))
    }
    return writer.bytes
  }

  /// Whether a frame is the order that a run begins.
  package static func isBegin(_ frame: [UInt8]) -> Bool { frame.first == 9 }

  /// Whether a frame is the order to finish a run.
  package static func isFinish(_ frame: [UInt8]) -> Bool { frame.first == 5 }

  /// The frame of an order of work, from its pieces.
  package static func work<Piece: Work>(
    _ pieces: [(sequence: Int, allowance: Int, piece: Piece)]
  ) -> [UInt8] {
    var writer = WireWriter(capacity: 16 + 72 * pieces.count)
    writer.write(UInt8(3))
    writer.write(pieces.count)
    for (sequence, allowance, piece) in pieces {
      writer.write(sequence)
      writer.write(allowance)
      writer.write(piece)
    }
    return writer.bytes
  }

  package init(frame: [UInt8]) throws(WireError) {
    var reader = WireReader(frame)
    switch try reader.read(UInt8.self) {
    case 1: self = .context(try reader.read(), bytes: try reader.read())
    case 2: self = .release(try reader.read())
    case 3:
      let count = try reader.readCount()
      self = .work(count: count, pieces: reader.rest)
    case 4: self = .report
    case 5: self = .finish
    case 6: self = .avoid(point: try reader.read())
    case 7: self = .trial(sequence: try reader.read(), point: try reader.read())
    case 8: self = .wary
    case 9: self = .begin(try reader.read())
    case 10: self = .leave
    case let kind: throw WireError("order of unknown kind \(kind)")
    }
  }
}

/// What comes back from a worker.
package enum Answer {
  /// Pieces carried out: of each its number, what it cost, and its outcome unless it ran out of calls.
  case done(count: Int, receipts: ArraySlice<UInt8>)
  case failed(LikelihoodFailure)
  /// Orders that make no sense to the worker, which is a fault of the engine or of two programs that differ.
  case confused(String)
  case used(WorkerUsage)
  /// The worker's last word, after `finish`.
  case left

  package var frame: [UInt8] {
    var writer = WireWriter()
    switch self {
    case .done(let count, let receipts):
      writer.write(UInt8(1))
      writer.write(count)
      writer.append(receipts)
    case .failed(let failure):
      writer.write(UInt8(2))
      writer.write(failure)
    case .confused(let reason):
      writer.write(UInt8(3))
      writer.write(reason)
    case .used(let usage):
      writer.write(UInt8(4))
      writer.write(usage.cpuSeconds)
      writer.write(usage.peakBytes)
    case .left: writer.write(UInt8(5))
    }
    return writer.bytes
  }

  /// Whether a frame is a worker's last word.
  package static func isLeft(_ frame: [UInt8]) -> Bool { frame.first == 5 }

  /// Begins the frame of an answer of receipts; each is a number, a ``PieceCost``, whether it came to its end, and an outcome if so.
  static func beginReceipts(_ count: Int, in writer: inout WireWriter) {
    writer.write(UInt8(1))
    writer.write(count)
  }

  package init(frame: [UInt8]) throws(WireError) {
    var reader = WireReader(frame)
    switch try reader.read(UInt8.self) {
    case 1:
      let count = try reader.readCount()
      self = .done(count: count, receipts: reader.rest)
    case 2: self = .failed(try reader.read())
    case 3: self = .confused(try reader.read())
    case 4: self = .used(WorkerUsage(cpuSeconds: try reader.read(), peakBytes: try reader.read()))
    case 5: self = .left
    case let kind: throw WireError("answer of unknown kind \(kind)")
    }
  }
}

extension WireReader {
  /// A count of things that take at least a byte each.
  fileprivate mutating func readCount() throws(WireError) -> Int {
    let count = try read(Int.self)
    guard count >= 0, count <= remaining else { throw WireError("\(count) entries in \(remaining) bytes") }
    return count
  }
}

/// What one piece of work cost.
package struct PieceCost: Wire, Sendable {
  package var calls = 0
  package var refused = 0
  /// CPU time inside the likelihood.
  package var likelihoodSeconds = 0.0
  /// Wall time inside the piece.
  package var busySeconds = 0.0

  package init() {}

  package static func += (sum: inout PieceCost, cost: PieceCost) {
    sum.calls += cost.calls
    sum.refused += cost.refused
    sum.likelihoodSeconds += cost.likelihoodSeconds
    sum.busySeconds += cost.busySeconds
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(
      words: SIMD4(
        UInt64(bitPattern: Int64(calls)), UInt64(bitPattern: Int64(refused)), likelihoodSeconds.bitPattern,
        busySeconds.bitPattern))
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let words = try reader.readWords()
    calls = Int(Int64(bitPattern: words.x))
    refused = Int(Int64(bitPattern: words.y))
    likelihoodSeconds = Double(bitPattern: words.z)
    busySeconds = Double(bitPattern: words.w)
  }
}
