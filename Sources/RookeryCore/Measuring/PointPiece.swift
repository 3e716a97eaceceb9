/// Evaluates points drawn from the prior, and rests before each if asked to: a piece of known cost, for measurements of
/// pools.
package struct PointPiece: Work {
  package var context: Int { 0 }
  package var index: UInt64
  package var points: Int
  /// How long it rests before each point: the mean in seconds, and the spread of its logarithm.
  package var rest: Double
  package var spread: Double

  private static let purpose = RandomStream.Purpose(rawValue: 0x504f_494e)

  package init(index: UInt64, points: Int = 1, rest: Double = 0, spread: Double = 0) {
    self.index = index
    self.points = points
    self.rest = rest
    self.spread = spread
  }

  package func perform(with context: NoContext, on evaluator: Evaluator) throws -> PointOutcome {
    var stream = RandomStream(seed: 1, purpose: Self.purpose, index: index)
    let dimension = evaluator.problem.dimension
    return try withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { cube in
      var best = -Double.infinity
      for _ in 0..<points {
        for i in 0..<dimension { cube[i] = stream.uniform() }
        if rest > 0, let cost = try? EvaluationCost(mean: rest, spread: spread) {
          sleep(seconds: cost.seconds(at: UnsafeBufferPointer(cube).span))
        }
        best = max(best, try evaluator.logLikelihood(UnsafeBufferPointer(cube)))
      }
      return PointOutcome(best: best)
    }
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(index)
    writer.write(points)
    writer.write(rest)
    writer.write(spread)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    index = try reader.read()
    points = try reader.read()
    rest = try reader.read()
    spread = try reader.read()
  }
}

/// The largest log-likelihood among the points of a piece.
package struct PointOutcome: Wire, Sendable {
  package var best: Double

  init(best: Double) { self.best = best }

  package func encode(to writer: inout WireWriter) { writer.write(best) }
  package init(from reader: inout WireReader) throws(WireError) { best = try reader.read() }
}
