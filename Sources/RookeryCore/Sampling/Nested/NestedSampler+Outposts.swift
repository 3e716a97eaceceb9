import Glibc

/// Small modes far from the others: climbs to their peaks, and what is said of one that is lost all the same.
extension NestedSampler {
  /// Stands for the family of what a climb comes to.
  static let climber = -2

  /// Pieces on their way that stand for live points.
  var placesOut: Int { out.count - outFamilies.count { $0 == Self.climber } }

  /// Looks for live points far from all others, once a bound. Those that are too few to have ellipsoids of their own share large ones that are mostly empty.
  mutating func findStrays() {
    strays = []
    guard dynamic.batches == 0, settings.bound == .multi else { return }
    let rows = live.members.filter { $0.logL > threshold }.map(\.row).sorted()
    let points = cube.rows(at: rows)
    let turned = EllipsoidBound.turn(points, by: explorer.bound.shift)
    let found = Set(
      StrayPoints.find(turned) + StrayPoints.inEmptyEllipsoids(turned, of: explorer.bound.ellipsoids))
    strays = found.map { rows[$0] }.sorted { (logL[$0], $1) > (logL[$1], $0) }
  }

  mutating func nextClimb() -> NestedPiece? {
    guard let row = outposts.start(among: strays, of: cube, above: threshold) else { return nil }
    defer { piecesIssued += 1 }
    out.append(threshold)
    outFamilies.append(Self.climber)
    return NestedPiece(
      kind: .climb, seed: seed, index: piecesIssued, context: explorer.version, threshold: threshold,
      start: cube[row: row], steps: settings.live)
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
    guard let frame = context.spread else { return outcome }
    let climb = Climb(
      from: start, in: frame, points: steps, periodic: context.boundaries.map { $0 == .periodic })
    let peak = try climb.run(on: evaluator)
    (outcome.calls, outcome.peak) = (peak.calls, [peak])
    return outcome
  }
}
