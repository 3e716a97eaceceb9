/// Evaluates points drawn from the prior, and rests before each if asked to: a piece of known cost, for measurements of
/// pools.
package struct PointPiece: Work {
  package var index: UInt64
  package var points: Int
  /// How long it rests before each point: the mean in seconds, and the spread of its logarithm.
  package var rest: Double
  package var spread: Double
  /// Whether it looks around as well.
  package var isSurvey = false

  private static let purpose = RandomStream.Purpose(rawValue: 0x504f_494e)

  package init(index: UInt64, points: Int = 1, rest: Double = 0, spread: Double = 0) {
    self.index = index
    self.points = points
    self.rest = rest
    self.spread = spread
  }

  /// A piece that looks around.
  init(surveying: Bool) {
    self.init(index: 0, points: 0)
    isSurvey = surveying
  }

  package var mostCalls: Int { points }

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
      return PointOutcome(best: best, survey: isSurvey ? Survey(evaluator) : nil)
    }
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(
      words: SIMD4(index, UInt64(bitPattern: Int64(points)), rest.bitPattern, spread.bitPattern))
    writer.write(isSurvey)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let words = try reader.readWords()
    index = words.x
    points = Int(Int64(bitPattern: words.y))
    rest = Double(bitPattern: words.z)
    spread = Double(bitPattern: words.w)
    isSurvey = try reader.read()
  }
}

/// The largest log-likelihood among the points of a piece, and what the worker saw around it where it was asked.
package struct PointOutcome: Wire, Sendable {
  package var best: Double
  package var survey: Survey? { surveys.first }
  /// A list, for that is small where it is empty: outcomes are moved about while what moving them takes is measured.
  private var surveys: [Survey]

  init(best: Double, survey: Survey?) {
    self.best = best
    surveys = survey.map { [$0] } ?? []
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(best)
    writer.write(surveys)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    best = try reader.read()
    surveys = try reader.read([Survey].self)
  }
}
