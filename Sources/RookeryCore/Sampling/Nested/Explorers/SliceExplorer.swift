extension NestedPiece {
  /// How often a bracket may be widened on one side, or narrowed.
  private static let bracketLimit = 100

  /// Slice sampling along random directions in the frame of an ellipsoid, by stepping out and shrinkage (Neal 2003,
  /// doi:10.1214/aos/1056562461, figures 3 and 5), on the set above the threshold.
  func slice(
    _ stream: inout RandomStream, _ context: NestedContext, _ evaluator: Evaluator
  ) throws -> NestedOutcome {
    var outcome = NestedOutcome()
    let d = start.count
    let ellipsoid = context.bound.pick(&stream)
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * d) { room in
      room.initialize(repeating: 0)
      let x = UnsafeMutableBufferPointer(rebasing: room[..<d])
      let direction = UnsafeMutableBufferPointer(rebasing: room[d..<2 * d])
      let z = UnsafeMutableBufferPointer(rebasing: room[2 * d..<3 * d])
      let trial = UnsafeMutableBufferPointer(rebasing: room[(3 * d)...])
      for i in 0..<d { x[i] = start[i] }

      /// The log-likelihood at a place on the line; minus infinity outside the cube, which costs no call.
      func logL(at t: Double) throws -> Double {
        for i in 0..<d { trial[i] = x[i] + t * direction[i] }
        guard context.settle(trial) else { return -.infinity }
        outcome.calls += 1
        return try evaluator.logLikelihood(UnsafeBufferPointer(trial))
      }

      for _ in 0..<steps {
        stream.direction(into: z)
        for i in 0..<d { direction[i] = 0 }
        if let ellipsoid {
          ellipsoid.add(z, times: scale, to: direction)
        } else {
          for i in 0..<d { direction[i] = scale * z[i] }
        }
        let offset = stream.uniform()
        var (low, high) = (-offset, 1 - offset)
        var widenings = 0
        while widenings < Self.bracketLimit, try logL(at: low) > threshold {
          low -= 1
          widenings += 1
        }
        let rest = widenings
        while widenings < rest + Self.bracketLimit, try logL(at: high) > threshold {
          high += 1
          widenings += 1
        }
        outcome.gains += widenings
        for _ in 0..<Self.bracketLimit {
          let t = low + stream.uniform() * (high - low)
          let value = try logL(at: t)
          if value > threshold {
            outcome.logL = value
            for i in 0..<d { x[i] = trial[i] }
            outcome.derived = Array(evaluator.derived)
            break
          }
          outcome.losses += 1
          if t < 0 { low = t } else { high = t }
        }
      }
      if outcome.logL > threshold { outcome.cube = Array(x) }
    }
    return outcome
  }
}
