/// A piece of nested sampling: find one point above a threshold.
package struct NestedPiece: Work {
  package enum Kind: UInt8, Sendable {
    /// One draw from the prior, whatever its likelihood.
    case prior
    /// Draws from the bound until one is above the threshold.
    case uniform
    case randomWalk
    case localSlice
    case axisSlice
    case randomSlice
    case mixture
    /// To the peak near a point that is far from all others.
    case climb
  }

  static let purpose = RandomStream.Purpose(rawValue: 0x4e45_5354)

  var kind: Kind
  var seed: UInt64
  /// Which piece this is, and so which random stream it has.
  var index: Int
  package var context: ContextID
  var threshold: Double
  /// Where a chain starts: a live point above the threshold.
  var start: [Double]
  /// The size of proposals in the frame of the bound.
  var scale: Double
  /// Steps of a chain, how many draws to try, how often to evaluate a draw from the prior, or for a climb the number of live points.
  var steps: Int
  /// The family of the point that a chain starts from; -1 for independent draws. For the sampler, to which the piece comes back.
  var family: Int32 = -1
  /// Pieces of the same kind that go together with this one, so that their points are evaluated in blocks.
  var others: [NestedPiece] = []

  var stream: RandomStream { RandomStream(seed: seed, purpose: Self.purpose, index: UInt64(index)) }

  package var mostCalls: Int { together { $0.mostCallsAlone } }
  package var likelyCalls: Int { together { $0.likelyCallsAlone } }

  /// What this piece and those that go with it make in all.
  private func together(_ calls: (NestedPiece) -> Int) -> Int {
    others.reduce(calls(self)) { sum, other in
      let (more, isTooMany) = sum.addingReportingOverflow(calls(other))
      return isTooMany ? .max : more
    }
  }

  private var mostCallsAlone: Int {
    switch kind {
    case .prior: max(steps, 1)
    case .uniform: steps
    case .climb: Climb.mostCalls(dimension: start.count)
    default: .max
    }
  }

  private var likelyCallsAlone: Int {
    switch kind {
    case .prior: max(steps, 1)
    case .uniform: min(steps, 64)
    case .randomWalk: 2 * max(steps, 1)
    // Local slices take three calls, those that step out eight or so.
    case .localSlice, .axisSlice, .randomSlice, .mixture: 16 * max(steps, 1)
    case .climb: Climb.mostCalls(dimension: start.count)
    }
  }

  package func perform(with context: NestedContext, on evaluator: Evaluator) throws -> NestedOutcome {
    guard others.isEmpty else { return try performTogether(context, evaluator) }
    var stream = stream
    switch kind {
    case .prior: return try drawPrior(&stream, context, evaluator)
    case .uniform: return try drawUniform(&stream, context, evaluator)
    case .climb: return try climb(context, evaluator)
    case .randomWalk, .localSlice, .axisSlice, .randomSlice, .mixture:
      var outcome =
        switch kind {
        case .randomWalk:
          try run(RandomWalk(self, context: context, evaluator: evaluator, stream: &stream), &stream)
        default: try run(SliceRun(self, context: context, evaluator: evaluator, stream: &stream), &stream)
        }
      outcome.travel = context.travel(from: start, to: outcome.cube)
      return outcome
    }
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(kind.rawValue)
    writer.write(seed)
    writer.write(index)
    writer.write(context)
    writer.write(threshold)
    writer.write(start)
    writer.write(scale)
    writer.write(steps)
    writer.write(family)
    writer.write(others)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let number = try reader.read(UInt8.self)
    guard let kind = Kind(rawValue: number) else { throw WireError("piece of unknown kind \(number)") }
    self.kind = kind
    seed = try reader.read()
    index = try reader.read()
    context = try reader.read()
    threshold = try reader.read()
    start = try reader.read()
    scale = try reader.read()
    steps = try reader.read()
    family = try reader.read()
    others = try reader.read([NestedPiece].self)
  }

  init(
    kind: Kind, seed: UInt64, index: Int, context: Int = 0, threshold: Double = -.infinity,
    start: [Double] = [],
    scale: Double = 1, steps: Int = 0, family: Int = -1
  ) {
    self.kind = kind
    self.seed = seed
    self.index = index
    self.context = ContextID(version: context)
    self.threshold = threshold
    self.start = start
    self.scale = scale
    self.steps = steps
    self.family = Int32(truncatingIfNeeded: family)
  }
}

/// What pieces of nested sampling share: the bound, and what lies beyond the edges of the cube.
package struct NestedContext: Wire, Sendable {
  var bound: EllipsoidBound
  /// Where independent draws come from, if not from the ellipsoids.
  var friends: FriendsBound?
  /// Live points, for explorers that go by their differences.
  var population: PointMatrix
  /// The scatter of the live points, by which the travel of chains is measured.
  var spread: Ellipsoid?
  /// Their scatter where they pile up at an end of the cube.
  var piles: Piles
  var boundaries: [Parameter.Boundary]
  /// A log-likelihood as low as this is the foot of a cliff.
  var abyss = -Double.infinity

  /// Brings a point that left the cube back, where its boundary is periodic or there is a mirror.
  ///
  /// A step that a mirror has bent can only be taken back where the mirrored step is as likely. So it is in the frame of the cube, and in
  /// that of an ellipsoid that is symmetric about the mirror; in any other the ends of a reflective range are walls.
  ///
  /// - Parameter mirrors: of the ellipsoid in whose frame the step was made; nil for the frame of the cube, where all reflective
  ///   boundaries are mirrors.
  /// - Returns: whether the point is in the cube now.
  func settle(_ x: UnsafeMutableBufferPointer<Double>, mirrors: Mirrors?) -> Bool {
    for i in x.indices where !(x[i] > 0 && x[i] < 1) {
      switch boundaries[i] {
      case .periodic: x[i] -= x[i].rounded(.down)
      case .open, .reflective:
        if let mirrors {
          x[i] = mirrors.fold(i, x[i])
          break
        }
        guard boundaries[i] == .reflective else { return false }
        let folded = x[i] - 2 * (x[i] / 2).rounded(.down)
        x[i] = folded <= 1 ? folded : 2 - folded
      }
      guard x[i] > 0, x[i] < 1 else { return false }
    }
    return true
  }

  init(
    bound: EllipsoidBound, friends: FriendsBound? = nil, population: PointMatrix? = nil,
    spread: Ellipsoid? = nil, piles: Piles = .none, boundaries: [Parameter.Boundary],
    abyss: Double = -.infinity
  ) {
    self.bound = bound
    self.friends = friends
    self.population = population ?? PointMatrix(columns: boundaries.count)
    self.spread = spread
    self.piles = piles
    self.boundaries = boundaries
    self.abyss = abyss
  }

  /// The square of a chain's travel in each coordinate, in units of what two independent points are apart: in the mean 1 - ρ for a
  /// correlation ρ of its ends. Empty for a chain that found nothing.
  ///
  /// Each coordinate counts by its own scatter. In a frame where all directions have the same, the many thin ones of a bent valley would
  /// hide that chains hardly get along it. Then follows the travel in the logarithms of the distances from ends where points pile up.
  func travel(from start: [Double], to end: [Double]) -> [Double] {
    guard let spread, start.count == end.count else { return [] }
    let d = start.count
    return (0..<d).map { i in
      var step = end[i] - start[i]
      if boundaries[i] == .periodic { step -= step.rounded() }
      var variance = 0.0
      for k in 0...i { variance += spread.factor[i * d + k] * spread.factor[i * d + k] }
      return step * step / (2 * variance)
    } + piles.travel(from: start, to: end)
  }

  /// One try to draw a point uniform in the bound.
  func draw(
    _ stream: inout RandomStream, into x: UnsafeMutableBufferPointer<Double>,
    scratch: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    friends?.draw(&stream, into: x, scratch: scratch) ?? bound.draw(&stream, into: x)
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(bound)
    writer.write(friends.map { [$0] } ?? [])
    writer.write(population)
    writer.write(spread.map { [$0] } ?? [])
    writer.write(piles)
    writer.write(boundaries.map(\.rawValue))
    writer.write(abyss)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    bound = try reader.read()
    friends = try reader.read([FriendsBound].self).first
    population = try reader.read()
    spread = try reader.read([Ellipsoid].self).first
    piles = try reader.read()
    boundaries = try Parameter.Boundary.list(from: &reader)
    abyss = try reader.read()
    guard bound.seam.fits(dimension: boundaries.count),
      bound.ellipsoids.allSatisfy({ $0.dimension == boundaries.count }),
      friends.map({ $0.dimension == boundaries.count }) ?? true, population.columns == boundaries.count,
      spread.map({ $0.dimension == boundaries.count }) ?? true, piles.fits(dimension: boundaries.count)
    else { throw WireError("a bound and boundaries of different dimensions") }
  }
}

/// What came of one piece of nested sampling.
package struct NestedOutcome: Wire, Sendable {
  /// The point of the unit cube; empty where none was found.
  var cube: [Double] = []
  var logL = -Double.infinity
  var derived: [Double] = []
  /// Likelihood calls.
  var calls = 0
  /// Of a chain: proposals accepted, or steps by which brackets were widened.
  var gains = 0
  /// Of a chain: proposals refused, or contractions of brackets.
  var losses = 0
  /// Of a slice chain: at how many of its calls it was beyond a cliff.
  var cliffs = 0
  /// Of a chain: how far its end is from its start in each coordinate, 1 - ρ in the mean.
  var travel: [Double] = []
  /// Points that a chain passed on its way, for the shape of the next bound. They belong to no record.
  var trail: [Double] = []
  var trailLogL: [Double] = []
  /// What came of the pieces that went together with this one.
  var others: [NestedOutcome] = []
  /// What the likelihood was at each evaluation of one and the same point, where it was asked for more than once.
  var repeats: [Double] = []
  /// Of a climb: where it has led to.
  var peak: [Climb.Peak] = []

  init() {}

  package func encode(to writer: inout WireWriter) {
    writer.write(cube)
    writer.write(logL)
    writer.write(derived)
    writer.write(calls)
    writer.write(gains)
    writer.write(losses)
    writer.write(cliffs)
    writer.write(travel)
    writer.write(trail)
    writer.write(trailLogL)
    writer.write(others)
    writer.write(repeats)
    writer.write(peak)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    cube = try reader.read()
    logL = try reader.read()
    derived = try reader.read()
    calls = try reader.read()
    gains = try reader.read()
    losses = try reader.read()
    cliffs = try reader.read()
    travel = try reader.read()
    trail = try reader.read()
    trailLogL = try reader.read()
    others = try reader.read([NestedOutcome].self)
    repeats = try reader.read()
    peak = try reader.read([Climb.Peak].self)
  }
}
