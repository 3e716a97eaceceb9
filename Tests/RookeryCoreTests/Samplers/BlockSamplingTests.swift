import CaseProblems
import ReferenceProblems
import Synchronization
import Testing

@testable import RookeryCore

/// Whole runs that ask for blocks: as good as those that ask for points one by one, for as many points and far fewer calls.
@Suite struct BlockSamplingTests {
  private final class Counter: Sendable {
    private let blocks = Atomic<Int>(0)
    func add() { blocks.add(1, ordering: .relaxed) }
    var count: Int { blocks.load(ordering: .relaxed) }
  }

  private func runs(
    _ name: String, by method: Method, block: Int?, seeds: ClosedRange<UInt64> = 1...3
  ) throws -> (results: [RunResult], points: Int, blocks: Int) {
    let counter = Counter()
    let problem = try ReferenceProblem.named(name).problem.inBlocks(of: block) { counter.add() }
    let results = try seeds.map { seed in
      var settings = RunSettings()
      (settings.seed, settings.showsProgress) = (seed, false)
      return try sample(problem, by: method, settings: settings)
    }
    return (results, results.reduce(0) { $0 + $1.statistics.calls }, counter.count)
  }

  private func expectRight(_ results: [RunResult], _ name: String) throws {
    let known = try ReferenceProblem.named(name).knownLogZ
    let pulls = results.map { ($0.evidence.logZ - known) / $0.evidence.error }
    #expect(pulls.allSatisfy { abs($0) < 4 }, "\(pulls)")
    #expect(results.allSatisfy { $0.ending == .converged })
  }

  @Test(.timeLimit(.minutes(10))) func shellsInBlocks() throws {
    let method = Method.importanceNested(ImportanceNestedSettings())
    let one = try runs("gauss10", by: method, block: 1)
    let many = try runs("gauss10", by: method, block: 64)
    try expectRight(many.results, "gauss10")
    // Three seeds tell calls to two percent or so.
    #expect(Double(many.points) < 1.05 * Double(one.points))
    #expect(many.points > 40 * many.blocks, "\(many.points) points in \(many.blocks) blocks")
    // What suits the sampler is what was measured.
    #expect(
      try runs("gauss10", by: method, block: nil, seeds: 1...1).results[0].digest == many.results[0].digest)
  }

  @Test(.timeLimit(.minutes(10))) func livePointsInBlocks() throws {
    var settings = NestedSettings()
    settings.remainingEvidence = 0.5
    let one = try runs("gauss5", by: .nested(settings), block: 1)
    let many = try runs("gauss5", by: .nested(settings), block: 31)
    try expectRight(many.results, "gauss5")
    #expect(Double(many.points) < 1.05 * Double(one.points))
    // Draws from the bound go in smaller groups than chains, lest there be more of them.
    #expect(many.points > 6 * many.blocks, "\(many.points) points in \(many.blocks) blocks")
    let own = try runs("gauss5", by: .nested(settings), block: nil, seeds: 1...1)
    #expect(own.results[0].digest == many.results[0].digest)
    #expect(own.results[0].provenance.settings.contains(.init("pointsAtOnce", "31")))
  }

  /// A state in the middle of groups comes back from its bytes, with the piece that is held back.
  @Test func statesWithGroupsSurvive() throws {
    let problem = try ReferenceProblem.named("gauss5").problem.inBlocks(of: 12).settingBatch(or: 1)
    var settings = NestedSettings()
    settings.live = 100
    var sampler = try NestedSampler(problem: problem, settings: settings, seed: 3)
    let evaluator = Evaluator(problem)
    var pieces: [NestedPiece] = []
    for step in 0..<120 {
      while pieces.count < sampler.window, let piece = sampler.nextPiece() { pieces.append(piece) }
      guard !pieces.isEmpty else { break }
      if step % 31 == 0 {
        var writer = WireWriter()
        writer.write(sampler)
        var reader = WireReader(writer.bytes)
        sampler = try NestedSampler(from: &reader)
        #expect(reader.remaining == 0)
        var again = WireWriter()
        again.write(sampler)
        #expect(again.bytes == writer.bytes)
      }
      let piece = pieces.removeFirst()
      sampler.absorb(try piece.perform(with: sampler.context, on: evaluator), of: piece)
    }
    sampler.held = NestedPiece(kind: .localSlice, seed: 3, index: 77, context: 1)
    var writer = WireWriter()
    writer.write(sampler)
    var reader = WireReader(writer.bytes)
    let copy = try NestedSampler(from: &reader)
    #expect(copy.held?.index == 77 && copy.held?.kind == .localSlice)
  }
}
