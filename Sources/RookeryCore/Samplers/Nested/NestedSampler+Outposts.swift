import Glibc

/// Small modes far from the others: climbs to their peaks, and what is said of one that is lost all the same.
extension NestedSampler {
  /// Pieces on their way that stand for live points.
  var placesOut: Int { out - climbsOut }

  /// Looks for live points far from all others, once a bound. Those that are too few to have ellipsoids of their own share large ones that are mostly empty.
  ///
  /// Then come points of the first contours that were left behind, on slopes that lead to none of the ellipsoids.
  mutating func findStrays() {
    strays = []
    guard dynamic.batches == 0, settings.bound == .multi, outposts.mayClimb else { return }
    let rows = live.members.filter { $0.logL > threshold }.map(\.row).sorted()
    let turned = explorer.bound.seam.turned(cube.rows(at: rows))
    let found = Set(
      StrayPoints.find(turned) + StrayPoints.inEmptyEllipsoids(turned, of: explorer.bound.ellipsoids))
    strays = found.map { rows[$0] }.sorted { (logL[$0], $1) > (logL[$1], $0) }
    guard outposts.mayLookBack else { return }
    let first = cube.rows(at: Array(0..<min(cube.rows, Self.looksBack * settings.live)))
    strays += StrayPoints.leftBehind(
      explorer.bound.seam.turned(first), logL, by: explorer.bound.ellipsoids)
  }

  /// How far one looks back, in points per live point.
  private static let looksBack = 10

  mutating func nextClimb() -> NestedPiece? {
    guard let row = outposts.start(among: strays, of: cube, above: threshold) else { return nil }
    defer { piecesIssued += 1 }
    out += 1
    climbsOut += 1
    // What was left behind on a contour of many times the volume lies so much farther from a peak.
    let since = logL.count { $0 > logL[row] && $0 <= threshold }
    return NestedPiece(
      kind: .climb, seed: seed, index: piecesIssued, context: explorer.version, threshold: threshold,
      start: cube[row: row], scale: exp(Double(since) / Double(settings.live * cube.columns)),
      steps: settings.live)
  }

  mutating func note(peaks: [Climb.Peak]) {
    let left = logSumExp(live.members.map(\.logL)) + totals.logVolume - log(Double(max(live.count, 1)))
    for peak in peaks { outposts.note(peak, contour: threshold, logZ: logAdd(totals.logZ, left)) }
  }

  /// That a mode which was seen has no part in the result.
  func lostModeFinding(of run: NestedEvidence) -> Finding? {
    outposts.lostModeFinding(
      logZ: run.evidence.logZ, of: cube,
      weights: zip(run.order, run.logWeights).filter { $0.1 > -20 }.map { ($0.0, exp($0.1)) })
  }
}

extension NestedPiece {
  /// Where a climb from the start leads to.
  func climb(_ context: NestedContext, _ evaluator: Evaluator) throws -> NestedOutcome {
    var outcome = NestedOutcome()
    guard let frame = context.spread?.scaled(by: scale) else { return outcome }
    let climb = Climb(
      from: start, in: frame, points: steps, periodic: context.boundaries.map { $0 == .periodic })
    let peak = try climb.run(on: evaluator)
    (outcome.calls, outcome.peak) = (peak.calls, [peak])
    return outcome
  }
}
