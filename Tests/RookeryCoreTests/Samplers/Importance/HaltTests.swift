import CaseProblems
import Glibc
import ReferenceProblems
import Synchronization
import Testing

@testable import RookeryCore

/// What happens where a run must stop in the middle of a long step.
@Suite struct HaltTests {
  /// Counts how often it is asked, and halts at the given time.
  private final class Counter: Sendable {
    let asked = Atomic<Int>(0)
    let last: Int

    init(haltingAt last: Int = .max) { self.last = last }

    var halt: Halt<Halted> {
      Halt { self.asked.add(1, ordering: .relaxed).newValue >= self.last }
    }
  }

  private static func bytes(_ value: some Wire) -> [UInt8] {
    var writer = WireWriter()
    writer.write(value)
    return writer.bytes
  }

  /// Runs a sampler by hand, and shows it with each step that is due.
  private static func drive(
    _ problem: Problem, _ settings: ImportanceNestedSettings, pieces most: Int = .max,
    _ atStep: (ImportanceNestedSampler, ImportanceNestedSampler.Step) throws -> Void
  ) throws {
    var hand = ByHand(try ImportanceNestedSampler(problem, settings: settings, seed: 3))
    let worker = Worker<ShellPiece>(Evaluator(problem))
    var clock = 0.0
    for _ in 0..<most {
      guard let (piece, context) = hand.nextPiece() else { return }
      hand.sampler.absorb(try worker.perform(piece, with: context, clock: &clock).0, of: piece)
      if let step = hand.sampler.due { try atStep(hand.sampler, step) }
    }
  }

  private static func small(networks: Int = 1) -> ImportanceNestedSettings {
    var settings = ImportanceNestedSettings()
    (settings.live, settings.networks, settings.targetEffectiveSize) = (60, networks, 3000)
    return settings
  }

  /// Wherever a step is halted, the state is to the byte what it was, and from these bytes the step comes to the same.
  @Test(.timeLimit(.minutes(10))) func aHaltedStepLeavesNothingBehind() throws {
    var seen: Set<ImportanceNestedSampler.Step> = []
    try Self.drive(CaseProblem.betas(dimension: 2).problem(), Self.small()) { sampler, step in
      guard seen.insert(step).inserted else { return }
      let before = Self.bytes(sampler)
      var whole = sampler
      let counter = Counter()
      try whole.settle(unless: counter.halt)
      let asked = counter.asked.load(ordering: .relaxed)
      #expect(asked > 0, "\(step) cannot be halted")
      for last in Set([1, asked / 2, asked].filter { $0 > 0 }) {
        var halted = sampler
        #expect(throws: Halted.self) { try halted.settle(unless: Counter(haltingAt: last).halt) }
        var reader = WireReader(Self.bytes(halted))
        var again = try ImportanceNestedSampler(from: &reader)
        // A step that follows at once may have been halted in the place of this one.
        #expect(again.due != step || Self.bytes(again) == before)
        again.settle(unless: .never)
        let isSame = Self.bytes(again) == Self.bytes(whole)
        #expect(isSame, "\(step)")
      }
    }
    #expect(seen == [.lookAround, .finishBound, .beginFit, .layOut, .beginStage])
  }

  /// A training piece is left as well where the driver's thread does it.
  @Test func trainingCanBeHalted() throws {
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 1), index: 1)
    let points = (0..<2000).map { _ in Float(stream.uniform()) }
    let set = TrainingSet(
      inputs: 2, hidden: [8, 4], points: points, targets: Array(points[..<1000]),
      weights: [Float](repeating: 1, count: 1000), epochs: 20, rate: 0.01, starts: [])
    let counter = Counter(haltingAt: 3)
    #expect(throws: Halted.self) { try set.train(member: 0, stream: &stream, unless: counter.halt) }
  }

  /// The longest time that goes by unasked, where steps are long: a quarter of a second of the processor at most.
  @Test(.timeLimit(.minutes(10)), arguments: ["modes", "gauss20", "betas:3"])
  func stepsAskOften(_ name: String) throws {
    let problem =
      try (try? ReferenceProblem.named(name).problem) ?? CaseProblem.named(name).problem()
    var settings = ImportanceNestedSettings()
    settings.live = name == "modes" ? 1600 : 400
    if name == "gauss20" { settings.liveFraction = 0.99999 }
    let gaps = Gaps()
    try Self.drive(problem, settings, pieces: 30_000) { sampler, step in
      var sampler = sampler
      gaps.begin()
      sampler.settle(unless: Halt<Never> { gaps.note(step) })
      gaps.note(step)
    }
    let (seconds, place) = gaps.longest
    #expect(seconds < 0.25, "\(seconds) s in \(place)")
  }

  /// Times of this thread between two questions.
  private final class Gaps: Sendable {
    private let state = Mutex((last: 0.0, longest: 0.0, place: ""))

    func begin() { state.withLock { $0.last = threadSeconds() } }

    func note(_ step: ImportanceNestedSampler.Step) {
      let now = threadSeconds()
      state.withLock {
        if now - $0.last > $0.longest { ($0.longest, $0.place) = (now - $0.last, "\(step)") }
        $0.last = now
      }
    }

    var longest: (Double, String) { state.withLock { ($0.longest, $0.place) } }
  }

  // MARK: Runs

  /// A sampler whose long steps take as much longer as it takes to be stopped within them.
  private struct Slowed: Sampler {
    var inner: ImportanceNestedSampler

    init(_ inner: ImportanceNestedSampler) { self.inner = inner }
    var window: Int { inner.window }
    mutating func next() -> RookeryCore.Issue<ShellPiece>? { inner.due == nil ? inner.next() : nil }
    mutating func absorb(_ outcome: ShellOutcome, of piece: ShellPiece) { inner.absorb(outcome, of: piece) }
    mutating func settle<E>(unless halt: Halt<E>) throws(E) {
      try inner.settle(
        unless: Halt<E> { () throws(E) in
          usleep(500)
          try halt.check()
        })
    }
    var ending: Ending? { inner.ending }
    var status: SamplerStatus { inner.status }
    func record() -> RunRecord { inner.record() }
    func encode(to writer: inout WireWriter) { inner.encode(to: &writer) }
    init(from reader: inout WireReader) throws(WireError) {
      inner = try ImportanceNestedSampler(from: &reader)
    }
  }

  /// Stopped again and again in the middle of steps, saved, and taken up, a run comes to the bits of one that nobody stopped.
  @Test(.timeLimit(.minutes(10))) func aRunStoppedWithinStepsGoesOnToTheSameBits() throws {
    let problem = try CaseProblem.betas(dimension: 2).problem()
    let sampler = try ImportanceNestedSampler(problem, settings: Self.small(networks: 0), seed: 3)
    let engine = EngineDescription(name: "slowed", live: 60, dimension: 2)
    var settings = RunSettings()
    settings.showsProgress = false
    let whole = try run(sampler, on: problem, engine: engine, settings: settings, pool: .serial)
    try inTemporaryDirectory { directory in
      settings.checkpoint = CheckpointSettings(directory: directory, seconds: 3600, policy: .resume)
      var (within, limit) = (0, 0.1)
      while true {
        settings.timeLimit = limit
        let start = wallSeconds()
        let part = try run(
          Slowed(sampler), on: problem, engine: engine, settings: settings, pool: .serial
        ) { if $0.inner.due != nil { within += 1 } }
        guard part.ending == .timeLimit else {
          #expect(part.ending == whole.ending && part.digest == whole.digest)
          #expect(part.statistics.calls == whole.statistics.calls)
          break
        }
        // Well above what a busy machine takes to write a state; the steps take longer.
        #expect(wallSeconds() - start < limit + 2)
        limit *= 1.5
      }
      #expect(within >= 3)
    }
  }
}
