import Glibc
package import RookeryCore

/// Chains side by side, each a lane: what samplers with lanes can do to the loop, in little.
///
/// A chain has two stretches out at a time, each of which goes on where the one before the last has ended. After a round of so many stretches
/// all chains wait for each other, and for as long as they warm up they pool how often they have moved, for the length of their steps.
package struct LaneSampler: Sampler {
  package struct Chain: Wire, Sendable {
    package var issued = 0
    package var absorbed = 0
    /// Where the next stretches start.
    var ends: [Double]
    var moves = 0
    var steps = 0
    /// The round whose context it has.
    var round = -1
    var isDone = false
    package var rows: [Double] = []
    package var logL: [Double] = []
  }

  let seed: UInt64
  let rounds: Int
  let stretches: Int
  var round = 0
  var scale = 0.5
  package var chains: [Chain]

  private static let depth = 2

  package init(lanes: Int, rounds: Int = 6, stretches: Int = 10, seed: UInt64) {
    (self.seed, self.rounds, self.stretches) = (seed, rounds, stretches)
    chains = (0..<lanes).map { lane in
      Chain(ends: (0..<Self.depth).map { (Double($0 * lanes + lane) + 0.5) / Double(Self.depth * lanes) })
    }
  }

  package var lanes: Int { chains.count }
  package var window: Int { lanes * Self.depth }
  package var ending: Ending? { round == rounds ? .converged : nil }

  package mutating func next() -> Issue<LanePiece>? {
    if ending == nil, chains.allSatisfy({ $0.absorbed == (round + 1) * stretches }) { pool() }
    for (lane, chain) in chains.enumerated() {
      if chain.issued == rounds * stretches {
        guard !chain.isDone else { continue }
        chains[lane].isDone = true
        return .done(lane: Int32(lane))
      }
      guard chain.issued < (round + 1) * stretches, chain.issued < chain.absorbed + Self.depth else {
        continue
      }
      let context = ContextID(lane: Int32(lane), version: round)
      guard chain.round == round else {
        chains[lane].round = round
        return .context(context, LaneContext(scale: scale * (1 + Double(lane) / 10)))
      }
      chains[lane].issued += 1
      return .piece(
        LanePiece(
          lane: Int32(lane), context: context, seed: seed, number: chain.issued,
          start: chain.ends[chain.issued % Self.depth]))
    }
    return nil
  }

  package mutating func absorb(_ outcome: LaneOutcome, of piece: LanePiece) {
    let lane = Int(piece.lane)
    chains[lane].ends[piece.number % Self.depth] = outcome.end
    chains[lane].absorbed += 1
    chains[lane].moves += outcome.moves
    chains[lane].steps += outcome.steps
    chains[lane].rows.append(outcome.end)
    chains[lane].logL.append(outcome.logL)
  }

  private mutating func pool() {
    round += 1
    guard 2 * round <= rounds else { return }
    let (moves, steps) = chains.reduce((0, 0)) { ($0.0 + $1.moves, $0.1 + $1.steps) }
    scale *= exp(Double(moves) / Double(max(steps, 1)) - 0.4)
  }

  package func record() -> RunRecord {
    let logL = chains.flatMap(\.logL)
    return RunRecord(
      cube: PointMatrix(columns: 1, values: chains.flatMap(\.rows)), derived: PointMatrix(columns: 0),
      logLikelihoods: logL, kind: .nested(birthLogLikelihoods: logL.map { _ in -.infinity }))
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(seed)
    writer.write([rounds, stretches, round])
    writer.write(scale)
    writer.write(chains)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    seed = try reader.read()
    let counts = try reader.read([Int].self)
    guard counts.count == 3 else { throw WireError("rounds are cut short") }
    (rounds, stretches, round) = (counts[0], counts[1], counts[2])
    scale = try reader.read()
    chains = try reader.read()
  }
}

extension LaneSampler.Chain {
  package func encode(to writer: inout WireWriter) {
    writer.write([issued, absorbed, moves, steps, round])
    writer.write(isDone)
    writer.write(ends)
    writer.write(rows)
    writer.write(logL)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let counts = try reader.read([Int].self)
    guard counts.count == 5 else { throw WireError("a chain is cut short") }
    (issued, absorbed, moves, steps, round) = (counts[0], counts[1], counts[2], counts[3], counts[4])
    isDone = try reader.read()
    ends = try reader.read()
    rows = try reader.read()
    logL = try reader.read()
  }
}

/// A stretch of a chain of one parameter. Some are many times as long as others.
package struct LanePiece: Work {
  package let lane: Int32
  package let context: ContextID
  let seed: UInt64
  let number: Int
  let start: Double

  private static let purpose = RandomStream.Purpose(rawValue: 0x4c41_4e45)

  init(lane: Int32, context: ContextID, seed: UInt64, number: Int, start: Double) {
    (self.lane, self.context, self.seed) = (lane, context, seed)
    (self.number, self.start) = (number, start)
  }

  package var likelyCalls: Int { 4 }

  package func perform(with context: LaneContext, on evaluator: Evaluator) throws -> LaneOutcome {
    var stream = RandomStream(seed: seed, purpose: Self.purpose, index: UInt64(lane) << 32 | UInt64(number))
    let steps = stream.integer(below: 8) == 0 ? 40 : 1 + stream.integer(below: 8)
    func logL(_ place: Double) throws -> Double {
      try withUnsafePointer(to: place) {
        try evaluator.logLikelihood(UnsafeBufferPointer(start: $0, count: 1))
      }
    }
    var outcome = LaneOutcome(end: start, logL: try logL(start), moves: 0, steps: steps)
    for _ in 0..<steps {
      var place = outcome.end + context.scale * (stream.uniform() - 0.5)
      place -= place.rounded(.down)
      let value = try logL(place)
      guard log(stream.uniform()) < value - outcome.logL else { continue }
      (outcome.end, outcome.logL) = (place, value)
      outcome.moves += 1
    }
    return outcome
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(lane)
    writer.write(context)
    writer.write(seed)
    writer.write(number)
    writer.write(start)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    lane = try reader.read()
    context = try reader.read()
    seed = try reader.read()
    number = try reader.read()
    start = try reader.read()
  }
}

package struct LaneContext: Wire, Sendable {
  let scale: Double

  init(scale: Double) { self.scale = scale }
  package func encode(to writer: inout WireWriter) { writer.write(scale) }
  package init(from reader: inout WireReader) throws(WireError) { scale = try reader.read() }
}

package struct LaneOutcome: Wire, Sendable {
  var end: Double
  var logL: Double
  var moves: Int
  var steps: Int

  init(end: Double, logL: Double, moves: Int, steps: Int) {
    (self.end, self.logL, self.moves, self.steps) = (end, logL, moves, steps)
  }

  package func encode(to writer: inout WireWriter) {
    writer.write([end, logL])
    writer.write([moves, steps])
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let numbers = try reader.read([Double].self)
    let counts = try reader.read([Int].self)
    guard numbers.count == 2, counts.count == 2 else { throw WireError("a stretch is cut short") }
    (end, logL, moves, steps) = (numbers[0], numbers[1], counts[0], counts[1])
  }
}
