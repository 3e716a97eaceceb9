import Glibc

/// Where the highest of the live points lie: in the middle of the set, or out in a tip of it, as in the neck of a funnel.
///
/// Bounds cut tips off, and chains enter them seldom. Little is lost where the likelihood falls off towards a tip. Where it rises, what is
/// lost comes to hold all that is left: log Z of Neal's funnel came out low by up to 0.24 in four to twelve dimensions, by draws and by
/// chains.
struct Summit: Sendable, Equatable {
  /// The part of the points that counts as the highest.
  private static let top = 0.1
  /// The fewest of them, lest chance decide.
  private static let fewest = 10
  /// In fewer dimensions than so many draws are right in funnels too, and cheaper than chains.
  private static let fewestDimensions = 4
  /// What the newest bound counts for; the rest is what was seen before.
  private static let newest = 0.3
  /// Between these the highest points lie more and more in a tip. In the mean over runs the depth is 0.64 to 1 and the offset 0 to 0.2 on the
  /// reference problems of ten and more dimensions, and 0.2 to 0.8 and 1.8 to 0.6 in funnels of four to sixteen. In a thin shell all points are
  /// as near to the edge, and the offset alone tells it from a tip.
  private static let depths = (tip: 0.5, middle: 0.85)
  private static let offsets = (middle: 0.25, tip: 0.6)

  /// How far from the edge of the bound they are: 1 for those in the middle of a ball, 0 where they are as near to it as all points.
  private(set) var depth = 1.0
  /// The square of the distance of their mean from that of all, in deviations of the set.
  private(set) var offset = 0.0

  /// Takes in what the live points have to say.
  ///
  /// - Parameters:
  ///   - points: the live points in the coordinates of the bound.
  ///   - spread: their scatter.
  mutating func look(
    at points: PointMatrix, _ logLikelihoods: [Double], in bound: EllipsoidBound, spread: Ellipsoid
  ) {
    let highest = max(Int(Self.top * Double(points.rows)), Self.fewest)
    guard logLikelihoods.count == points.rows, points.rows >= 4 * highest,
      points.columns >= Self.fewestDimensions, !bound.isCube
    else { return }
    let order = logLikelihoods.indices.sorted { logLikelihoods[$0] > logLikelihoods[$1] }
    // A plateau has no highest points.
    guard logLikelihoods[order[highest - 1]] > logLikelihoods[order[order.count / 2]] else { return }
    let (tops, all) = (points.rows(at: Array(order[..<highest])), points)
    func square(_ points: PointMatrix) -> Double {
      (0..<points.rows).reduce(0) { sum, row in
        let distance = points.withRow(row) { bound.distance($0) }
        return sum + distance * distance
      } / Double(points.rows)
    }
    let dimension = Double(points.columns)
    let share = Double(highest) / Double(points.rows)
    let inBall = 2 / dimension * log(share)
    let depth = log(square(tops) / square(all)) / inBall
    // The mean of so few has a distance of its own.
    let chance = dimension * (1 - share) / Double(highest)
    let offset = squaredOffset(of: tops, from: all, spread) - chance
    guard depth.isFinite, offset.isFinite else { return }
    self.depth += Self.newest * (min(max(depth, -1), 1.5) - self.depth)
    self.offset += Self.newest * (min(offset, 4) - self.offset)
  }

  private func squaredOffset(of tops: PointMatrix, from all: PointMatrix, _ spread: Ellipsoid) -> Double {
    let place = (0..<all.columns).map { i in spread.centre[i] + mean(tops, i) - mean(all, i) }
    return place.withUnsafeBufferPointer { place in place.baseAddress.map { spread.squaredDistance($0) } ?? 0
    }
  }

  private func mean(_ points: PointMatrix, _ column: Int) -> Double {
    (0..<points.rows).reduce(0) { $0 + points[$1, column] } / Double(points.rows)
  }

  /// How much they lie in a tip, 0 to 1.
  private var inTip: Double {
    let depth = (Self.depths.middle - depth) / (Self.depths.middle - Self.depths.tip)
    let offset = (offset - Self.offsets.middle) / (Self.offsets.tip - Self.offsets.middle)
    return min(max(depth, 0), 1) * min(max(offset, 0), 1)
  }

  /// Whether draws had better leave it to chains, whose bounds can be wide.
  var asksForChains: Bool { inTip > 0.5 }

  /// By how much ellipsoids are to be wider in each direction for chains, and chains longer. Either alone does not do: set to have the
  /// evidence of funnels right, over forty seeds each in four to eight dimensions and twenty in twelve.
  var width: Double { 1 + 0.65 * inTip }
  var length: Double { 1 + inTip }
}

extension Summit: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(depth)
    writer.write(offset)
  }

  init(from reader: inout WireReader) throws(WireError) {
    depth = try reader.read()
    offset = try reader.read()
    guard depth.isFinite, offset.isFinite else { throw WireError("a summit that is nowhere") }
  }
}
