import CaseProblems
import Synchronization
import TestSupport
import Testing

@testable import RookeryCore

/// Lanes that do not wait for each other: whichever outcome comes first, the run comes to the same.
@Suite struct LaneTests {
  private final class Counter: Sendable {
    let calls = Atomic<Int>(0)
  }

  private static func problem(_ counter: Counter = Counter()) throws -> Problem {
    try Problem("wave", parameters: [Parameter("x", .uniform(0, 1))]) { (theta: Span<Double>) in
      counter.calls.add(1, ordering: .relaxed)
      let x = theta[0] - 0.5
      return -20 * x * x * (1 + x)
    }
  }

  private static let lanes = 5

  private static func loop(
    maxCalls: Int? = nil, keeper: CheckpointKeeper? = nil
  ) -> RunLoop<LaneSampler> {
    var settings = RunSettings()
    settings.maxCalls = maxCalls
    return RunLoop(sampler: LaneSampler(lanes: lanes, seed: 3), settings: settings, keeper: keeper)
  }

  private static func bytes(_ value: some Wire) -> [UInt8] {
    var writer = WireWriter()
    writer.write(value)
    return writer.bytes
  }

  private struct Come: Equatable {
    var record: [UInt8]
    var calls: Int
    var ending: Ending
  }

  /// Runs to the end over workers that answer in an order of chance; on the driver's thread without any.
  private static func run(
    _ problem: Problem, maxCalls: Int? = nil, over transport: ScriptedTransport<LanePiece>? = nil
  ) throws -> Come {
    var loop = loop(maxCalls: maxCalls)
    var scheduler = Scheduler<LanePiece>(problem: problem, transport: transport)
    try loop.run(on: &scheduler)
    if loop.ending == .converged {
      // All lanes have come to their end, and nobody needs their contexts any more.
      #expect(scheduler.contexts.ids.isEmpty && scheduler.outstanding == 0)
    }
    _ = scheduler.finish()
    return Come(record: bytes(loop.sampler.record()), calls: loop.cost.calls, ending: loop.ending)
  }

  private static func transport(
    _ problem: Problem, _ random: inout SeededRandom, workers: ClosedRange<Int> = 1...6
  ) -> ScriptedTransport<LanePiece> {
    ScriptedTransport(
      problem, workers: .random(in: workers, using: &random), seed: .random(in: 0..<1000, using: &random))
  }

  @Test(.timeLimit(.minutes(10))) func shuffledLanesComeToTheSame() throws {
    let problem = try Self.problem()
    let expected = try Self.run(problem)
    #expect(expected.ending == .converged)
    var random = SeededRandom()
    for _ in 0..<40 {
      let isSame = try Self.run(problem, over: Self.transport(problem, &random)) == expected
      #expect(isSame, "\(random)")
    }
  }

  /// Workers that die are sent the contexts of all lanes again.
  @Test(.timeLimit(.minutes(10))) func lanesOutliveWorkers() throws {
    let problem = try Self.problem()
    let expected = try Self.run(problem)
    var random = SeededRandom()
    var deaths = 0
    for _ in 0..<20 {
      let transport = Self.transport(problem, &random)
      // Of any lane, in the middle of its way.
      let (place, number) = (
        Int.random(in: 0..<Self.lanes, using: &random), Int.random(in: 5..<55, using: &random)
      )
      (transport.killer, transport.deathsLeft, transport.isFromOutside) = (place << 40 | number, 3, true)
      let isSame = try Self.run(problem, over: transport) == expected
      #expect(isSame, "\(random)")
      deaths += 3 - transport.deathsLeft
    }
    #expect(deaths > 30)
  }

  /// A limit on calls is never passed, and ends the run at the same pieces whichever come first.
  @Test(.timeLimit(.minutes(10)), arguments: [1, 7, 60, 333, 1000, 2000, 2900])
  func limitsEndShuffledLanesAtTheSamePieces(_ limit: Int) throws {
    let counter = Counter()
    let problem = try Self.problem(counter)
    let whole = try Self.run(problem).calls
    #expect(whole > 2000)
    let expected = try Self.run(problem, maxCalls: limit)
    #expect(expected.ending == (limit < whole ? .callLimit : .converged) || limit > whole / 2)
    // What is done in vain at the end is not much.
    if expected.ending == .callLimit, limit >= 1000 { #expect(expected.calls > limit - limit / 3) }
    var random = SeededRandom()
    for _ in 0..<15 {
      let transport = Self.transport(problem, &random)
      let before = counter.calls.load(ordering: .relaxed)
      let come = try Self.run(problem, maxCalls: limit, over: transport)
      let made = counter.calls.load(ordering: .relaxed) - before
      #expect(made <= limit && come.calls <= made, "\(random): \(made) calls of \(limit)")
      let isSame = come == expected
      #expect(isSame, "\(random): \(come.calls) calls and \(expected.calls)")
    }
  }

  /// Stopped anywhere, and taken up by other workers from the state of that moment, again and again.
  @Test(.timeLimit(.minutes(10))) func stoppedLanesGoOnToTheSame() throws {
    let problem = try Self.problem()
    let expected = try Self.run(problem)
    var random = SeededRandom()
    try inTemporaryDirectory { directory in
      let keeper = try CheckpointKeeper(
        CheckpointSettings(directory: directory, seconds: 3600, policy: .overwrite),
        engine: EngineDescription(name: "lanes", live: 0, dimension: 1), seed: 3, problem: problem)
      for _ in 0..<10 {
        var state: [UInt8]?
        for stop in 0..<200 {
          var loop = Self.loop()
          if let state {
            var reader = WireReader(state)
            loop.resume(try Checkpoint(from: &reader))
          }
          let transport = Self.transport(problem, &random)
          if stop < 20 { transport.eventsLeft = .random(in: 1...60, using: &random) }
          var scheduler = Scheduler<LanePiece>(problem: problem, transport: transport)
          do {
            try loop.run(on: &scheduler)
          } catch is ScriptedTransport<LanePiece>.Interrupted {
            state = Self.bytes(loop.checkpoint(keeper, scheduler))
            continue
          }
          let isSame = Self.bytes(loop.sampler.record()) == expected.record
          #expect(isSame && stop > 0, "\(random)")
          #expect(loop.before.cost.calls + loop.cost.calls == expected.calls)
          break
        }
      }
    }
  }

  /// A piece that takes for ever keeps its own lane waiting, and no other.
  @Test(.timeLimit(.minutes(10))) func lanesDoNotWaitForEachOther() throws {
    let problem = try Squares.problem()
    let transport = ScriptedTransport<Squaring>(problem, workers: 3, seed: 1)
    // It has nothing else in hand, which would have to wait with it.
    (transport.stuck, transport.prefetchSeconds) = (0, 0)
    var scheduler = Scheduler<Squaring>(problem: problem, transport: transport)
    try scheduler.handOver(Squaring.Shift(value: 0), as: ContextID())
    for number in 0..<30 {
      scheduler.submit(Squaring(context: 0, number: Double(number), lane: Int32(number % 3)))
    }
    var numbers: [Int32: [Double]] = [:]
    func take(_ count: Int) throws {
      var idle = 0
      while numbers.values.reduce(0, { $0 + $1.count }) < count {
        if let completed = try scheduler.next(seconds: 0) {
          numbers[completed.piece.lane, default: []].append(completed.piece.number)
          idle = 0
        } else {
          idle += 1
          try #require(idle < 10_000, "lanes wait for each other")
        }
      }
    }
    try take(20)
    #expect(numbers[0] == nil && scheduler.outstanding == 10)
    transport.stuck = nil
    try take(30)
    for lane: Int32 in 0..<3 {
      #expect(numbers[lane] == (0..<10).map { Double(3 * $0) + Double(lane) })
    }
    _ = scheduler.finish()
  }
}
