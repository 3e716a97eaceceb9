/// How many points are out at once where pieces are blocks of points.
///
/// A piece of one point keeps the most workers busy with the fewest points in flight; the scheduler bundles short pieces. A likelihood
/// that likes blocks gets pieces of as many points as it is asked for at once.
extension ImportanceNestedSampler {
  /// Points of a block where the likelihood takes as many as suit.
  package static var suitableBatch: Int { 64 }
  /// Blocks that may be out while bounds are built. What is out when a new bound comes was drawn from the old one.
  private static var blocksOfBounds: Int { 2 }
  /// Blocks that may be out of a stage. Its draws are all of one density, so that none comes late; but what is out when the
  /// efficiency becomes known may be more than is needed.
  private static var blocksOfStages: Int { 4 }

  /// Points of a block while bounds are built: not many more than go by between two bounds, however many the likelihood likes.
  var explorationBatch: Int { min(batch, max(1, exploration.settings.live / 4)) }

  /// Whether more points of the current bound may be drawn.
  var mayExplore: Bool {
    // Draws issued while the next bound is in the making come from the old one: enough to keep workers
    // busy, no more.
    if batch == 1 { return plan == nil || out.count < window / 2 }
    let block = explorationBatch
    let room = max(settings.window, Self.blocksOfBounds * block)
    return pointsOut + block <= (plan == nil ? room : room / 2)
  }

  /// Whether more points of the current stage may be drawn.
  var mayDrawForStage: Bool {
    batch == 1 || pointsOut + batch <= max(settings.window, Self.blocksOfStages * batch)
  }

  private var pointsOut: Int { out.reduce(0) { $0 + $1.points } }
}
