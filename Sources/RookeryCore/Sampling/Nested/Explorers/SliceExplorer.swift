extension NestedPiece {
  /// Every so many slices the chain first jumps to another ellipsoid.
  private static let jumpPeriod = 3
  /// Of so many slices one follows a chord of the whole bound and one steps out; the others are local.
  private static let cycle = 16
  /// How many points of its way a chain reports.
  private static let reports = 3

  /// Slice sampling (Neal 2003, doi:10.1214/aos/1056562461) of the set above the threshold, by four kinds of moves.
  /// Each keeps the uniform distribution there; together they reach all of it.
  ///
  /// - Local: in the frame and within one of the ellipsoids that hold the chain.
  /// - Jump: to the same place in the frame of another ellipsoid, another mode or the far end of a bent one.
  /// - Chord: in the frame of any ellipsoid, within the whole bound.
  /// - Stepping out: in the frame of any ellipsoid, beyond the bound too.
  ///
  /// Local moves and chords need no stepping out: their bracket is the part of the line inside, which depends on the line alone
  /// and not on where the chain is on it, and is shrunk towards the chain (figure 5).
  func sliceLocally(
    _ stream: inout RandomStream, _ context: NestedContext, _ evaluator: Evaluator
  ) throws -> NestedOutcome {
    var chain = SliceChain(start, threshold: threshold, context: context, evaluator: evaluator)
    defer { chain.deallocate() }
    // Where in the cycle a chain begins is left to chance, so that short chains have all moves between them.
    let phase = stream.integer(below: Self.cycle)
    let stride = max(1, steps / (Self.reports + 1))
    for step in 0..<steps {
      if step > 0, step % stride == 0 { chain.report() }
      if (phase + step) % Self.jumpPeriod == 0 { try chain.jump(&stream) }
      switch (phase + step) % Self.cycle {
      case 7: try chain.moveAlongChord(&stream)
      case 15: try chain.stepOut(scale: scale, &stream)
      default: try chain.moveLocally(&stream)
      }
    }
    return chain.ended()
  }

  /// Slices with stepping out (figure 3), in the frame of an ellipsoid that is drawn by volume for each.
  ///
  /// Directions are the axes of the ellipsoid in turn, random ones, or by turns random ones and differences of two live points, the
  /// mixture that mixed best for its calls in Buchner (2022), arXiv:2211.09426.
  func sliceByStepping(
    _ stream: inout RandomStream, _ context: NestedContext, _ evaluator: Evaluator
  ) throws -> NestedOutcome {
    var chain = SliceChain(start, threshold: threshold, context: context, evaluator: evaluator)
    defer { chain.deallocate() }
    for step in 0..<steps {
      switch kind {
      case .axisSlice: chain.aimAlongAxis(&stream)
      case .mixture where step % 2 == 0: chain.aimAlongDifference(&stream)
      default: chain.aimAtRandom(&stream)
      }
      try chain.stepOutAsAimed(scale: scale, &stream)
    }
    return chain.ended()
  }
}
