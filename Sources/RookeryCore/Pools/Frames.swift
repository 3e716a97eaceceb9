/// What goes to a worker. One frame holds one message.
package enum Order {
  /// A context; the worker keeps it until it is released.
  case context(version: Int, bytes: [UInt8])
  case release(version: Int)
  /// Pieces to carry out, in this order, and to answer together.
  case work(pieces: [(sequence: Int, bytes: [UInt8])])
  /// Tell what you have used.
  case report
  /// No more work. It carries the outcome of the run, which a rank returns from it.
  case finish([UInt8])

  package var frame: [UInt8] {
    var writer = WireWriter()
    switch self {
    case .context(let version, let bytes):
      writer.write(UInt8(1))
      writer.write(version)
      writer.write(bytes)
    case .release(let version):
      writer.write(UInt8(2))
      writer.write(version)
    case .work(let pieces):
      writer.write(UInt8(3))
      writer.write(pieces.count)
      for piece in pieces {
        writer.write(piece.sequence)
        writer.write(piece.bytes)
      }
    case .report: writer.write(UInt8(4))
    case .finish(let bytes):
      writer.write(UInt8(5))
      writer.write(bytes)
    }
    return writer.bytes
  }

  package init(frame: [UInt8]) throws(WireError) {
    var reader = WireReader(frame)
    switch try reader.read(UInt8.self) {
    case 1: self = .context(version: try reader.read(), bytes: try reader.read())
    case 2: self = .release(version: try reader.read())
    case 3:
      let count = try reader.readCount()
      var pieces: [(sequence: Int, bytes: [UInt8])] = []
      for _ in 0..<count { pieces.append((try reader.read(), try reader.read())) }
      self = .work(pieces: pieces)
    case 4: self = .report
    case 5: self = .finish(try reader.read())
    case let kind: throw WireError("order of unknown kind \(kind)")
    }
  }
}

/// What comes back from a worker.
package enum Answer {
  case done([Receipt])
  case failed(LikelihoodFailure)
  /// Orders that make no sense to the worker, which is a fault of the engine or of two programs that differ.
  case confused(String)
  case used(WorkerUsage)
  /// The worker's last word, after `finish`.
  case left

  /// One piece carried out, and what it cost.
  package struct Receipt {
    package var sequence: Int
    package var cost: PieceCost
    package var outcome: [UInt8]

    package init(sequence: Int, cost: PieceCost, outcome: [UInt8]) {
      self.sequence = sequence
      self.cost = cost
      self.outcome = outcome
    }
  }

  package var frame: [UInt8] {
    var writer = WireWriter()
    switch self {
    case .done(let receipts):
      writer.write(UInt8(1))
      writer.write(receipts.count)
      for receipt in receipts {
        writer.write(receipt.sequence)
        writer.write(receipt.cost)
        writer.write(receipt.outcome)
      }
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

  package init(frame: [UInt8]) throws(WireError) {
    var reader = WireReader(frame)
    switch try reader.read(UInt8.self) {
    case 1:
      let count = try reader.readCount()
      var receipts: [Receipt] = []
      for _ in 0..<count {
        receipts.append(
          Receipt(sequence: try reader.read(), cost: try reader.read(), outcome: try reader.read()))
      }
      self = .done(receipts)
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
    writer.write(calls)
    writer.write(refused)
    writer.write(likelihoodSeconds)
    writer.write(busySeconds)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    calls = try reader.read()
    refused = try reader.read()
    likelihoodSeconds = try reader.read()
    busySeconds = try reader.read()
  }
}

/// What one worker's process used in all.
package struct WorkerUsage: Sendable {
  package var cpuSeconds = 0.0
  package var peakBytes = 0

  package init(cpuSeconds: Double = 0, peakBytes: Int = 0) {
    self.cpuSeconds = cpuSeconds
    self.peakBytes = peakBytes
  }
}
