/// A chain of slices (Neal 2003, doi:10.1214/aos/1056562461) of the set above the threshold, one slice a move.
struct SliceRun: SteppingChain {
  private var chain: SliceChain
  private let piece: NestedPiece
  /// Where in the cycle the chain began.
  private let phase: Int
  private let stride: Int
  private var step = 0
  /// Whether the jump before the next slice has been made.
  private var hasJumped = false

  /// Every so many slices the chain first jumps to another ellipsoid.
  private static let jumpPeriod = 3
  /// Of so many slices one follows a chord of the whole bound and one steps out; the others are local.
  private static let cycle = 16
  /// How many points of its way a chain reports.
  private static let reports = 3

  init(_ piece: NestedPiece, context: NestedContext, evaluator: Evaluator, stream: inout RandomStream) {
    self.piece = piece
    chain = SliceChain(piece.start, threshold: piece.threshold, context: context, evaluator: evaluator)
    // Where in the cycle a chain begins is left to chance, so that short chains have all moves between them.
    phase = piece.kind == .localSlice ? stream.integer(below: Self.cycle) : 0
    stride = max(1, piece.steps / (Self.reports + 1))
  }

  var x: UnsafeMutableBufferPointer<Double> { chain.x }
  func deallocate() { chain.deallocate() }
  mutating func ended() -> NestedOutcome { chain.ended() }

  mutating func move(_ stream: inout RandomStream) throws -> Bool {
    guard step < piece.steps else { return false }
    if piece.kind == .localSlice {
      try sliceLocally(&stream)
    } else {
      try sliceByStepping(&stream)
    }
    return true
  }

  /// One of four kinds of moves. Each keeps the uniform distribution above the threshold; together they reach all of it.
  ///
  /// - Local: in the frame and within one of the ellipsoids that hold the chain.
  /// - Jump: to the same place in the frame of another ellipsoid, another mode or the far end of a bent one.
  /// - Chord: in the frame of any ellipsoid, within the whole bound.
  /// - Stepping out: in the frame of any ellipsoid, beyond the bound too.
  ///
  /// Local moves and chords need no stepping out: their bracket is the part of the line inside, which depends on the line alone
  /// and not on where the chain is on it, and is shrunk towards the chain (figure 5).
  private mutating func sliceLocally(_ stream: inout RandomStream) throws {
    if !hasJumped {
      if step > 0, step % stride == 0 { chain.report() }
      hasJumped = true
      if (phase + step) % Self.jumpPeriod == 0 { return try chain.jump(&stream) }
    }
    switch (phase + step) % Self.cycle {
    case 7: try chain.moveAlongChord(&stream)
    case 15: try chain.stepOut(scale: piece.scale, &stream)
    default: try chain.moveLocally(&stream)
    }
    step += 1
    hasJumped = false
  }

  /// A slice with stepping out (figure 3), in the frame of an ellipsoid that is drawn by volume.
  ///
  /// Directions are the axes of the ellipsoid in turn, random ones, or by turns random ones and differences of two live points, the
  /// mixture that mixed best for its calls in Buchner (2022), arXiv:2211.09426.
  private mutating func sliceByStepping(_ stream: inout RandomStream) throws {
    switch piece.kind {
    case .axisSlice: chain.aimAlongAxis(&stream)
    case .mixture where step % 2 == 0: chain.aimAlongDifference(&stream)
    default: chain.aimAtRandom(&stream)
    }
    try chain.stepOutAsAimed(scale: piece.scale, &stream)
    step += 1
  }
}
