import Glibc
import Testing

@testable import RookeryCore

/// Live points far from all others, and those that share ellipsoids that are mostly empty.
@Suite struct StrayPointsTests {
  /// Points even in a ball of the given radius.
  private static func ball(
    _ count: Int, around place: Double, radius: Double, _ dimension: Int, _ stream: inout RandomStream
  ) -> PointMatrix {
    var points = PointMatrix(columns: dimension)
    var direction = [Double](repeating: 0, count: dimension)
    for _ in 0..<count {
      direction.withUnsafeMutableBufferPointer { stream.direction(into: $0) }
      let length = radius * pow(stream.uniform(), 1 / Double(dimension))
      points.append(direction.map { place + length * $0 })
    }
    return points
  }

  @Test(arguments: [2, 5, 8]) func pointsFarFromAllOthersAreFound(_ dimension: Int) {
    var stream = RandomStream(seed: 3, purpose: .init(rawValue: 91), index: UInt64(dimension))
    var points = Self.ball(400, around: 0.3, radius: 0.1, dimension, &stream)
    #expect(StrayPoints.find(points).isEmpty)
    points.append([Double](repeating: 0.8, count: dimension))
    #expect(StrayPoints.find(points) == [400])
    let mode = Self.ball(4, around: 0.8, radius: 0.03, dimension, &stream)
    for row in 0..<4 { points.append(mode[row: row]) }
    #expect(StrayPoints.find(points) == [400, 401, 402, 403, 404])
  }

  @Test func pointsInEmptyEllipsoidsAreFound() throws {
    var stream = RandomStream(seed: 4, purpose: .init(rawValue: 91), index: 0)
    var points = PointMatrix(columns: 3)
    for place in [0.2, 0.7] {
      let mode = Self.ball(200, around: place, radius: 0.05, 3, &stream)
      for row in 0..<mode.rows { points.append(mode[row: row]) }
    }
    // Eight modes of one point each, all over the cube.
    for _ in 0..<8 { points.append((0..<3).map { _ in stream.uniform() }) }
    let parts = [Array(0..<200), Array(200..<400), Array(400..<408)]
    let ellipsoids = try parts.map { try #require(Ellipsoid(around: points.rows(at: $0))) }
    #expect(StrayPoints.inEmptyEllipsoids(points, of: ellipsoids).sorted() == parts[2])
    #expect(StrayPoints.inEmptyEllipsoids(points, of: Array(ellipsoids[..<2])).isEmpty)
  }
}
