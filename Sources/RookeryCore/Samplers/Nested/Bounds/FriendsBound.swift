import Glibc

/// Balls or cubes of one size around the live points, in the metric of their own scatter: RadFriends, SupFriends
/// (Buchner 2016, arXiv:1407.5459), and MLFriends with a wrapping ellipsoid (Buchner 2019, arXiv:1707.04476).
///
/// Unlike ellipsoids it follows sets of any shape; it needs so many points for that that it serves few dimensions only.
package struct FriendsBound: Sendable, Equatable {
  /// The live points in coordinates in which their scatter around their neighbours is a unit ball's.
  private let centres: PointMatrix
  /// Maps those coordinates back: a lower-triangular factor without centre.
  private let metric: Ellipsoid
  private let radius: Double
  private let isCubic: Bool
  /// Draws must lie inside this too, where there is one.
  private let wrapping: Ellipsoid?
  /// Added to each coordinate, modulo one, before anything else.
  private let seam: Seam

  var dimension: Int { metric.dimension }

  private static let purpose = RandomStream.Purpose(rawValue: 0x4652_4e44)
  /// How often metric and clusters are made from each other.
  private static let rounds = 3

  /// - Parameters:
  ///   - points: the live points, at least two that differ.
  ///   - seam: how periodic coordinates are turned.
  ///   - bootstraps: how often points are left out at random; the radius is the largest distance of one of those to the nearest one kept.
  ///     For none it is the largest distance of any point to the nearest other.
  ///   - enlargement: by which factor each ball's volume is made larger.
  ///   - key: of the random numbers, seed and version.
  init?(
    around points: PointMatrix, seam: Seam, kind: NestedSettings.Bound, bootstraps: Int,
    enlargement: Double, key: (seed: UInt64, version: Int)
  ) {
    let turned = seam.turned(points)
    let d = points.columns
    isCubic = kind == .cubes
    guard var metric = Ellipsoid.metric(of: turned) else { return nil }
    var whitened = Neighbours.whiten(turned, by: metric)
    for _ in 0..<Self.rounds {
      // Clusters that the present radius sets apart each have a middle of their own; what is left is the scatter within.
      let reach = Neighbours.largestNearestDistance(whitened, isCubic: isCubic)
      let clusters = Neighbours.clusters(whitened, reach: reach, isCubic: isCubic)
      guard let next = Ellipsoid.metric(of: Neighbours.centred(turned, clusters)), next != metric else {
        break
      }
      metric = next
      whitened = Neighbours.whiten(turned, by: metric)
    }
    var stream = RandomStream(seed: key.seed, purpose: Self.purpose, index: UInt64(key.version))
    var radius = bootstraps == 0 ? Neighbours.largestNearestDistance(whitened, isCubic: isCubic) : 0
    var widening = 1.0
    for _ in 0..<bootstraps {
      var kept = [Bool](repeating: false, count: points.rows)
      for _ in 0..<points.rows { kept[stream.integer(below: points.rows)] = true }
      radius = max(radius, Neighbours.largestNearestDistance(whitened, keeping: kept, isCubic: isCubic))
      guard kind == .friends, let part = Ellipsoid(around: turned.rows(at: kept.indices.filter { kept[$0] }))
      else { continue }
      for row in kept.indices where !kept[row] {
        turned.withRow(row) { widening = max(widening, part.squaredDistance($0).squareRoot()) }
      }
    }
    guard radius > 0, radius.isFinite else { return nil }
    centres = whitened
    self.metric = metric
    self.radius = radius * pow(enlargement, 1 / Double(d))
    wrapping = kind == .friends ? Ellipsoid(around: turned)?.scaled(by: widening) : nil
    self.seam = seam
  }

  /// Draws a point uniform in the part of the union inside the cube. One try: false where it came to nothing.
  func draw(
    _ stream: inout RandomStream, into x: UnsafeMutableBufferPointer<Double>,
    scratch: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    let d = x.count
    if isCubic {
      for i in 0..<d { scratch[i] = radius * (2 * stream.uniform() - 1) }
    } else {
      stream.direction(into: scratch)
      let length = radius * pow(stream.uniform(), 1 / Double(d))
      for i in 0..<d { scratch[i] *= length }
    }
    let friend = stream.integer(below: centres.rows)
    for i in 0..<d {
      scratch[i] += centres[friend, i]
      x[i] = metric.centre[i]
    }
    metric.add(scratch, times: 1, to: x)
    guard UnitCube.holds(x) else { return false }
    if let wrapping, !wrapping.contains(UnsafeBufferPointer(x)) { return false }
    // A point in q balls is drawn q times as often.
    var q = 0
    for row in 0..<centres.rows where distance(scratch, to: row) <= radius { q += 1 }
    if q > 1, stream.uniform() * Double(q) > 1 { return false }
    if let start = x.baseAddress { seam.turnBack(start) }
    return true
  }

  private func distance(_ place: UnsafeMutableBufferPointer<Double>, to row: Int) -> Double {
    centres.withRow(row) { Neighbours.distance(UnsafeBufferPointer(place), $0, isCubic: isCubic) }
  }
}

extension FriendsBound: Wire {
  package func encode(to writer: inout WireWriter) {
    writer.write(centres)
    writer.write(metric)
    writer.write(radius)
    writer.write(isCubic)
    writer.write(wrapping.map { [$0] } ?? [])
    writer.write(seam)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    centres = try reader.read()
    metric = try reader.read()
    radius = try reader.read()
    isCubic = try reader.read()
    wrapping = try reader.read([Ellipsoid].self).first
    seam = try reader.read()
    guard centres.columns == metric.dimension, seam.fits(dimension: metric.dimension), centres.rows > 0,
      wrapping.map({ $0.dimension == metric.dimension }) ?? true
    else { throw WireError("balls and their metric of different dimensions") }
  }
}
