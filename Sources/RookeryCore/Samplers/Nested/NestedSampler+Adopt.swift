extension NestedSampler {
  /// Answers the first pieces that ask for draws from the prior by draws made before, as far as it needs them.
  ///
  /// They are as good as its own: which of them are taken follows from how many it needs, as with draws of its own, but that it looks at all
  /// of them before it gives up. So what an earlier
  /// search has found above a plateau of the prior is not thrown away, and nothing of it is chosen.
  package mutating func adopt(_ draws: PriorDraws) {
    // Nobody asks the draws that are here already for a second value: what the search before found by that counts.
    defer { noise = draws.noise }
    drawsAtHand = draws.count
    for row in 0..<draws.count {
      guard isFilling, threshold == -.infinity, out == 0, let piece = nextOne(), piece.kind == .prior
      else {
        return
      }
      var outcome = NestedOutcome()
      outcome.cube = draws.cube[row: row]
      outcome.derived = draws.derived.columns > 0 ? draws.derived[row: row] : []
      outcome.logL = draws.logL[row]
      absorbOne(outcome, of: piece)
    }
  }
}
