import Testing

@testable import RookeryCore

/// What a sampler holds for pieces that are out: no more than those name.
@Suite struct ShellContextsTests {
  @Test(.timeLimit(.minutes(10))) func contextsOfOldBoundsAreDropped() throws {
    let problem = try Problem(
      "peak", parameters: [Parameter("x", .uniform(-1, 1)), Parameter("y", .uniform(-1, 1))]
    ) { (theta: Span<Double>) in -1e4 * (theta[0] * theta[0] + theta[1] * theta[1]) }
    var settings = ImportanceNestedSettings()
    settings.networks = 0
    settings.live = 60
    var sampler = try ImportanceNestedSampler(problem, settings: settings, seed: 2)
    let worker = Worker<ShellPiece>(problem)
    var (out, clock, most): ([ShellPiece], Double, Int) = ([], 0, 0)
    for _ in 0..<20_000 where sampler.version < 7 {
      while out.count < sampler.window, let piece = sampler.next() { out.append(piece) }
      guard !out.isEmpty else { break }
      let piece = out.removeFirst()
      sampler.absorb(
        try worker.perform(piece, with: sampler.context(piece.context), clock: &clock).0, of: piece)
      most = max(most, sampler.contexts.count)
    }
    #expect(sampler.version == 7)
    #expect(most <= 3)
  }
}
