import Glibc

/// A union of ellipsoids within the unit cube; without any it is the whole cube.
///
/// Periodic coordinates are turned first, so that the widest gap between the points lies at the ends of the range.
package struct EllipsoidBound: Sendable, Equatable {
  package private(set) var ellipsoids: [Ellipsoid]
  /// Added to each coordinate, modulo one, before the ellipsoids see it; zero for coordinates that are not periodic.
  let shift: [Double]

  package init(ellipsoids: [Ellipsoid], shift: [Double]) {
    self.ellipsoids = ellipsoids
    self.shift = shift
  }

  static func cube(dimension: Int) -> EllipsoidBound {
    EllipsoidBound(ellipsoids: [], shift: [Double](repeating: 0, count: dimension))
  }

  var isCube: Bool { ellipsoids.isEmpty }

  mutating func scale(by linear: Double) {
    ellipsoids = ellipsoids.map { $0.scaled(by: linear) ?? $0 }
  }

  mutating func add(_ more: [Ellipsoid]) { ellipsoids += more }

  /// ln of the summed volumes; overlaps count twice.
  package var logVolume: Double { isCube ? 0 : logSumExp(ellipsoids.map(\.logVolume)) }

  /// The distance to the nearest ellipsoid in its own frame; at most 1 inside the union. For shifted points.
  package func distance(_ x: UnsafeBufferPointer<Double>) -> Double {
    var nearest = Double.infinity
    for ellipsoid in ellipsoids { nearest = min(nearest, ellipsoid.squaredDistance(x)) }
    return nearest.squareRoot()
  }

  /// How many ellipsoids hold a shifted point.
  func overlap(_ x: UnsafeBufferPointer<Double>) -> Int {
    var count = 0
    for ellipsoid in ellipsoids where ellipsoid.squaredDistance(x) <= 1 { count += 1 }
    return count
  }

  /// An ellipsoid with probability in proportion to its volume.
  func pick(_ stream: inout RandomStream) -> Ellipsoid? {
    guard ellipsoids.count > 1 else { return ellipsoids.first }
    let total = logVolume
    var left = stream.uniform()
    for ellipsoid in ellipsoids {
      left -= exp(ellipsoid.logVolume - total)
      if left <= 0 { return ellipsoid }
    }
    return ellipsoids.last
  }

  /// Draws a point uniform in the part of the union inside the cube. One try: false where it came to nothing.
  ///
  /// - Parameter scratch: room for one point.
  package func draw(
    _ stream: inout RandomStream, into x: UnsafeMutableBufferPointer<Double>,
    scratch: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    guard let ellipsoid = pick(&stream) else {
      for i in x.indices { x[i] = stream.uniform() }
      return true
    }
    stream.direction(into: scratch)
    let radius = pow(stream.uniform(), 1 / Double(x.count))
    for i in x.indices { x[i] = ellipsoid.centre[i] }
    ellipsoid.add(scratch, times: radius, to: x)
    for i in x.indices where !(x[i] > 0 && x[i] < 1) { return false }
    if ellipsoids.count > 1 {
      // A point in q ellipsoids is drawn q times as often.
      let shared = overlap(UnsafeBufferPointer(x))
      if shared > 1, stream.uniform() * Double(shared) > 1 { return false }
    }
    for i in x.indices where shift[i] != 0 {
      x[i] -= shift[i]
      if x[i] <= 0 { x[i] += 1 }
    }
    return true
  }
}

extension EllipsoidBound: Wire {
  package func encode(to writer: inout WireWriter) {
    writer.write(ellipsoids)
    writer.write(shift)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    ellipsoids = try reader.read()
    shift = try reader.read()
  }
}
