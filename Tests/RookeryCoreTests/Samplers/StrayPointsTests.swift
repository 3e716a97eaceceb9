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

  /// Four points on the slope of a small mode among a thousand of a broad one, whose live points lie round its peak: those four first, and
  /// hardly one by chance. Nothing is left behind where the known region is still wide.
  @Test(arguments: [3, 6]) func pointsOnTheSlopeOfAnotherModeAreLeftBehind(_ dimension: Int) throws {
    var stream = RandomStream(seed: 5, purpose: .init(rawValue: 91), index: UInt64(dimension))
    func logL(_ point: [Double]) -> Double {
      let broad = point.reduce(0) { $0 - ($1 - 0.4) * ($1 - 0.4) / 0.005 }
      let small = point.reduce(0) { $0 - ($1 - 0.8) * ($1 - 0.8) / 0.0008 }
      return max(broad, small)
    }
    var points = PointMatrix(columns: dimension)
    while points.rows < 1000 {
      let point = (0..<dimension).map { _ in stream.uniform() }
      if point.reduce(0, { $0 + ($1 - 0.8) * ($1 - 0.8) }) > 0.1 { points.append(point) }
    }
    let live = Self.ball(200, around: 0.4, radius: 0.05, dimension, &stream)
    let shape = try #require(Ellipsoid(around: live))
    let one = (0..<points.rows).map { logL(points[row: $0]) }
    #expect(StrayPoints.leftBehind(points, one, by: [shape]).count < 5)
    let mode = Self.ball(4, around: 0.8, radius: 0.1, dimension, &stream)
    for row in 0..<4 { points.append(mode[row: row]) }
    let both = (0..<points.rows).map { logL(points[row: $0]) }
    #expect(Set(StrayPoints.leftBehind(points, both, by: [shape]).prefix(4)) == [1000, 1001, 1002, 1003])
    let wide = try #require(shape.scaled(by: 10))
    #expect(StrayPoints.leftBehind(points, both, by: [wide]).isEmpty)
  }
}
