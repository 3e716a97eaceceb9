import Glibc

/// A union of ellipsoids within the unit cube; without any it is the whole cube.
///
/// Periodic coordinates are turned first, so that the widest gap between the points lies at the ends of the range.
package struct EllipsoidBound: Sendable, Equatable {
  package private(set) var ellipsoids: [Ellipsoid]
  /// Of each ellipsoid.
  private(set) var mirrors: [Mirrors]
  /// Moved before the ellipsoids see a point.
  let seam: Seam
  /// How far out the farthest of the points was that were left out at random to see how wide the bound must be, in radii; one for none.
  var widening = 1.0

  /// - Parameter mirrors: of each ellipsoid, which must be symmetric about them; nil for none.
  package init(ellipsoids: [Ellipsoid], seam: Seam = .none, mirrors: [Mirrors]? = nil) {
    self.ellipsoids = ellipsoids
    self.mirrors = mirrors ?? ellipsoids.map { _ in .none }
    self.seam = seam
  }

  init(_ hulls: [Hull], seam: Seam) {
    self.init(ellipsoids: hulls.map(\.ellipsoid), seam: seam, mirrors: hulls.map(\.mirrors))
  }

  static let cube = EllipsoidBound(ellipsoids: [])

  var isCube: Bool { ellipsoids.isEmpty }

  mutating func scale(by linear: Double) {
    ellipsoids = ellipsoids.map { $0.scaled(by: linear) ?? $0 }
  }

  mutating func add(_ more: [Ellipsoid]) {
    ellipsoids += more
    mirrors += more.map { _ in .none }
  }

  /// ln of the summed volumes; overlaps count twice.
  package var logVolume: Double { isCube ? 0 : logSumExp(ellipsoids.indices.map(logVolume(of:))) }

  /// ln of the volume of one ellipsoid; images are one place.
  private func logVolume(of index: Int) -> Double {
    ellipsoids[index].logVolume - Double(mirrors[index].count) * Hull.logTwo
  }

  /// The distance to the nearest ellipsoid in its own frame; at most 1 inside the union. For shifted points.
  package func distance(_ x: UnsafeBufferPointer<Double>) -> Double {
    var nearest = Double.infinity
    for ellipsoid in ellipsoids { nearest = min(nearest, ellipsoid.squaredDistance(x)) }
    return nearest.squareRoot()
  }

  /// How many ellipsoids hold a shifted point.
  func overlap(_ x: UnsafeBufferPointer<Double>) -> Int {
    var count = 0
    for ellipsoid in ellipsoids where ellipsoid.contains(x) { count += 1 }
    return count
  }

  /// The number of an ellipsoid, with probability in proportion to its volume; nil where there is none.
  func pick(_ stream: inout RandomStream) -> Int? {
    guard ellipsoids.count > 1 else { return ellipsoids.isEmpty ? nil : 0 }
    let total = logVolume
    return weightedChoice(at: stream.uniform(), of: ellipsoids.count) { exp(logVolume(of: $0) - total) }
  }

  /// Draws a point uniform in the part of the union inside the cube. One try: false where it came to nothing.
  package func draw(_ stream: inout RandomStream, into x: UnsafeMutableBufferPointer<Double>) -> Bool {
    guard let start = x.baseAddress, let index = pick(&stream) else {
      for i in x.indices { x[i] = stream.uniform() }
      return true
    }
    ellipsoids[index].draw(&stream, into: start)
    mirrors[index].fold(x)
    guard UnitCube.holds(x) else { return false }
    if ellipsoids.count > 1 {
      // A point in q ellipsoids is drawn q times as often.
      let shared = overlap(UnsafeBufferPointer(x))
      if shared > 1, stream.uniform() * Double(shared) > 1 { return false }
    }
    seam.turnBack(start)
    return true
  }
}

extension EllipsoidBound: Wire {
  package func encode(to writer: inout WireWriter) {
    writer.write(ellipsoids)
    writer.write(mirrors)
    writer.write(seam)
    writer.write(widening)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    ellipsoids = try reader.read()
    mirrors = try reader.read()
    seam = try reader.read()
    widening = try reader.read()
    guard widening.isFinite, widening >= 1, mirrors.count == ellipsoids.count,
      zip(mirrors, ellipsoids).allSatisfy({ $0.fits(dimension: $1.dimension) })
    else { throw WireError("mirrors that do not fit their ellipsoids") }
  }
}
