import Glibc

extension ImportanceNestedSampler {
  /// That a mode which was seen has no part in the draws of the stages.
  var lostModeFinding: Finding? {
    guard !exploration.outposts.known.isEmpty else { return nil }
    let record = record()
    guard case .importance(let ratios, _) = record.kind else { return nil }
    let raw = zip(record.logLikelihoods, ratios).map { $0 + $1 }
    let logZ = logSumExp(raw)
    return exploration.outposts.lostModeFinding(
      logZ: logZ, of: record.cube,
      weights: raw.enumerated().filter { $0.element - logZ > -20 }.map { ($0.offset, exp($0.element - logZ)) }
    )
  }
}

extension Exploration {
  /// A climb from one of the live points that are far from all others, or share an ellipsoid that is mostly empty; or from a point that
  /// was left behind, on a slope that leads to none of the bound's regions.
  mutating func climb(_ points: SampledPoints, live: [Int]) -> Climb? {
    guard outposts.mayClimb else { return nil }
    let bound = bounds[current]
    let own = bound.seam.turned(points.matrix(live))
    let size = points.dimension
    let found = Set(
      StrayPoints.find(own) + StrayPoints.inEmptyEllipsoids(own, of: bound.regions.flatMap(\.ellipsoids)))
    let strays = found.map { live[$0] }.sorted { (points.logL[$0], $1) > (points.logL[$1], $0) }
    let cube = PointMatrix(columns: size, values: points.cube)
    guard let metric = Ellipsoid.metric(of: own),
      let row = outposts.start(among: strays, of: cube, above: threshold)
        ?? outposts.start(among: leftBehind(points), of: cube, above: threshold)
    else { return nil }
    // What was drawn from a bound many times larger lies so much farther from a peak.
    let grown = (logVolume(min(max(points.origins[row], 0), current)) - logVolume(current)) / Double(size)
    guard let frame = metric.scaled(by: exp(max(grown, 0))) else { return nil }
    return Climb(
      from: points.matrix([row])[row: 0], in: frame, points: live.count, periodic: periodic)
  }

  mutating func note(peaks: [Climb.Peak]) {
    for peak in peaks { outposts.note(peak, contour: threshold, logZ: roughLogZ) }
  }

  private func leftBehind(_ points: SampledPoints) -> [Int] {
    guard outposts.mayLookBack else { return [] }
    let bound = bounds[current]
    let turned = bound.seam.turned(points.matrix(Array(0..<points.count)))
    return StrayPoints.leftBehind(turned, points.logL, by: bound.regions.map(\.frame))
  }
}
