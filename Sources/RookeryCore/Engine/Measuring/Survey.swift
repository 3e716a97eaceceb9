internal import CPosix
import Glibc

/// What a worker sees of the machine it is on.
package struct Survey: Sendable, Equatable {
  package var host = ""
  package var process = 0
  /// The cores it may run on, as the system lists them: "0-3,8".
  package var cores = ""
  package var coreCount = 0
  /// Cores' worth of time that a container allows; infinite where nothing limits it.
  package var quota = Double.infinity
  /// Cores that one call of the likelihood keeps busy, measured.
  package var coresPerCall = Double.nan

  init() {}

  /// Surveys this process; calls the likelihood for a moment.
  init(_ evaluator: Evaluator) {
    host = hostName()
    process = Int(getpid())
    coreCount = availableCores
    cores = Self.line("Cpus_allowed_list:", of: "/proc/self/status") ?? "?"
    if let limit = Self.line("", of: "/sys/fs/cgroup/cpu.max") {
      let parts = limit.split(separator: " ").compactMap { Double($0) }
      if parts.count == 2, parts[1] > 0 { quota = parts[0] / parts[1] }
    }
    let (cpu, wall, own) = (processSeconds(), wallSeconds(), threadSeconds())
    let piece = PointPiece(index: 0)
    while wallSeconds() - wall < 0.05, (try? piece.perform(with: NoContext(), on: evaluator)) != nil {}
    // Of the time in which this thread computes: a likelihood that sleeps uses no core at all.
    let computed = threadSeconds() - own
    if computed > 0.01 { coresPerCall = (processSeconds() - cpu) / computed }
  }

  /// What follows a word at the start of a line of a file of the system.
  package static func line(_ word: String, of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, 4096, file) != nil {
      let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix(word) else { continue }
      return text.dropFirst(word.count).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    return nil
  }
}

extension Survey: Wire {
  package func encode(to writer: inout WireWriter) {
    writer.write(host)
    writer.write(process)
    writer.write(cores)
    writer.write(coreCount)
    writer.write(quota)
    writer.write(coresPerCall)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    host = try reader.read()
    process = try reader.read()
    cores = try reader.read()
    coreCount = try reader.read()
    quota = try reader.read()
    coresPerCall = try reader.read()
  }
}

extension PoolMeter {
  /// Asks each worker in turn.
  package func surveys() throws -> [Survey] {
    guard transport != nil else { return [Survey(station.evaluator)] }
    return try (0..<workers).map { worker in
      try transport?.send(station.begin, to: worker)
      guard let survey = try ask(worker, PointPiece(surveying: true)).survey else {
        throw PoolError("\(place(of: worker)) did not say what it sees")
      }
      return survey
    }
  }

  /// The median time it takes a worker to answer an empty piece.
  package func roundTripSeconds(_ worker: Int, rounds: Int = 21) throws -> Double {
    var times: [Double] = []
    try transport?.send(station.begin, to: worker)
    for _ in 0..<rounds {
      let start = wallSeconds()
      _ = try ask(worker, PointPiece(index: 0, points: 0))
      times.append(wallSeconds() - start)
    }
    times.sort()
    return times[rounds / 2]
  }

  package func place(of worker: Int) -> String { transport?.place(of: worker) ?? "this process" }

  /// Has a worker carry out a piece, while the others rest.
  private func ask(_ worker: Int, _ piece: PointPiece) throws -> PointOutcome {
    guard let transport else { return try piece.perform(with: NoContext(), on: station.evaluator) }
    try transport.send(Order.work([(sequence: 0, allowance: .max, piece: piece)]), to: worker)
    while true {
      switch try transport.receive(seconds: 1) {
      case .frame(let bytes, let sender) where sender == worker:
        switch try Answer(frame: bytes) {
        case .done(_, let receipts):
          var reader = WireReader(receipts)
          _ = try reader.read(Int.self)
          _ = try PieceCost(from: &reader)
          _ = try reader.read(Bool.self)
          return try PointOutcome(from: &reader)
        case .failed(var failure):
          failure.place = place(of: worker)
          throw failure
        default: continue
        }
      case .lost(let loss): throw PoolError("\(place(of: loss.worker)) died (\(loss.how))")
      default: continue
      }
    }
  }
}
