import Glibc

extension StageFit {
  /// A coordinate closer to a face than this is where stretching has something to offer.
  private static var rim: Double { 0.08 }
  /// The posterior probability of points in a rim that makes it worth its time.
  private static var leastInRim: Double { 0.002 }
  /// Shares below this are not worth the density at every point.
  static var leastStretchedShare: Double { 0.03 }
  /// The least share of the one with heavy tails, and that where weights have shown a heavy tail.
  static var farShare: Double { 0.08 }
  static var heavyTailShare: Double { 0.15 }
  private static var farFreedom: Double { 2 }
  /// What another stretch must add to the mean log density to be chosen. To leave a coordinate as it is asks for more: a mixture of
  /// few components may follow what there are points of as well without, but not go on where they end.
  private static var gain: Double { 0.01 }
  private static var gainOfNone: Double { 0.1 }

  /// Mixtures in coordinates stretched towards the faces of the cube at which there is some of the posterior; none where it keeps away
  /// from them all.
  ///
  /// The first follows the posterior as well as it can; the second has few components and much heavier tails, and goes on where points
  /// end.
  static func fitStretched<E>(
    _ moved: [Double], _ logPosterior: [Double], dimension d: Int, modes: [Double],
    stream: inout RandomStream, _ halt: Halt<E>
  ) throws(E) -> [StretchedMixture] {
    let possible = possibleStretches(moved, logPosterior, dimension: d)
    guard possible.contains(where: { $0.count > 1 }),
      let stretches = try choose(possible, moved, logPosterior, &stream, halt),
      stretches.contains(where: { $0 != .none })
    else { return [] }
    let points = StretchedMixture.stretch(moved, stretches).points
    let near = try fitStudent(
      points, logPosterior, dimension: d, modes: StretchedMixture.stretch(modes, stretches).points,
      stream: &stream, halt)
    let far = try fitFar(points, logPosterior, dimension: d, &stream, halt)
    return [near, far].compactMap { $0 }.map { StretchedMixture(mixture: $0, stretches: stretches) }
  }

  /// One component for all of the posterior, two, and four, in equal parts: the first goes on farthest where all is straight, the others
  /// bend with it.
  private static func fitFar<E>(
    _ points: [Double], _ logPosterior: [Double], dimension d: Int, _ stream: inout RandomStream,
    _ halt: Halt<E>
  ) throws(E) -> StudentMixture? {
    let rows = resample(logPosterior, 2500, &stream)
    guard
      let fit = StudentMixtureFit(
        points: rows.flatMap { points[$0.row * d..<($0.row + 1) * d] }, weights: rows.map(\.weight),
        dimension: d,
        freedom: farFreedom)
    else { return nil }
    var parts: [StudentMixture] = []
    for k in [1, 2, 4] {
      if let part = try fit.fit(components: k, steps: 20, stream: &stream, unless: halt) {
        parts.append(part)
      }
    }
    return StudentMixture(
      dimension: d, shares: parts.flatMap(\.shares), centres: parts.flatMap(\.centres),
      factors: parts.flatMap(\.factors), freedom: farFreedom)
  }

  /// For each coordinate the stretches that have something to stretch.
  private static func possibleStretches(
    _ moved: [Double], _ logPosterior: [Double], dimension d: Int
  ) -> [[Stretch]] {
    (0..<d).map { i in
      var (low, high) = (0.0, 0.0)
      for row in logPosterior.indices where logPosterior[row] > -30 {
        if moved[row * d + i] < rim { low += exp(logPosterior[row]) }
        if moved[row * d + i] > 1 - rim { high += exp(logPosterior[row]) }
      }
      return Stretch.allCases.filter {
        switch $0 {
        case .none: true
        case .low: low > leastInRim
        case .high: high > leastInRim
        case .both: low > leastInRim && high > leastInRim
        }
      }
    }
  }

  /// Chooses one coordinate's stretch after the other, by how well a mixture of few components follows the posterior in them.
  private static func choose<E>(
    _ possible: [[Stretch]], _ moved: [Double], _ logPosterior: [Double], _ stream: inout RandomStream,
    _ halt: Halt<E>
  ) throws(E) -> [Stretch]? {
    let d = possible.count
    let rows = resample(logPosterior, 1000, &stream)
    let points = rows.flatMap { moved[$0.row * d..<($0.row + 1) * d] }
    let weights = rows.map(\.weight)
    let total = weights.reduce(0, +)
    func score(_ stretches: [Stretch]) throws(E) -> Double {
      let (stretched, logSlopes) = StretchedMixture.stretch(points, stretches)
      let slope = zip(logSlopes, weights).reduce(0) { $0 + $1.0 * $1.1 } / max(total, 1)
      guard let fit = StudentMixtureFit(points: stretched, weights: weights, dimension: d) else {
        return -.infinity
      }
      var best = -Double.infinity
      for k in [1, 3] {
        let mixture = try fit.fit(
          components: k, steps: 10, tolerance: 1e-3, stream: &stream, unless: halt)
        if let mixture { best = max(best, fit.score(mixture)) }
      }
      return best + slope
    }
    var chosen = possible.map { $0[$0.count - 1] }
    var best = try score(chosen)
    for i in 0..<d where possible[i].count > 1 {
      for stretch in possible[i].reversed() where stretch != chosen[i] {
        var changed = chosen
        changed[i] = stretch
        let found = try score(changed)
        if found > best + (stretch == .none ? gainOfNone : gain) { (chosen, best) = (changed, found) }
      }
    }
    return best > -.infinity ? chosen : nil
  }
}
