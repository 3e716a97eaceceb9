import Glibc
import Testing

@testable import RookeryCore

/// Where points pile up at an end of the cube their ellipsoid is opened there, and nowhere else.
@Suite struct MirrorTests {
  private static func points(
    _ count: Int, seed: UInt64 = 1, _ point: (inout RandomStream) -> [Double]
  ) -> PointMatrix {
    var stream = RandomStream(seed: seed, purpose: .init(rawValue: 15), index: 0)
    let first = point(&stream)
    var points = PointMatrix(columns: first.count)
    for _ in 0..<count { points.append(point(&stream)) }
    return points
  }

  private static func hull(_ points: PointMatrix, _ boundary: Parameter.Boundary = .open) throws -> Hull {
    try #require(Hull(around: points, boundaries: .init(repeating: boundary, count: points.columns)))
  }

  /// Under a plane through a corner: exponentials in ten dimensions, between them and idle ones.
  private static func corner(_ d: Int, idle: Int) -> PointMatrix {
    points(500) { stream in
      let parts = (0...d).map { _ in stream.exponential() }
      let sum = parts.reduce(0, +)
      return (0..<d).map { 0.2 * parts[$0] / sum } + (0..<idle).map { _ in stream.uniform() }
    }
  }

  @Test func aCornerIsOpenedWhereItIsPiledUp() throws {
    let points = Self.corner(10, idle: 2)
    let hull = try Self.hull(points)
    for i in 0..<10 { #expect(hull.mirrors.opens(i) && hull.ellipsoid.centre[i] == 0) }
    for i in 10..<12 { #expect(!hull.mirrors.opens(i)) }
    // Much of the plain ellipsoid lies beyond the cube.
    let plain = try #require(Ellipsoid(around: points))
    #expect(hull.logVolume < plain.logVolume - 3)
    for row in 0..<points.rows {
      points.withRow(row) { #expect(hull.ellipsoid.squaredDistance($0) <= 1) }
    }
  }

  /// Between two and three walls the points fill a part of a ball. Without mirrors its tips are cut off, and log Z was low by its error.
  @Test(arguments: [3, 5, 8]) func aPartOfABallIsOpened(_ dimension: Int) throws {
    let points = Self.points(500) { stream in
      var direction = [Double](repeating: 0, count: dimension)
      direction.withUnsafeMutableBufferPointer { stream.direction(into: $0) }
      let radius = 0.1 * pow(stream.uniform(), 1 / Double(dimension))
      return direction.map { abs($0) * radius }
    }
    #expect(try Self.hull(points).mirrors.count >= dimension - 1)
  }

  /// All images of a point are in the ellipsoid or none: what uniform draws and overlaps rest on.
  @Test func openedEllipsoidsAreSymmetric() throws {
    let points = Self.corner(4, idle: 2)
    let hull = try Self.hull(points)
    #expect(hull.mirrors.count == 4)
    for row in 0..<50 {
      let x = points[row: row]
      let inside = x.withUnsafeBufferPointer { hull.ellipsoid.squaredDistance($0) }
      for i in 0..<4 {
        var image = x
        image[i] = -x[i]
        #expect(abs(image.withUnsafeBufferPointer { hull.ellipsoid.squaredDistance($0) } - inside) < 1e-9)
      }
    }
  }

  @Test func upperEndsAreOpenedToo() throws {
    let hull = try Self.hull(Self.points(500) { [1 - 0.01 * $0.exponential(), 0.4 + 0.05 * $0.normal()] })
    #expect(hull.mirrors == Mirrors(dimension: 2, low: [], high: [0]))
    #expect(hull.ellipsoid.centre[0] == 1)
  }

  @Test func whatStandsFreeIsNotOpened() throws {
    let free = Self.points(500) { [0.2 + 0.05 * $0.normal(), $0.uniform()] }
    // Two modes, one near the end and one far from it.
    let modes = Self.points(500) { [($0.uniform() < 0.7 ? 0.05 : 0.6) + 0.01 * $0.normal(), $0.uniform()] }
    // A ridge out of a corner is thinner along its slope than any box.
    let ridge = Self.points(500) { stream in
      let t = 0.1 * stream.exponential()
      return [t, t * (1 + 0.01 * stream.normal())]
    }
    for points in [free, modes, ridge] {
      let mirrors = try Self.hull(points).mirrors
      #expect(mirrors.isNone)
    }
    // A circle has no end.
    let circle = Self.points(500) { [0.01 * $0.exponential(), $0.uniform()] }
    let mirrors = try Self.hull(circle, .periodic).mirrors
    #expect(mirrors.isNone)
  }

  @Test func chordsGoOnBeyondAMirror() throws {
    let ellipsoid = try #require(Ellipsoid(centre: [0, 0.5], factor: [0.2, 0, 0, 0.2]))
    var (x, direction) = ([0.1, 0.5], [1.0, 0.0])
    func length(_ mirrors: Mirrors) -> Double {
      x.withUnsafeMutableBufferPointer { x in
        direction.withUnsafeMutableBufferPointer {
          Chord(through: x, along: $0, within: [ellipsoid], mirrors: mirrors).length
        }
      }
    }
    #expect(abs(length(.none) - 0.2) < 1e-12)
    #expect(abs(length(Mirrors(dimension: 2, low: [0])) - 0.4) < 1e-12)
  }

  @Test func theVolumeCountsImagesOnce() throws {
    let ellipsoid = try #require(Ellipsoid(centre: [0, 1], factor: [0.2, 0, 0, 0.3]))
    let bound = EllipsoidBound(
      ellipsoids: [ellipsoid], mirrors: [Mirrors(dimension: 2, low: [0], high: [1])])
    #expect(abs(exp(bound.logVolume) - Double.pi * 0.06 / 4) < 1e-12)
    try expectSurvival(of: bound)
  }
}
