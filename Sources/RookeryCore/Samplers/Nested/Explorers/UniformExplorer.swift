extension NestedPiece {
  /// Draws that the cube or the overlap of ellipsoids turns away, for each one tried.
  static let missesPerTry = 10_000

  func drawPrior(
    _ stream: inout RandomStream, _ context: NestedContext, _ evaluator: Evaluator
  ) throws -> NestedOutcome {
    var outcome = NestedOutcome()
    let x = context.boundaries.map { _ in stream.uniform() }
    outcome.logL = try x.withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
    outcome.cube = x
    outcome.derived = Array(evaluator.derived)
    outcome.calls = max(steps, 1)
    for _ in 1..<outcome.calls {
      outcome.repeats.append(try x.withUnsafeBufferPointer { try evaluator.logLikelihood($0) })
    }
    if !outcome.repeats.isEmpty { outcome.repeats.append(outcome.logL) }
    return outcome
  }

  /// Independent draws from the bound until one is above the threshold, at most `steps` of them.
  func drawUniform(
    _ stream: inout RandomStream, _ context: NestedContext, _ evaluator: Evaluator
  ) throws -> NestedOutcome {
    var outcome = NestedOutcome()
    let d = context.boundaries.count
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * d) { room in
      room.initialize(repeating: 0)
      let x = UnsafeMutableBufferPointer(rebasing: room[..<d])
      let scratch = UnsafeMutableBufferPointer(rebasing: room[d...])
      var misses = Self.missesPerTry
      while outcome.calls < steps, misses > 0 {
        guard context.draw(&stream, into: x, scratch: scratch) else {
          misses -= 1
          continue
        }
        misses = Self.missesPerTry
        outcome.calls += 1
        let logL = try evaluator.logLikelihood(UnsafeBufferPointer(x))
        if logL > threshold {
          outcome.logL = logL
          outcome.cube = Array(x)
          outcome.derived = Array(evaluator.derived)
          return
        }
      }
    }
    return outcome
  }
}
