import Testing

@testable import RookeryCore

/// Every part of a sampler's state and of its pieces comes back from its bytes: one that is left out is lost on resume, one that
/// is written and read in different orders becomes another.
@Suite struct SamplerWireTests {
  private static func problem() throws -> Problem {
    try Problem(
      "bimodal",
      parameters: [
        Parameter("x", .uniform(0, 1), boundary: .periodic),
        Parameter("y", .uniform(0, 1), boundary: .reflective),
      ], derived: ["sum"]
    ) { theta, derived in
      derived[0] = theta[0] + theta[1]
      let left = theta[0] - 0.2, right = theta[0] - 0.7, y = theta[1] - 0.5
      return max(-800 * left * left, -800 * right * right) - 800 * y * y
    }
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [NestedSettings.Explorer.uniform, .mixture, .localSlice],
    [NestedSettings.Bound.multi, .friends])
  func liveStates(_ explorer: NestedSettings.Explorer, _ bound: NestedSettings.Bound) throws {
    let problem = try Self.problem()
    var settings = NestedSettings()
    (settings.live, settings.explorer, settings.bound, settings.window) = (50, explorer, bound, 7)
    (settings.isDynamic, settings.targetEffectiveSize, settings.batch) = (true, 1000, 20)
    var sampler = try NestedSampler(problem: problem, settings: settings, seed: 3)
    let evaluator = Evaluator(problem)
    var pieces: [NestedPiece] = []
    for step in 0..<900 {
      while pieces.count < sampler.window, let piece = sampler.nextPiece() { pieces.append(piece) }
      guard !pieces.isEmpty else { break }
      let piece = pieces.removeFirst()
      let context = sampler.context
      let outcome = try piece.perform(with: context, on: evaluator)
      if step % 97 == 0 {
        try expectSurvival(of: sampler)
        try expectSurvival(of: piece)
        try expectSurvival(of: context)
        try expectSurvival(of: outcome)
      }
      sampler.absorb(outcome, of: piece)
    }
    #expect(sampler.dynamic.batches > 0)
    try expectSurvival(of: sampler.record())
  }

  @Test(.timeLimit(.minutes(10))) func statesOfShells() throws {
    let problem = try Self.problem()
    var settings = ImportanceNestedSettings()
    (settings.live, settings.networks, settings.targetEffectiveSize) = (60, 1, 400)
    var hand = ByHand(try ImportanceNestedSampler(problem, settings: settings, seed: 3))
    let worker = Worker<ShellPiece>(Evaluator(problem))
    var (clock, phases): (Double, Set<ImportanceNestedSampler.Phase>) = (0, [])
    var steps = 0
    while let (piece, context) = hand.nextPiece() {
      let (outcome, _) = try worker.perform(piece, with: context, clock: &clock)
      let isNew = phases.insert(hand.sampler.phase).inserted
      if isNew || steps % 1009 == 0 {
        try expectSurvival(of: hand.sampler)
        try expectSurvival(of: piece)
        try expectSurvival(of: context)
        try expectSurvival(of: outcome)
      }
      hand.sampler.absorb(outcome, of: piece)
      steps += 1
    }
    #expect(phases.isSuperset(of: [.exploring, .measuring, .sampling]))
    try expectSurvival(of: hand.sampler.record())
  }

  @Test func settingsAndPieces() throws {
    var nested = NestedSettings()
    (nested.live, nested.explorer, nested.bound, nested.bootstraps) = (3, .mixture, .cubes, 4)
    (nested.enlargement, nested.remainingEvidence, nested.window, nested.walkSteps) = (5, 6, 7, 8)
    (nested.slices, nested.deletions, nested.isDynamic, nested.targetEffectiveSize) = (9, 10, true, 11)
    (nested.targetError, nested.batch, nested.posteriorShare) = (12, 13, 0.14)
    try expectSurvival(of: nested)
    try expectSurvival(of: NestedSettings())
    for kind in [
      NestedPiece.Kind.prior, .uniform, .randomWalk, .localSlice, .axisSlice, .randomSlice, .mixture,
    ] {
      try expectSurvival(
        of: NestedPiece(
          kind: kind, seed: 1, index: 2, context: 3, threshold: 4, start: [5, 6], scale: 7, steps: 8,
          family: 9))
    }
    var outcome = NestedOutcome()
    (outcome.cube, outcome.logL, outcome.derived, outcome.calls) = ([1, 2], 3, [4], 5)
    (outcome.gains, outcome.losses, outcome.travel) = (6, 7, [8])
    (outcome.trail, outcome.trailLogL, outcome.repeats) = ([9, 10], [11], [12, 13])
    try expectSurvival(of: outcome)
    var shells = ImportanceNestedSettings()
    try expectSurvival(of: shells)
    (shells.live, shells.networks, shells.window, shells.targetEffectiveSize) = (3, 4, 5, 6)
    (shells.liveFraction, shells.updateFraction, shells.enlargement) = (0.7, 8, 9)
    (shells.thoroughBelow, shells.remainingEvidence) = (0.1, 11)
    try expectSurvival(of: shells)
    for task in [
      ShellPiece.Task.draw(points: 1, again: 6, origin: -7), .train(set: 2, member: 3),
      .measure(component: 4, proposals: 5),
    ] {
      try expectSurvival(of: task)
    }
  }
}
