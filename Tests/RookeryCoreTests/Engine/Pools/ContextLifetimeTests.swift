import Synchronization
import Testing

@testable import RookeryCore

/// A context that knows how many of its kind are alive in the program.
private struct CountedContext: Wire, Sendable {
  static let living = Atomic<Int>(0)

  private final class Token: Sendable {
    init() { CountedContext.living.add(1, ordering: .relaxed) }
    deinit { CountedContext.living.subtract(1, ordering: .relaxed) }
  }

  var version: Int
  private let token = Token()

  init(version: Int) { self.version = version }
  func encode(to writer: inout WireWriter) { writer.write(version) }
  init(from reader: inout WireReader) throws(WireError) { version = try reader.read() }
}

/// Counts the contexts that are alive while it is carried out.
private struct CountingPiece: Work {
  var context: ContextID
  var index: Int

  func perform(with context: CountedContext, on evaluator: Evaluator) throws -> Count {
    _ = try [0.5].withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
    return Count(living: CountedContext.living.load(ordering: .relaxed), version: context.version)
  }

  init(context: ContextID, index: Int) { (self.context, self.index) = (context, index) }
  func encode(to writer: inout WireWriter) {
    writer.write(context)
    writer.write(index)
  }
  init(from reader: inout WireReader) throws(WireError) {
    context = try reader.read()
    index = try reader.read()
  }

  struct Count: Wire, Sendable {
    var living: Int
    var version: Int
    init(living: Int, version: Int) { (self.living, self.version) = (living, version) }
    func encode(to writer: inout WireWriter) {
      writer.write(living)
      writer.write(version)
    }
    init(from reader: inout WireReader) throws(WireError) {
      living = try reader.read()
      version = try reader.read()
    }
  }
}

/// A new context every five pieces; leaves the counts as log-likelihoods.
private struct CountingSampler: Sampler {
  static let piecesPerContext = 5
  static let versions = 60
  var issued = 0
  var counts: [Double] = []
  var widest = 0
  var handedOver = -1
  var window: Int { 4 }

  init() {}
  mutating func next() -> RookeryCore.Issue<CountingPiece>? {
    // No more than the window says are out, and as many where there is enough to do.
    #expect(issued - counts.count < window)
    widest = max(widest, issued - counts.count + 1)
    guard issued < Self.piecesPerContext * Self.versions else { return nil }
    let version = issued / Self.piecesPerContext
    guard version == handedOver else {
      handedOver = version
      return .context(ContextID(version: version), CountedContext(version: version))
    }
    defer { issued += 1 }
    return .piece(CountingPiece(context: ContextID(version: version), index: issued))
  }
  mutating func absorb(_ outcome: CountingPiece.Count, of piece: CountingPiece) {
    #expect(outcome.version == counts.count / Self.piecesPerContext)
    counts.append(Double(outcome.living))
    if counts.count == 100 { #expect(widest == window) }
  }
  var ending: Ending? { counts.count == Self.piecesPerContext * Self.versions ? .converged : nil }
  func record() -> RunRecord {
    RunRecord(
      cube: PointMatrix(columns: 1, values: counts.map { _ in 0.5 }), derived: PointMatrix(columns: 0),
      logLikelihoods: counts, kind: .nested(birthLogLikelihoods: counts.map { _ in -.infinity }))
  }
  func encode(to writer: inout WireWriter) {
    writer.write(issued)
    writer.write(counts)
  }
  init(from reader: inout WireReader) throws(WireError) {
    issued = try reader.read()
    counts = try reader.read()
  }
}

@Suite(.serialized) struct ContextLifetimeTests {
  /// Contexts may be tens of megabytes: those that no piece names any more are freed by the driver and by every worker.
  @Test(.timeLimit(.minutes(10)), arguments: [nil, 1, 3]) func oldOnesAreFreed(_ threads: Int?) throws {
    var problem = try Problem("p", parameters: [Parameter("x", .uniform(0, 1))]) { (_: Span<Double>) in 1 }
    problem.isThreadSafe = true
    var settings = RunSettings()
    settings.showsProgress = false
    let crew = try Crew(
      threads.map { .threads($0) } ?? .serial, problems: [problem], kinds: [], settings: settings)
    let result = try crew.run(
      CountingSampler(), on: problem, engine: EngineDescription(name: "counting", live: 1, dimension: 1),
      settings: settings)
    // At most two versions are out at once, and a third is in the making, on the driver and on each worker.
    let most = try #require(result.logLikelihoods.max())
    #expect(most >= 1 && most <= Double(4 * (1 + (threads ?? 0))))
    // The workers are still there, and what the run gave them is not.
    #expect(CountedContext.living.load(ordering: .relaxed) == 0)
  }
}
