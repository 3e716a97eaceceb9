/// Pieces that go together, so that their points are evaluated in blocks. Each is what it is by itself.
extension NestedPiece {
  /// This piece and those that go with it, each by itself.
  private var members: [NestedPiece] {
    var first = self
    first.others = []
    return [first] + others
  }

  func performTogether(_ context: NestedContext, _ evaluator: Evaluator) throws -> NestedOutcome {
    let members = members
    var outcomes: [NestedOutcome]
    switch kind {
    case .prior: outcomes = try Self.drawPrior(members, context, evaluator)
    case .uniform: outcomes = try Self.drawUniform(members, context, evaluator)
    case .climb: outcomes = try members.map { try $0.climb(context, evaluator) }
    case .randomWalk, .localSlice, .axisSlice, .randomSlice, .mixture:
      outcomes = try ChainGroup(members, context: context, evaluator: evaluator).run()
    }
    var first = outcomes.removeFirst()
    first.others = outcomes
    return first
  }

  /// One block of draws from the prior. Those that are to be evaluated more than once are a second block.
  private static func drawPrior(
    _ members: [NestedPiece], _ context: NestedContext, _ evaluator: Evaluator
  ) throws -> [NestedOutcome] {
    let d = context.boundaries.count
    var points: [Double] = []
    for member in members {
      var stream = member.stream
      for _ in 0..<d { points.append(stream.uniform()) }
    }
    let block = try Block(points, evaluator)
    var outcomes = members.indices.map { block.outcome($0, calls: max(members[$0].steps, 1)) }
    let again = members.indices.flatMap { [Int](repeating: $0, count: outcomes[$0].calls - 1) }
    guard !again.isEmpty else { return outcomes }
    let repeated = try Block(again.flatMap { points[$0 * d..<($0 + 1) * d] }, evaluator)
    for (member, logL) in zip(again, repeated.logLikelihoods) {
      if outcomes[member].repeats.isEmpty { outcomes[member].repeats = [outcomes[member].logL] }
      outcomes[member].repeats.append(logL)
    }
    return outcomes
  }

  /// Draws from the bound in blocks. They are handed to the members in turn: each takes the first that is above its threshold, and the
  /// draws after it go to the next.
  ///
  /// What is left of a block when all have found a point is lost. So a block has as many draws as points are wanted, or half of what the
  /// draws so far say is needed for them.
  private static func drawUniform(
    _ members: [NestedPiece], _ context: NestedContext, _ evaluator: Evaluator
  ) throws -> [NestedOutcome] {
    guard let first = members.first else { return [] }
    var outcomes = members.map { _ in NestedOutcome() }
    var stream = first.stream
    var (current, tried) = (0, 0)
    while current < members.count {
      let left = Double(members.count - current)
      let needed = max(left, 0.5 * left * Double(tried + 1) / Double(current + 1))
      let allowed = members[current...].reduce(-outcomes[current].calls) { $0 + $1.steps }
      let most = min(allowed, evaluator.problem.rowsAtOnce)
      let points = context.draws(needed < Double(most) ? Int(needed) : most, &stream)
      guard !points.isEmpty else { break }
      let block = try Block(points, evaluator)
      for row in 0..<block.rows {
        tried += 1
        let at = min(current, members.count - 1)
        outcomes[at].calls += 1
        guard current < members.count else { continue }
        if block.logLikelihoods[row] > members[current].threshold {
          outcomes[current] = block.outcome(row, calls: outcomes[current].calls)
          current += 1
        } else if outcomes[current].calls >= members[current].steps {
          current += 1
        }
      }
    }
    return outcomes
  }

  /// Points that were evaluated at once.
  private struct Block {
    let points: [Double]
    let buffer: EvaluationBuffer
    let size: Int
    let width: Int
    var rows: Int { buffer.logLikelihoods.count }
    var logLikelihoods: [Double] { buffer.logLikelihoods }

    init(_ points: [Double], _ evaluator: Evaluator) throws {
      self.points = points
      var buffer = EvaluationBuffer()
      try points.withUnsafeBufferPointer { try evaluator.evaluate($0, into: &buffer) }
      self.buffer = buffer
      size = evaluator.problem.dimension
      width = evaluator.problem.derived.count
    }

    func outcome(_ row: Int, calls: Int) -> NestedOutcome {
      var outcome = NestedOutcome()
      outcome.cube = Array(points[row * size..<(row + 1) * size])
      outcome.logL = buffer.logLikelihoods[row]
      outcome.derived = Array(buffer.derived[row * width..<(row + 1) * width])
      outcome.calls = calls
      return outcome
    }
  }
}

extension NestedContext {
  /// Independent draws from the bound, one after another; fewer than wanted where the cube or the overlap of ellipsoids turns nearly all
  /// away.
  func draws(_ wanted: Int, _ stream: inout RandomStream) -> [Double] {
    let d = boundaries.count
    var points: [Double] = []
    points.reserveCapacity(wanted * d)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * d) { room in
      room.initialize(repeating: 0)
      let x = UnsafeMutableBufferPointer(rebasing: room[..<d])
      let scratch = UnsafeMutableBufferPointer(rebasing: room[d...])
      var misses = NestedPiece.missesPerTry
      while points.count < wanted * d, misses > 0 {
        if draw(&stream, into: x, scratch: scratch) {
          misses = NestedPiece.missesPerTry
          points += x
        } else {
          misses -= 1
        }
      }
    }
    return points
  }
}
