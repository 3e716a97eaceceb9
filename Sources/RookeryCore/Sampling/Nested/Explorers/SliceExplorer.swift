extension NestedPiece {
  /// How often a bracket may be widened on one side, or narrowed.
  private static let bracketLimit = 100
  /// One in so many slices steps out instead of taking its bracket from the bound.
  private static let steppingShare = 8

  /// Slice sampling along random directions in the frame of an ellipsoid, on the set above the threshold.
  ///
  /// Most slices need no stepping out: the bracket is the part of the line inside the bound, which depends on the line alone
  /// and not on where the chain is on it, so shrinking it towards the chain (Neal 2003, doi:10.1214/aos/1056562461, figure 5)
  /// keeps the uniform distribution above the threshold. A chain outside the bound stays where it is. Some slices step out (figure 3)
  /// and reach what the bound leaves out.
  func slice(
    _ stream: inout RandomStream, _ context: NestedContext, _ evaluator: Evaluator
  ) throws -> NestedOutcome {
    var chain = SliceChain(dimension: start.count, threshold: threshold, context: context, evaluator: evaluator)
    defer { chain.deallocate() }
    for i in start.indices { chain.x[i] = start[i] }
    for _ in 0..<steps {
      chain.aim(&stream)
      if stream.integer(below: Self.steppingShare) == 0 {
        try chain.stepOut(scale: scale, limit: Self.bracketLimit, &stream)
      } else {
        try chain.cutChord(limit: Self.bracketLimit, &stream)
      }
    }
    // A chain of which no slice found a way starts again elsewhere: a copy of its start would be no new point.
    if chain.outcome.logL > threshold { chain.outcome.cube = Array(chain.x) }
    return chain.outcome
  }
}

/// The state of one slice chain, in storage of its own.
private struct SliceChain {
  let x: UnsafeMutableBufferPointer<Double>
  var outcome = NestedOutcome()
  private let direction: UnsafeMutableBufferPointer<Double>
  private let scratch: UnsafeMutableBufferPointer<Double>
  private let trial: UnsafeMutableBufferPointer<Double>
  private let threshold: Double
  private let context: NestedContext
  private let evaluator: Evaluator
  private static let columnShare = 0.75

  init(dimension: Int, threshold: Double, context: NestedContext, evaluator: Evaluator) {
    func room() -> UnsafeMutableBufferPointer<Double> {
      let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: dimension)
      buffer.initialize(repeating: 0)
      return buffer
    }
    (x, direction, scratch, trial) = (room(), room(), room(), room())
    self.threshold = threshold
    self.context = context
    self.evaluator = evaluator
  }

  func deallocate() {
    for buffer in [x, direction, scratch, trial] { buffer.deallocate() }
  }

  /// Chooses a direction in the frame of one of the bound's ellipsoids: one of the columns of its factor, which are orthogonal
  /// in its own frame, or one uniform on the sphere there.
  ///
  /// The ellipsoid is not the one around the chain, as that would break detailed balance. Where it is a stranger's, a
  /// random direction mixes its long axes into all others and moves nothing far; a column keeps them apart.
  func aim(_ stream: inout RandomStream) {
    let along = stream.uniform() < Self.columnShare ? stream.integer(below: x.count) : nil
    if let along {
      for i in scratch.indices { scratch[i] = i == along ? 1 : 0 }
    } else {
      stream.direction(into: scratch)
    }
    if let ellipsoid = context.bound.pick(&stream) {
      for i in direction.indices { direction[i] = 0 }
      ellipsoid.add(scratch, times: 1, to: direction)
    } else {
      for i in direction.indices { direction[i] = scratch[i] }
    }
  }

  /// A slice whose bracket is the chord of the bound.
  mutating func cutChord(limit: Int, _ stream: inout RandomStream) throws {
    for i in x.indices {
      scratch[i] = x[i] + context.bound.shift[i]
      if scratch[i] >= 1, context.bound.shift[i] != 0 { scratch[i] -= 1 }
    }
    let chord = Chord(through: scratch, along: direction, within: context.bound)
    guard let own = chord.measure(at: 0) else { return }
    var (low, high) = (0.0, chord.length)
    for _ in 0..<limit {
      let measure = low + stream.uniform() * (high - low)
      if try moves(to: chord.place(at: measure)) { return }
      if measure < own { low = measure } else { high = measure }
    }
  }

  /// A slice by stepping out.
  mutating func stepOut(scale: Double, limit: Int, _ stream: inout RandomStream) throws {
    let offset = stream.uniform()
    var (low, high) = (-offset * scale, (1 - offset) * scale)
    // The limit is shared out at random between the two sides, as detailed balance asks.
    let left = stream.integer(below: limit)
    for _ in 0..<left {
      guard try logL(at: low) > threshold else { break }
      low -= scale
      outcome.gains += 1
    }
    for _ in left..<limit {
      guard try logL(at: high) > threshold else { break }
      high += scale
      outcome.gains += 1
    }
    for _ in 0..<limit {
      let t = low + stream.uniform() * (high - low)
      if try moves(to: t) { return }
      outcome.losses += 1
      if t < 0 { low = t } else { high = t }
    }
  }

  /// Moves the chain to a place on the line if that is above the threshold.
  private mutating func moves(to t: Double) throws -> Bool {
    let value = try logL(at: t)
    guard value > threshold else { return false }
    outcome.logL = value
    for i in x.indices { x[i] = trial[i] }
    if !evaluator.derived.isEmpty { outcome.derived = Array(evaluator.derived) }
    return true
  }

  /// The log-likelihood at a place on the line; minus infinity outside the cube, which costs no call.
  private mutating func logL(at t: Double) throws -> Double {
    for i in x.indices { trial[i] = x[i] + t * direction[i] }
    guard context.settle(trial) else { return -.infinity }
    outcome.calls += 1
    return try evaluator.logLikelihood(UnsafeBufferPointer(trial))
  }
}
