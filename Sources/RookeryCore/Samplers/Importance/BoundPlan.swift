import Glibc

/// A bound under construction: its ellipsoids stand, its networks are being trained.
struct BoundPlan: Sendable, Equatable {
  var threshold: Double
  var bound: Bound
  var sets: [TrainingSet]
  /// The region each training set is for.
  var regions: [Int]
  /// What has come back, set after set, member after member.
  var networks: [Network] = []
  var members: Int
  /// The points to be enclosed.
  var live: [Int]
  /// How many points there were when it was laid out.
  var known: Int

  var expected: Int { sets.count * members }
}

extension Exploration {
  private static var hidden: [Int] { [32, 16] }
  /// The points that a network thinks least of may all lie in one small mode, so none is given up; only where three bounds in a row
  /// came out no smaller than the one before.
  private static var lossOfRetry: Double { 0.02 }
  /// How far below the least score of a point that belongs inside the cut is set, in units of the score: it grows with each point
  /// that a bound would have lost, and shrinks from bound to bound.
  ///
  /// Each bound is drawn from within the one before, so that what all of them lose adds up: tails of a few hundredths of the
  /// volume, where networks know least, would be gone after some thirty bounds.
  private static var marginStep: Double { 0.03 }
  private static var marginDecay: Double { 0.9 }
  /// Fewer points than this teach a network nothing that an ellipsoid does not know.
  private var fewestToLearn: Int { max(20, 8 * periodic.count) }

  /// Lays out the next bound around the live points; nil where there is nothing to zoom in on.
  mutating func plan<E>(
    _ points: SampledPoints, _ overview: Overview, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> BoundPlan? {
    arrivals = 0
    arrivalsOfAll = 0
    let order = overview.order
    guard order.count > settings.live else { return nil }
    var level = points.logL[order[settings.live - 1]]
    let ties = points.logL.count(where: { $0 == level })
    let above = points.logL.count(where: { $0 > level })
    // On a plateau the contour goes up to the next value as soon as enough points lie there.
    if ties > 1, above >= smallestCluster, let next = points.logL.filter({ $0 > level }).min() {
      level = next
    }
    guard let lowest = points.logL.min(), lowest < level else { return nil }
    threshold = level
    let live = order.filter { points.logL[$0] >= level }
    guard live.count > points.dimension + 1 else { return nil }

    let seam = Seam(periodic: periodic, points: points.matrix(live))
    let moved = seam.turned(points.matrix(Array(0..<points.count)))
    let size = points.dimension
    var splitting = Splitting(
      enlargement: settings.enlargement, minimum: smallestCluster, stream: stream(), unless: halt)
    // Those of small modes are not to stretch the others' ellipsoids.
    let held = outposts.members(of: points.matrix(live), above: level, few: smallestCluster)
    let main = live.indices.filter { !held.contains($0) }.map { live[$0] }
    let modes = try splitting.modes(of: moved.rows(at: main))
    guard !modes.isEmpty else { return nil }
    let logD = overview.logDensities
    var regions: [Bound.Region] = []
    var (sets, owners): ([TrainingSet], [Int]) = ([], [])
    for mode in modes {
      let logTarget = logSumExp(mode.rows.lazy.map { -logD[main[$0]] })
      let slack = Double(size) * log(settings.enlargement) + log(3)
      let parts = try splitting.parts(of: mode, downTo: logTarget + slack)
      regions.append(
        Bound.Region(ellipsoids: parts.map(\.shape), frame: mode.shape, networks: [], cut: 0))
      guard settings.networks > 0, mode.rows.count >= fewestToLearn,
        let (frame, starts) = frame(for: mode.points, seam: seam)
      else { continue }
      if let set = trainingSet(
        moved, points.logL, level: level, order: order, within: mode.shape, frame: frame, starts: starts)
      {
        regions[regions.count - 1].frame = frame
        sets.append(set)
        owners.append(regions.count - 1)
      }
    }
    for ellipsoid in outposts.ellipsoids(
      above: level, beside: regions.flatMap(\.ellipsoids), turn: { seam.turned($0) })
    {
      regions.append(Bound.Region(ellipsoids: [ellipsoid], frame: ellipsoid, networks: [], cut: 0))
    }
    return BoundPlan(
      threshold: level, bound: Bound(dimension: size, seam: seam, regions: regions), sets: sets,
      regions: owners, members: settings.networks, live: live, known: points.count)
  }

  /// The fewest points an ellipsoid is put around by itself.
  private var smallestCluster: Int { min(50, max(8, 5 * periodic.count)) }

  /// Points in the frame, above the level and as many times more just below it, with their rank as the
  /// target: -1 to 0 below the level, 0 to 1 above.
  private func trainingSet(
    _ moved: PointMatrix, _ logL: [Double], level: Double, order: [Int], within ellipsoid: Ellipsoid,
    frame: Ellipsoid,
    starts: [[Float]]
  ) -> TrainingSet? {
    let size = moved.columns
    return moved.values.withUnsafeBufferPointer { values -> TrainingSet? in
      guard let start = values.baseAddress else { return nil }
      var (above, below): ([Int], [Int]) = ([], [])
      for row in order {
        let isAbove = logL[row] >= level
        guard isAbove || below.count < 4 * above.count, ellipsoid.contains(start + row * size) else {
          continue
        }
        if isAbove { above.append(row) } else { below.append(row) }
      }
      // Without points outside there is nothing to cut away.
      guard below.count >= 20, above.count >= 20 else { return nil }
      var targets: [Float] = []
      for rank in Self.ranks(above, logL) { targets.append(1 - rank) }
      for rank in Self.ranks(below, logL) { targets.append(-rank) }
      return TrainingSet(
        inputs: 2 * size, hidden: Self.hidden,
        points: Ensemble.inputs(start, rows: above + below, frame: frame, squares: true), targets: targets,
        weights: targets.map { _ in 1 }, epochs: starts.isEmpty ? 30 : 20, rate: 0.01, starts: starts)
    }
  }

  /// Ranks of rows in falling order of log-likelihood, mapped to (0, 1); those of equal points are equal.
  private static func ranks(_ rows: [Int], _ logL: [Double]) -> [Float] {
    var result = [Float](repeating: 0, count: rows.count)
    var first = 0
    while first < rows.count {
      var last = first
      while last + 1 < rows.count, logL[rows[last + 1]] == logL[rows[first]] { last += 1 }
      let rank = Float(first + last + 1) / Float(2 * rows.count)
      for i in first...last { result[i] = rank }
      first = last + 1
    }
    return result
  }

  /// The frame for the inputs of a mode's networks, and where they may start from.
  ///
  /// Networks of the current bound are taken over where their frame only needs each axis moved and stretched,
  /// which the weights can follow exactly; else the frame is that in which the points are white, and training
  /// starts anew.
  private func frame(for own: PointMatrix, seam: Seam) -> (Ellipsoid, [[Float]])? {
    let (centre, covariance) = LinearAlgebra.meanAndCovariance(own)
    let d = own.columns
    let stretch = Double(d + 2).squareRoot()
    let old = bounds[current]
    if old.seam == seam,
      let region = old.regions.filter({ !$0.networks.isEmpty }).min(by: {
        $0.frame.squaredDistance(to: centre) < $1.frame.squaredDistance(to: centre)
      }), region.frame.squaredDistance(to: centre) < 1,
      let scales = region.frame.scales(mean: centre, covariance: covariance)
    {
      let factor = region.frame.factor.indices.map { region.frame.factor[$0] * scales[$0 % d] * stretch }
      if let frame = Ellipsoid(centre: centre, factor: factor) {
        return (frame, region.networks.map { $0.moved(from: region.frame, to: frame).weights })
      }
    }
    guard let root = Ellipsoid.regularRoot(covariance, size: d),
      let frame = Ellipsoid(centre: centre, factor: root.map { $0 * stretch })
    else { return nil }
    return (frame, [])
  }

  /// Puts the trained networks in and takes the bound into use if it is smaller than the current one.
  mutating func finish<E>(
    _ plan: BoundPlan, points: SampledPoints, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) {
    var bound = plan.bound
    for (n, region) in plan.regions.enumerated() {
      bound.regions[region].networks = Array(plan.networks[n * plan.members..<(n + 1) * plan.members])
    }
    let loss = failures < 3 ? 0 : Self.lossOfRetry
    try bound.setCuts(live: points.matrix(plan.live), loss: loss, margin: margin, unless: halt)
    // Points that came since show what the bound loses: they were drawn like those it was made for.
    let fresh = (plan.known..<points.count).filter {
      points.origins[$0] == current && points.logL[$0] >= plan.threshold
    }
    let lost = try bound.contains(points.matrix(fresh).values, unless: halt).count { !$0 }
    margin = margin * Self.marginDecay + Double(lost) * Self.marginStep
    try bound.setCuts(live: points.matrix(plan.live + fresh), loss: loss, margin: margin, unless: halt)
    var random = stream()
    let drawn = bound.draw(.max / 1024, proposals: 4096, stream: &random, keeps: false)
    let volume = VolumeSums(
      proposals: Double(drawn.proposals), sum: Double(drawn.accepted), squares: Double(drawn.accepted))
    guard drawn.accepted > 0,
      bound.logEnvelope + log(volume.mean) < logVolume(current) - 0.05
    else {
      failures += 1
      return
    }
    failures = 0
    bounds.append(bound)
    volumes.append(volume)
    self.drawn.append(0)
    members.append([])
  }
}

extension Bound {
  /// Sets the cut of every region so that it lets all but the given fraction of its live points in, and more by a margin of the
  /// score.
  mutating func setCuts<E>(
    live: PointMatrix, loss: Double, margin: Double, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) {
    let moved = seam.turned(live)
    let size = dimension
    try moved.values.withUnsafeBufferPointer { (values) throws(E) in
      guard let start = values.baseAddress else { return }
      for r in regions.indices where !regions[r].networks.isEmpty {
        try halt.check()
        let rows = (0..<live.rows).filter { row in
          regions[r].ellipsoids.contains { $0.contains(start + row * size) }
        }
        guard !rows.isEmpty else { continue }
        let scores = try regions[r].scores(start, rows: rows, unless: halt).sorted()
        regions[r].cut = min(scores[Int(loss * Double(scores.count))], 0) - Float(margin)
      }
    }
  }

}

extension Ellipsoid {
  /// Standard deviations along this ellipsoid's axes of points of the given covariance; nil where they are
  /// too correlated in its frame.
  func scales(mean: [Double], covariance: [Double]) -> [Double]? {
    let d = dimension
    var half = [Double](repeating: 0, count: d * d)
    for i in 0..<d {
      for j in 0..<d { for k in 0...i { half[i * d + j] += inverse[i * d + k] * covariance[k * d + j] } }
    }
    var own = [Double](repeating: 0, count: d * d)
    for i in 0..<d {
      for j in 0..<d { for k in 0...j { own[i * d + j] += half[i * d + k] * inverse[j * d + k] } }
    }
    let scales = (0..<d).map { own[$0 * d + $0].squareRoot() }
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    for i in 0..<d {
      for j in 0..<i where abs(own[i * d + j]) > 0.5 * scales[i] * scales[j] { return nil }
    }
    return scales
  }
}

extension Network {
  /// The same function of a point with its inputs taken in another frame whose axes are parallel to the old
  /// ones.
  ///
  /// With y_old = a y_new + b along an axis, and the second input z = 0.7 (y² - 1), z_old = a² z_new + 1.4 a
  /// b y_new + 0.7 (a² + b² - 1).
  func moved(from old: Ellipsoid, to new: Ellipsoid) -> Network {
    let d = inputs / 2
    let stretch = Double(d + 2).squareRoot()
    var result = self
    let width = hidden[0]
    for i in 0..<d {
      let a = Float(old.inverse[i * d + i] * new.factor[i * d + i])
      var shift = 0.0
      for j in 0...i { shift += stretch * old.inverse[i * d + j] * (new.centre[j] - old.centre[j]) }
      let b = Float(shift)
      for h in 0..<width {
        let (linear, square) = (weights[i * width + h], weights[(d + i) * width + h])
        result.weights[i * width + h] = a * linear + 1.4 * a * b * square
        result.weights[(d + i) * width + h] = a * a * square
        result.weights[2 * d * width + h] += b * linear + 0.7 * (a * a + b * b - 1) * square
      }
    }
    return result
  }
}
