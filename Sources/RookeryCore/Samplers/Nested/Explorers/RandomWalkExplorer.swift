import Glibc

/// Metropolis steps within the threshold, drawn uniformly from a scaled ellipsoid around the current point.
///
/// The ellipsoid is chosen once, by volume and not by where the chain starts, which would break detailed balance. A walk that has
/// not moved goes on until it does, so that no live point is ever copied.
struct RandomWalk: SteppingChain {
  let x: UnsafeMutableBufferPointer<Double>
  private let proposal: UnsafeMutableBufferPointer<Double>
  private let z: UnsafeMutableBufferPointer<Double>
  private let piece: NestedPiece
  private let context: NestedContext
  private let evaluator: Evaluator
  private let ellipsoid: Ellipsoid?
  private let mirrors: Mirrors?
  private var step = 0
  private var outcome = NestedOutcome()

  init(_ piece: NestedPiece, context: NestedContext, evaluator: Evaluator, stream: inout RandomStream) {
    func room() -> UnsafeMutableBufferPointer<Double> {
      let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: piece.start.count)
      buffer.initialize(repeating: 0)
      return buffer
    }
    (x, proposal, z) = (room(), room(), room())
    for i in x.indices { x[i] = piece.start[i] }
    self.piece = piece
    self.context = context
    self.evaluator = evaluator
    let chosen = context.bound.pick(&stream)
    ellipsoid = chosen.map { context.bound.ellipsoids[$0] }
    mirrors = chosen.map { context.bound.mirrors[$0] }
  }

  func deallocate() { for buffer in [x, proposal, z] { buffer.deallocate() } }

  mutating func move(_ stream: inout RandomStream) throws -> Bool {
    guard step < piece.steps || (outcome.gains == 0 && step < 50 * piece.steps) else { return false }
    step += 1
    stream.direction(into: z)
    let radius = piece.scale * pow(stream.uniform(), 1 / Double(x.count))
    for i in x.indices { proposal[i] = x[i] }
    if let ellipsoid {
      ellipsoid.add(z, times: radius, to: proposal)
    } else {
      for i in x.indices { proposal[i] += 0.5 * radius * z[i] }
    }
    guard context.settle(proposal, mirrors: mirrors) else {
      outcome.losses += 1
      return true
    }
    outcome.calls += 1
    let logL = try evaluator.logLikelihood(UnsafeBufferPointer(proposal))
    guard logL > piece.threshold else {
      outcome.losses += 1
      return true
    }
    outcome.gains += 1
    outcome.logL = logL
    for i in x.indices { x[i] = proposal[i] }
    outcome.derived = Array(evaluator.derived)
    return true
  }

  mutating func ended() -> NestedOutcome {
    if outcome.gains > 0 { outcome.cube = Array(x) }
    return outcome
  }
}
