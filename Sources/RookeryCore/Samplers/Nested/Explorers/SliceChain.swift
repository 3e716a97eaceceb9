/// One slice chain, with storage of its own.
struct SliceChain {
  let x: UnsafeMutableBufferPointer<Double>
  var outcome = NestedOutcome()
  private let direction: UnsafeMutableBufferPointer<Double>
  private let scratch: UnsafeMutableBufferPointer<Double>
  private let trial: UnsafeMutableBufferPointer<Double>
  private let threshold: Double
  private let context: NestedContext
  private let evaluator: Evaluator
  /// Of the ellipsoid in whose frame the chain moves; nil where that is the cube's.
  private var mirrors: Mirrors?
  /// The columns, of which the first `left` are not yet used in this round.
  private var deck: [Int]
  private var left = 0

  /// How often a bracket may be widened or narrowed.
  private static let bracketLimit = 100
  /// How many places of a local chord are tried. After a few the bracket is so narrow that the calls serve better on another
  /// line; to give up after a fixed number keeps the moves reversible.
  private static let localTries = 4

  init(_ start: [Double], threshold: Double, context: NestedContext, evaluator: Evaluator) {
    func room() -> UnsafeMutableBufferPointer<Double> {
      let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: start.count)
      buffer.initialize(repeating: 0)
      return buffer
    }
    (x, direction, scratch, trial) = (room(), room(), room(), room())
    deck = Array(start.indices)
    for i in start.indices { x[i] = start[i] }
    self.threshold = threshold
    self.context = context
    self.evaluator = evaluator
  }

  func deallocate() {
    for buffer in [x, direction, scratch, trial] { buffer.deallocate() }
  }

  /// Notes where the chain is, for the next bound, once it has moved.
  mutating func report() {
    guard outcome.logL > threshold else { return }
    outcome.trail += x
    outcome.trailLogL.append(outcome.logL)
  }

  /// What came of the chain. One that never moved has found nothing: a copy of a live point would be no new point.
  mutating func ended() -> NestedOutcome {
    if outcome.logL > threshold { outcome.cube = Array(x) }
    return outcome
  }

  /// A slice in the frame and within one of the ellipsoids that hold the chain, along each column of its factor in turn.
  mutating func moveLocally(_ stream: inout RandomStream) throws {
    guard let (own, most) = pickOwn(&stream) else { return try moveAlongChord(&stream) }
    aim(along: nextColumn(&stream), in: own, &stream)
    turn(x)
    let chord = Chord(
      through: scratch, along: direction, within: [context.bound.ellipsoids[own]],
      mirrors: context.bound.mirrors[own])
    try shrink(chord, tries: Self.localTries, &stream) { $0.overlapsAtMost(most) }
  }

  /// A jump to the place in another ellipsoid that is the chain's place in its own.
  ///
  /// The other is chosen by volume, which makes up for the change of volume by the map between the two; which image in a mirror the
  /// chain's place is, by chance. Where the set above the threshold fills its ellipsoids alike most jumps succeed, unlike draws from
  /// the other ellipsoid.
  mutating func jump(_ stream: inout RandomStream) throws {
    let bound = context.bound
    guard bound.ellipsoids.count > 1, let (own, most) = pickOwn(&stream),
      let other = bound.pick(&stream), other != own
    else { return }
    bound.ellipsoids[own].place(UnsafeBufferPointer(scratch), into: direction)
    flip(direction, bound.mirrors[own], &stream)
    for i in trial.indices { trial[i] = bound.ellipsoids[other].centre[i] }
    bound.ellipsoids[other].add(direction, times: 1, to: trial)
    bound.mirrors[other].fold(trial)
    guard UnitCube.holds(trial), overlapsAtMost(most, at: trial) else { return }
    if let start = trial.baseAddress { bound.seam.turnBack(start) }
    _ = try accepts(logL())
  }

  /// A slice whose bracket is the line's part inside the bound.
  mutating func moveAlongChord(_ stream: inout RandomStream) throws {
    aim(in: context.bound.pick(&stream), &stream)
    // Ellipsoids that are not symmetric about the same mirrors cannot be cut by a line that is folded there.
    mirrors = Mirrors.none
    turn(x)
    let chord = Chord(through: scratch, along: direction, within: context.bound.ellipsoids)
    try shrink(chord, tries: Self.bracketLimit, &stream) { _ in true }
  }

  /// A slice by stepping out (figure 3).
  mutating func stepOut(scale: Double, _ stream: inout RandomStream) throws {
    aim(in: context.bound.pick(&stream), &stream)
    try stepOutAsAimed(scale: scale, &stream)
  }

  /// The same along a direction already chosen.
  mutating func stepOutAsAimed(scale: Double, _ stream: inout RandomStream) throws {
    let offset = stream.uniform()
    var (low, high) = (-offset * scale, (1 - offset) * scale)
    // The limit is shared out at random between the two sides, as detailed balance asks.
    let left = stream.integer(below: Self.bracketLimit)
    for _ in 0..<left {
      guard settles(at: low), try logL() > threshold else { break }
      low -= scale
      outcome.gains += 1
    }
    for _ in left..<Self.bracketLimit {
      guard settles(at: high), try logL() > threshold else { break }
      high += scale
      outcome.gains += 1
    }
    for _ in 0..<Self.bracketLimit {
      let t = low + stream.uniform() * (high - low)
      if settles(at: t), try accepts(logL()) { return }
      outcome.losses += 1
      if t < 0 { low = t } else { high = t }
    }
  }
}

// MARK: - Steps of a slice

extension SliceChain {
  /// One of the n(x) ellipsoids that hold the chain, at random, and how many may hold the point it moves to. The chain's place in the
  /// bound's coordinates is left in `scratch`.
  ///
  /// On pairs of a point and an ellipsoid around it the density 1 / n(x) has the uniform one as its margin. So a point
  /// where more ellipsoids overlap is accepted with a chance of n(x) to n(y), before its likelihood is asked for.
  private func pickOwn(_ stream: inout RandomStream) -> (own: Int, most: Int)? {
    turn(x)
    let ellipsoids = context.bound.ellipsoids
    var (own, around) = (-1, 0)
    for (index, ellipsoid) in ellipsoids.enumerated()
    where ellipsoid.contains(UnsafeBufferPointer(scratch)) {
      around += 1
      if around == 1 || stream.integer(below: around) == 0 { own = index }
    }
    guard around > 0 else { return nil }
    return (own, Int(min(Double(around) / stream.uniform(), Double(ellipsoids.count))))
  }

  private func overlapsAtMost(_ most: Int, at point: UnsafeMutableBufferPointer<Double>? = nil) -> Bool {
    guard most < context.bound.ellipsoids.count else { return true }
    if point == nil { turn(trial) }
    return context.bound.overlap(UnsafeBufferPointer(point ?? scratch)) <= most
  }

  /// Chooses a direction in an ellipsoid's frame: one of the columns of its factor, which are orthogonal there, or one uniform on
  /// the sphere.
  ///
  /// Where the ellipsoid is a stranger's a random direction mixes its long axes into all others and moves nothing far; a column
  /// keeps them apart.
  private mutating func aim(along column: Int? = nil, in index: Int?, _ stream: inout RandomStream) {
    if let column = column ?? (stream.uniform() < 0.5 ? stream.integer(below: x.count) : nil) {
      for i in scratch.indices { scratch[i] = i == column ? 1 : 0 }
    } else {
      stream.direction(into: scratch)
    }
    point(in: index)
  }

  /// Takes the direction in `scratch` from an ellipsoid's frame to the cube's.
  private mutating func point(in index: Int?) {
    mirrors = index.map { context.bound.mirrors[$0] }
    for i in direction.indices { direction[i] = index == nil ? scratch[i] : 0 }
    if let index { context.bound.ellipsoids[index].add(scratch, times: 1, to: direction) }
  }

  /// Gives each coordinate that has a mirror either sign.
  private func flip(
    _ vector: UnsafeMutableBufferPointer<Double>, _ mirrors: Mirrors, _ stream: inout RandomStream
  ) {
    guard !mirrors.isNone else { return }
    for i in vector.indices where mirrors.opens(i) && stream.uniform() < 0.5 { vector[i] = -vector[i] }
  }

  /// The next of the columns in an order that is random anew in each round.
  private mutating func nextColumn(_ stream: inout RandomStream) -> Int {
    if left == 0 {
      deck.shuffle(using: &stream)
      left = deck.count
    }
    left -= 1
    return deck[left]
  }

  mutating func aimAlongAxis(_ stream: inout RandomStream) {
    let index = context.bound.pick(&stream)
    aim(along: nextColumn(&stream), in: index, &stream)
  }

  mutating func aimAtRandom(_ stream: inout RandomStream) {
    let index = context.bound.pick(&stream)
    stream.direction(into: scratch)
    point(in: index)
  }

  /// Along the way from one live point to another, or between images of the two.
  mutating func aimAlongDifference(_ stream: inout RandomStream) {
    let points = context.population
    guard points.rows > 1 else { return aimAtRandom(&stream) }
    mirrors = context.bound.pick(&stream).map { context.bound.mirrors[$0] }
    let one = stream.integer(below: points.rows)
    let other = (one + 1 + stream.integer(below: points.rows - 1)) % points.rows
    for i in direction.indices {
      direction[i] = points[one, i] - points[other, i]
      if let mirrors, mirrors.opens(i) {
        // Of two images of each, which stand for all four.
        if stream.uniform() < 0.5 { direction[i] = points[one, i] + points[other, i] - 2 * mirrors.place(i) }
        if stream.uniform() < 0.5 { direction[i] = -direction[i] }
      }
      // The short way round.
      if context.boundaries[i] == .periodic { direction[i] -= direction[i].rounded() }
    }
  }

  /// Leaves a point in `scratch` in the coordinates of the bound.
  private func turn(_ point: UnsafeMutableBufferPointer<Double>) {
    for i in point.indices { scratch[i] = point[i] }
    if let start = scratch.baseAddress { context.bound.seam.turn(start) }
  }

  /// Draws from a chord until a place on it will do, narrowing it towards the chain. A chain off the chord stays.
  private mutating func shrink(
    _ chord: Chord, tries: Int, _ stream: inout RandomStream, where admits: (SliceChain) -> Bool
  ) throws {
    guard let own = chord.measure(at: 0) else { return }
    var (low, high) = (0.0, chord.length)
    for _ in 0..<tries {
      let measure = low + stream.uniform() * (high - low)
      if settles(at: chord.place(at: measure)), admits(self), try accepts(logL()) { return }
      if measure < own { low = measure } else { high = measure }
    }
  }

  /// Leaves the place on the line in `trial`. Whether it is in the cube.
  private func settles(at t: Double) -> Bool {
    for i in x.indices { trial[i] = x[i] + t * direction[i] }
    return context.settle(trial, mirrors: mirrors)
  }

  /// The log-likelihood of `trial`.
  private mutating func logL() throws -> Double {
    outcome.calls += 1
    let value = try evaluator.logLikelihood(UnsafeBufferPointer(trial))
    if value <= context.abyss { outcome.cliffs += 1 }
    return value
  }

  /// Moves the chain to `trial` if that is above the threshold.
  private mutating func accepts(_ value: Double) -> Bool {
    guard value > threshold else { return false }
    outcome.logL = value
    for i in x.indices { x[i] = trial[i] }
    if !evaluator.derived.isEmpty { outcome.derived = Array(evaluator.derived) }
    return true
  }
}
