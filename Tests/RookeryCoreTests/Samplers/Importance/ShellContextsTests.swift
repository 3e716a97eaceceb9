import Testing

@testable import RookeryCore

/// What is kept for pieces of the shell method: no more than they need.
@Suite struct ShellContextsTests {
  @Test(.timeLimit(.minutes(10))) func contextsOfOldBoundsAreDropped() throws {
    let problem = try Problem(
      "peak", parameters: [Parameter("x", .uniform(-1, 1)), Parameter("y", .uniform(-1, 1))]
    ) { (theta: Span<Double>) in -1e4 * (theta[0] * theta[0] + theta[1] * theta[1]) }
    var settings = ImportanceNestedSettings()
    settings.networks = 1
    settings.live = 60
    settings.targetEffectiveSize = 200
    var hand = ByHand(try ImportanceNestedSampler(problem, settings: settings, seed: 2))
    let worker = Worker<ShellPiece>(Evaluator(problem))
    var (clock, most, trainings) = (0.0, 0, 0)
    while let (piece, context) = hand.nextPiece() {
      if case .training = context.content { trainings += 1 }
      hand.sampler.absorb(try worker.perform(piece, with: context, clock: &clock).0, of: piece)
      most = max(most, hand.contexts.ids.count)
      // What points are drawn from stays; what networks were trained on goes with the last of them.
      let isPreparing = hand.out.contains { if case .draw = $0.task { false } else { true } }
      if !isPreparing { #expect(hand.contexts.ids.allSatisfy { $0.lane == 0 }) }
    }
    #expect(hand.sampler.ending == .converged && hand.sampler.version > 6 && trainings > 3)
    #expect(most <= 3 && hand.contexts.ids == [hand.sampler.drawContext])
  }
}
