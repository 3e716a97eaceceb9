/// How many points are out at once where pieces are blocks of points.
///
/// A piece of one point keeps the most workers busy with the fewest points in flight; the scheduler bundles short pieces. A likelihood
/// that likes blocks gets pieces of as many points as it is asked for at once.
extension ImportanceNestedSampler {
  /// Points of a block where the likelihood takes as many as suit.
  package static var suitableBatch: Int { 64 }
  /// Blocks that may be out of a stage. Its draws are all of one density, so that none comes late; but what is out when the
  /// efficiency becomes known may be more than is needed.
  private static var blocksOfStages: Int { 4 }

  /// Points of a block while bounds are built: half of those that may be out, so that one worker can be at work while the outcome of
  /// another is absorbed, and no more are drawn from a bound that is out of date than there would be one by one. With blocks of twice as
  /// many there were a twentieth more calls on the ten-dimensional normal.
  var explorationBatch: Int { min(batch, max(1, settings.window / 2)) }

  /// Whether more points of the current bound may be drawn.
  var mayExplore: Bool {
    // Draws issued while the next bound is in the making come from the old one: enough to keep workers
    // busy, no more.
    if batch == 1 { return plan == nil || out.count < window / 2 }
    return pointsOut + explorationBatch <= (plan == nil ? settings.window : max(1, settings.window / 2))
  }

  /// Whether more points of the current stage may be drawn.
  var mayDrawForStage: Bool {
    batch == 1 || pointsOut + batch <= max(settings.window, Self.blocksOfStages * batch)
  }

  private var pointsOut: Int { out.reduce(0) { $0 + $1.points } }
}
