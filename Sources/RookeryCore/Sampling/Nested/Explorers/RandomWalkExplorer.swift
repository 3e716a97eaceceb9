import Glibc

extension NestedPiece {
  /// Metropolis steps within the threshold, drawn uniformly from a scaled ellipsoid around the current point.
  ///
  /// The ellipsoid is chosen once, by volume and not by where the chain starts, which would break detailed balance. A walk that has
  /// not moved goes on until it does, so that no live point is ever copied.
  func walk(
    _ stream: inout RandomStream, _ context: NestedContext, _ evaluator: Evaluator
  ) throws -> NestedOutcome {
    var outcome = NestedOutcome()
    let d = start.count
    let chosen = context.bound.pick(&stream)
    let ellipsoid = chosen.map { context.bound.ellipsoids[$0] }
    let mirrors = chosen.map { context.bound.mirrors[$0] }
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * d) { room in
      room.initialize(repeating: 0)
      let x = UnsafeMutableBufferPointer(rebasing: room[..<d])
      let proposal = UnsafeMutableBufferPointer(rebasing: room[d..<2 * d])
      let z = UnsafeMutableBufferPointer(rebasing: room[(2 * d)...])
      for i in 0..<d { x[i] = start[i] }
      var step = 0
      while step < steps || (outcome.gains == 0 && step < 50 * steps) {
        step += 1
        stream.direction(into: z)
        let radius = scale * pow(stream.uniform(), 1 / Double(d))
        for i in 0..<d { proposal[i] = x[i] }
        if let ellipsoid {
          ellipsoid.add(z, times: radius, to: proposal)
        } else {
          for i in 0..<d { proposal[i] += 0.5 * radius * z[i] }
        }
        guard context.settle(proposal, mirrors: mirrors) else {
          outcome.losses += 1
          continue
        }
        outcome.calls += 1
        let logL = try evaluator.logLikelihood(UnsafeBufferPointer(proposal))
        guard logL > threshold else {
          outcome.losses += 1
          continue
        }
        outcome.gains += 1
        outcome.logL = logL
        for i in 0..<d { x[i] = proposal[i] }
        outcome.derived = Array(evaluator.derived)
      }
      if outcome.gains > 0 { outcome.cube = Array(x) }
    }
    return outcome
  }
}
