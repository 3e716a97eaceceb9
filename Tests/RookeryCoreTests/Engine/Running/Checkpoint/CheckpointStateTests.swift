import Foundation
import Glibc
import RookeryCore
import Testing

@testable import RookeryCore

/// A sampler without work, which takes its time to be written.
private struct SlowSampler: Sampler {
  struct NoPiece: Work {
    func perform(with context: NoContext, on evaluator: Evaluator) throws -> NoContext { NoContext() }
    func encode(to writer: inout WireWriter) {}
    init(from reader: inout WireReader) throws(WireError) {}
    init() {}
  }

  var milliseconds: Int
  var window: Int { 1 }
  var ending: Ending? { .converged }

  init(milliseconds: Int) { self.milliseconds = milliseconds }
  mutating func next() -> RookeryCore.Issue<NoPiece>? { nil }
  mutating func absorb(_ outcome: NoContext, of piece: NoPiece) {}
  func record() -> RunRecord {
    RunRecord(
      cube: PointMatrix(columns: 1), derived: PointMatrix(columns: 0), logLikelihoods: [],
      kind: .nested(birthLogLikelihoods: []))
  }
  func encode(to writer: inout WireWriter) {
    usleep(UInt32(1000 * milliseconds))
    writer.write(milliseconds)
  }
  init(from reader: inout WireReader) throws(WireError) { milliseconds = try reader.read() }
}

@Suite struct CheckpointStateTests {
  private static func problem(_ upper: Double = 1) throws -> Problem {
    try Problem("p", parameters: [Parameter("x", .uniform(0, upper))]) { (_: Span<Double>) in 1 }
  }

  private static let engine = EngineDescription(
    name: "slow", live: 1, dimension: 1, settings: [.init("live", "5"), .init("targetError", "0.1")],
    mayChangeOnResume: ["targetError"])

  private static func keeper(
    _ directory: String, seconds: Double = 0.01, policy: CheckpointSettings.Policy = .overwrite
  ) throws -> CheckpointKeeper {
    try CheckpointKeeper(
      CheckpointSettings(directory: directory, seconds: seconds, policy: policy), engine: engine, seed: 3,
      problem: problem())
  }

  private static func state(_ keeper: CheckpointKeeper, milliseconds: Int = 0) -> Checkpoint<SlowSampler> {
    var cost = PieceCost()
    (cost.calls, cost.refused, cost.likelihoodSeconds, cost.busySeconds) = (11, 12, 13.5, 14.5)
    var timeline = BusyTimeline()
    timeline.add(0.5, until: 1)
    return keeper.checkpoint(
      SlowSampler(milliseconds: milliseconds), out: [SlowSampler.NoPiece()],
      contexts: [LivingContext(id: ContextID(), value: NoContext(), isNewest: true)],
      cost: cost, pieces: 15, wallSeconds: 16.5, cpuSeconds: 17.5, timeline: timeline)
  }

  /// A state that takes long to write is written seldom: a hundredth of the time goes into it, no more.
  @Test(.timeLimit(.minutes(10))) func writingTakesAHundredthOfTheTime() throws {
    try inTemporaryDirectory { directory in
      var keeper = try Self.keeper(directory)
      #expect(!keeper.isDue)
      while !keeper.isDue { usleep(1000) }
      try keeper.save(Self.state(keeper, milliseconds: 40))
      let start = wallSeconds()
      // It took 40 ms at least, so that none is due for another four seconds; a busy machine may sleep through them.
      usleep(1_000_000)
      let isDue = keeper.isDue
      if wallSeconds() - start < 3.9 { #expect(!isDue) }
    }
  }

  @Test(.timeLimit(.minutes(10))) func whatIsQuickIsWrittenAsOftenAsAsked() throws {
    try inTemporaryDirectory { directory in
      var keeper = try Self.keeper(directory, seconds: 0.2)
      let start = wallSeconds()
      try keeper.save(Self.state(keeper))
      let took = wallSeconds() - start
      while !keeper.isDue { usleep(1000) }
      let waited = wallSeconds() - start
      #expect(waited >= 0.2)
      // Not much longer than asked for or than a hundred times what it took, but for a machine that sleeps.
      #expect(waited < 100 * took + 30)
    }
  }

  @Test func everyPartComesBack() throws {
    try inTemporaryDirectory { directory in
      let keeper = try Self.keeper(directory)
      let state = Self.state(keeper, milliseconds: 1)
      var writer = WireWriter()
      writer.write(state)
      var reader = WireReader(writer.bytes)
      let back = try Checkpoint<SlowSampler>(from: &reader)
      #expect("\(back)" == "\(state)")
      #expect(back.timeline == state.timeline && back.timeline.busySeconds.contains { $0 > 0 })
    }
  }

  @Test func theNewestStateIsLoadedAndTheOneBeforeIsKept() throws {
    try inTemporaryDirectory { directory in
      for milliseconds in [1, 2, 3] {
        var keeper = try Self.keeper(directory, policy: milliseconds == 1 ? .overwrite : .resume)
        try keeper.save(Self.state(keeper, milliseconds: milliseconds))
      }
      func loaded() throws -> Int? {
        try Self.keeper(directory, policy: .resume).load(SlowSampler.self)?.sampler.milliseconds
      }
      #expect(try loaded() == 3)
      try FileManager.default.removeItem(atPath: directory + "/checkpoint.slow")
      #expect(try loaded() == 2)
      try FileManager.default.removeItem(atPath: directory + "/checkpoint.slow.previous")
      #expect(try loaded() == nil)
    }
  }

  @Test func whatAnEarlierRunLeftIsRefusedGoneOnWithOrReplaced() throws {
    try inTemporaryDirectory { directory in
      do {
        var keeper = try Self.keeper(directory)
        try keeper.save(Self.state(keeper))
      }
      let refused = #expect(throws: InputError.self) { try Self.keeper(directory, policy: .refuse) }
      #expect(refused?.description.contains("resume goes on") == true)
      let other = EngineDescription(name: "other", live: 1, dimension: 1)
      let wrong = #expect(throws: InputError.self) {
        try CheckpointKeeper(
          CheckpointSettings(directory: directory, policy: .resume), engine: other, seed: 3,
          problem: Self.problem())
      }
      #expect(wrong?.description.contains("another method") == true)
      // A method that takes over has a state of its own beside that of the first, which both stay.
      do {
        var heir = CheckpointSettings(directory: directory, policy: .resume)
        heir.engineBefore = Self.engine.name
        var keeper = try CheckpointKeeper(heir, engine: other, seed: 3, problem: Self.problem())
        #expect(try keeper.load(SlowSampler.self) == nil)
        try keeper.save(Self.state(keeper))
      }
      #expect(try Self.keeper(directory, policy: .resume).load(SlowSampler.self) != nil)
      #expect(try Self.keeper(directory, policy: .overwrite).load(SlowSampler.self) == nil)
      #expect(try Self.keeper(directory, policy: .refuse).load(SlowSampler.self) == nil)
    }
  }

  /// Method, seed, problem and settings must be those it was started with, but for targets.
  @Test func whatDiffersIsNamed() throws {
    try inTemporaryDirectory { directory in
      let state = Self.state(try Self.keeper(directory))
      func complaint(
        _ engine: EngineDescription = Self.engine, seed: UInt64 = 3, upper: Double = 1
      ) throws -> String? {
        let fingerprint = try Self.problem(upper).fingerprint
        do {
          try state.check(against: engine, seed: seed, problem: fingerprint, path: "there")
          return nil
        } catch { return "\(error)" }
      }
      func engine(_ settings: [(String, String)], name: String = "slow") -> EngineDescription {
        EngineDescription(
          name: name, live: 1, dimension: 1, settings: settings.map { .init($0, $1) },
          mayChangeOnResume: ["targetError"])
      }
      #expect(try complaint() == nil)
      #expect(try complaint(seed: 4)?.contains("the seed is 4 here and 3 there") == true)
      #expect(try complaint(upper: 2)?.contains("the prior of \"x\"") == true)
      #expect(try complaint(engine([("live", "5")], name: "fast"))?.contains("the method") == true)
      #expect(
        try complaint(engine([("live", "6"), ("targetError", "0.1")]))?.contains("live is 6 here and 5 there")
          == true)
      #expect(try complaint(engine([("live", "5"), ("targetError", "0.2")])) == nil)
      #expect(try complaint(engine([("live", "5")]))?.contains("settings") == true)
      #expect(try complaint(engine([("live", "5"), ("window", "0.1")]))?.contains("window") == true)
    }
  }

  @Test func framesThatAreDamagedAreToldApart() throws {
    let state: [UInt8] = Array(0..<100)
    let frame = CheckpointFile.frame(state)
    #expect(try Array(CheckpointFile.state(of: frame)) == state)
    func damage(_ bytes: [UInt8]) -> String? {
      do {
        _ = try CheckpointFile.state(of: bytes)
        return nil
      } catch { return error.description }
    }
    #expect(damage([])?.contains("is not a checkpoint") == true)
    #expect(damage(Array(frame.prefix(25)))?.contains("cut short") == true)
    #expect(damage(Array(frame.dropLast()))?.contains("99 bytes") == true)
    #expect(damage(frame + [0])?.contains("101 bytes") == true)
    for at in frame.indices {
      var flipped = frame
      flipped[at] ^= 4
      #expect(damage(flipped) != nil, "byte \(at)")
    }
    // Two equal changes, or two words that change places, must not cancel out.
    var swapped = state
    for i in 0..<8 { swapped.swapAt(i, 8 + i) }
    #expect(CheckpointFile.frame(swapped) != CheckpointFile.frame(state))
    var forged = frame
    forged.replaceSubrange((frame.count - 100)..., with: swapped)
    #expect(damage(forged)?.contains("changed") == true)
  }
}
