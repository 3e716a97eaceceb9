import Glibc

/// The bounds built so far, what is known of their volumes, and which points lie in which.
///
/// Points drawn uniformly in bounds that follow them give, with deterministic-mixture weights, a rough
/// picture of the posterior: the density of all draws together at a point is D = Σ_k n_k 1[u ∈ B_k] / V_k.
struct Exploration: Sendable, Equatable {
  var settings: ImportanceNestedSettings
  let periodic: [Bool]
  var bounds: [Bound]
  var volumes: [VolumeSums]
  /// Points drawn from each bound.
  var drawn: [Int] = [0]
  /// Of each bound, whether each point lies in it; for as many points as have been looked at.
  var members: [[UInt8]] = [[]]
  /// The log-likelihood that the current bound is meant to enclose.
  var threshold = -Double.infinity
  /// Points that arrived above the threshold since the last try to build a bound, and all that did.
  var arrivals: Int
  var arrivalsOfAll = 0
  /// Tries in a row that gave no smaller bound.
  var failures = 0
  /// What the points said when bounds were last looked at: ln Z, and the fraction of it that the live points held.
  var roughLogZ = -Double.infinity
  var liveEvidence = 1.0
  /// ln(1 + Z left / Z so far), were the likelihood in all of the current bound as high as the highest found.
  var remaining = Double.infinity
  /// What draws from the whole prior have shown at the low end.
  var floor = PriorFloor()
  /// How far below the scores of known points cuts are set.
  var margin = 0.0
  /// Peaks away from the others, which bounds are to hold.
  var outposts: Outposts
  /// Streams of random numbers used up.
  var streams: UInt64 = 0
  let seed: UInt64

  private static let purpose = RandomStream.Purpose(rawValue: 0x494e_5304)

  init(settings: ImportanceNestedSettings, periodic: [Bool], batch: Int = 1, seed: UInt64) {
    self.settings = settings
    self.periodic = periodic
    outposts = Outposts(periodic: periodic, batch: batch)
    self.seed = seed
    bounds = [Bound(dimension: periodic.count)]
    volumes = [VolumeSums(proposals: 1, sum: 1, squares: 1)]
    // The first bound needs points to choose the live ones from.
    arrivals = -settings.live
  }

  /// Makes ready for further bounds, which are to leave less.
  ///
  /// - Parameter points: how many there are, all from bounds and first of those there were.
  mutating func goOn(remaining: Double, points: Int) {
    settings.remainingEvidence = remaining
    for k in members.indices { members[k].removeLast(max(members[k].count - points, 0)) }
    failures = 0
  }

  var current: Int { bounds.count - 1 }

  mutating func stream() -> RandomStream {
    streams += 1
    return RandomStream(seed: seed, purpose: Self.purpose, index: streams)
  }

  func logVolume(_ bound: Int) -> Double {
    bounds[bound].logEnvelope + log(max(volumes[bound].mean, 1e-300))
  }

  mutating func note(_ outcome: ShellOutcome, from bound: Int) {
    if bound > 0 { volumes[bound] += outcome.volume }
    if bound == 0 { for logL in outcome.logLikelihoods { floor.note(logL) } }
    drawn[bound] += outcome.logLikelihoods.count
    outposts.note(calls: outcome.logLikelihoods.count)
    arrivalsOfAll += outcome.logLikelihoods.count
    for logL in outcome.logLikelihoods where logL >= threshold { arrivals += 1 }
  }

  /// Draws from the prior for each live point after which one gives up looking for what is above a floor.
  private static var drawsPerLivePoint: Int { 1000 }

  /// Points above a floor that bounds can be built around.
  private var fewestAboveFloor: Int { min(max(50, 20 * periodic.count), settings.live) }

  private var isSearching: Bool { current == 0 && floor.hidesTheRest(fewest: fewestAboveFloor) }

  /// Whether the search for points above a floor of the prior has come to nothing.
  var isLost: Bool { isSearching && floor.draws >= Self.drawsPerLivePoint * settings.live }

  /// Whether all draws so far have one and the same likelihood.
  var isFlat: Bool { current == 0 && floor.draws > 0 && floor.above == 0 }

  var wantsBound: Bool {
    if isSearching { return false }
    let wanted = settings.updateFraction * Double(settings.live)
    return Double(arrivals) >= wanted || arrivalsOfAll >= 4 * settings.live
  }

  // MARK: Weights

  /// Brings the table of who lies where up to date.
  mutating func locate<E>(_ points: SampledPoints, _ halt: Halt<E>) throws(E) {
    for k in bounds.indices {
      let known = members[k].count
      guard known < points.count else { continue }
      // A point drawn from a later bound almost surely lies in this one: bounds nest but for a thin rim.
      let unsure = (known..<points.count).filter { points.origins[$0] < k }
      let inside =
        k == 0
        ? unsure.map { _ in true }
        : try bounds[k].contains(points.matrix(unsure).values, unless: halt)
      members[k] += [UInt8](repeating: 1, count: points.count - known)
      for (row, isInside) in zip(unsure, inside) where !isInside { members[k][row] = 0 }
    }
  }

  /// ln D of the draws from bounds at each point.
  mutating func logDensities<E>(
    _ points: SampledPoints, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> [Double] {
    try locate(points, halt)
    // Relative to the smallest volume, so that sums stay in range.
    let heights = bounds.indices.map { drawn[$0] == 0 ? -.infinity : log(Double(drawn[$0])) - logVolume($0) }
    let peak = heights.max() ?? 0
    var densities = [Double](repeating: 0, count: points.count)
    for k in bounds.indices {
      let height = exp(heights[k] - peak)
      members[k].withUnsafeBufferPointer { inside in
        for i in densities.indices where inside[i] == 1 { densities[i] += height }
      }
    }
    return densities.map { log($0) + peak }
  }

  /// Looks at the evidence: ln Z as the draws from bounds give it, biased by their having been made to follow the points, and the
  /// fraction that the live points hold.
  mutating func look<E>(
    at points: SampledPoints, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> Overview {
    let overview = Overview(
      order: Self.fallingOrder(points.logL), logDensities: try logDensities(points, unless: halt))
    let weights = points.logL.indices.map { points.logL[$0] - overview.logDensities[$0] }
    roughLogZ = logSumExp(weights)
    liveEvidence =
      roughLogZ == -.infinity
      ? 1 : exp(logSumExp(overview.order.prefix(settings.live).lazy.map { weights[$0] }) - roughLogZ)
    let best = overview.order.first.map { points.logL[$0] } ?? -.infinity
    remaining = roughLogZ == -.infinity ? .infinity : logAdd(0, best + logVolume(current) - roughLogZ)
    return overview
  }

  /// What is asked of all points before a bound is built.
  struct Overview {
    /// Rows in falling order of log-likelihood.
    let order: [Int]
    /// ln D of the draws from bounds.
    let logDensities: [Double]
  }

  /// Equal values keep later ones first.
  private static func fallingOrder(_ logL: [Double]) -> [Int] {
    let keyed = logL.enumerated().map { (logL: $1, row: $0) }
    return keyed.sorted { $0.logL > $1.logL || ($0.logL == $1.logL && $0.row > $1.row) }.map(\.row)
  }
}
