import Testing

@testable import RookeryCore

@Suite struct FriendsBoundTests {
  private static func draws(_ count: Int, from bound: (inout RandomStream) -> [Double]?) -> [[Double]] {
    var stream = RandomStream(seed: 8, purpose: .init(rawValue: 5), index: 1)
    var drawn: [[Double]] = []
    for _ in 0..<100 * count where drawn.count < count {
      if let place = bound(&stream) { drawn.append(place) }
    }
    return drawn
  }

  private static func place(
    _ stream: inout RandomStream,
    _ draw: (inout RandomStream, UnsafeMutableBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) ->
      Bool
  ) -> [Double]? {
    var (x, scratch) = ([0.0, 0], [0.0, 0])
    let isIn = x.withUnsafeMutableBufferPointer { x in
      scratch.withUnsafeMutableBufferPointer { draw(&stream, x, $0) }
    }
    return isIn ? x : nil
  }

  /// Balls so wide that they cover the cube, many on its left and few on its right: draws are uniform all the same.
  @Test(arguments: [NestedSettings.Bound.balls, .cubes]) func drawsAreUniformHoweverManyOverlap(
    _ kind: NestedSettings.Bound
  ) throws {
    var stream = RandomStream(seed: 8, purpose: .init(rawValue: 5), index: 2)
    var points = PointMatrix(columns: 2)
    for i in 0..<30 {
      let x = i < 24 ? 0.3 * stream.uniform() : 0.3 + 0.7 * stream.uniform()
      points.append([x, stream.uniform()])
    }
    let bound = try #require(
      FriendsBound(around: points, seam: .none, kind: kind, bootstraps: 0, enlargement: 9, key: (1, 1)))
    let drawn = Self.draws(6000) { stream in Self.place(&stream) { bound.draw(&$0, into: $1, scratch: $2) } }
    try #require(drawn.count == 6000)
    for i in 0..<2 {
      let places = drawn.map { $0[i] }
      let distance = InsertionRanks.distance(places[...])
      #expect(InsertionRanks.chance(ofDistance: distance, count: places.count) > 1e-3, "coordinate \(i)")
    }
    try expectSurvival(of: bound)
  }

  /// Balls reach as far as the farthest neighbour; with points left out, farther.
  @Test func radiiFollowTheNeighbours() throws {
    var points = PointMatrix(columns: 2)
    for i in 0..<5 { for j in 0..<5 { points.append([0.3 + 0.1 * Double(i), 0.3 + 0.1 * Double(j)]) } }
    let whitened = Neighbours.whiten(
      points, by: try #require(Ellipsoid(centre: [0, 0], factor: [0.1, 0, 0, 0.1])))
    #expect(abs(Neighbours.largestNearestDistance(whitened, isCubic: false) - 1) < 1e-9)
    var kept = [Bool](repeating: true, count: 25)
    (kept[0], kept[1], kept[5]) = (false, false, false)
    // The corner's nearest that is kept is across the diagonal.
    let far = Neighbours.largestNearestDistance(whitened, keeping: kept, isCubic: false)
    #expect(abs(far - 2.0.squareRoot()) < 1e-9)
    #expect(abs(Neighbours.largestNearestDistance(whitened, keeping: kept, isCubic: true) - 1) < 1e-9)
    #expect(Set(Neighbours.clusters(whitened, reach: 1.01, isCubic: false)).count == 1)
    #expect(Set(Neighbours.clusters(whitened, reach: 0.99, isCubic: false)).count == 25)
  }

  /// Points on both sides of the end of a circle: draws lie around it and nowhere else.
  @Test(arguments: [false, true]) func drawsLieWhereThePointsAreAcrossTheSeam(_ hasFriends: Bool) throws {
    var stream = RandomStream(seed: 8, purpose: .init(rawValue: 5), index: 3)
    var points = PointMatrix(columns: 2)
    for _ in 0..<100 {
      let x = 0.97 + 0.1 * stream.uniform()
      points.append([x < 1 ? x : x - 1, 0.4 + 0.2 * stream.uniform()])
    }
    let bound = EllipsoidBound(around: points, boundaries: [.periodic, .open], bootstraps: 0, key: (1, 1))
    let friends = try #require(
      FriendsBound(
        around: points, seam: bound.seam, kind: .balls, bootstraps: 0, enlargement: 1, key: (1, 1)))
    let drawn = Self.draws(400) { stream in
      Self.place(&stream) {
        hasFriends ? friends.draw(&$0, into: $1, scratch: $2) : bound.draw(&$0, into: $1)
      }
    }
    try #require(drawn.count == 400)
    #expect(drawn.allSatisfy { $0[0] > 0 && $0[0] < 1 && ($0[0] > 0.9 || $0[0] < 0.15) })
    #expect(drawn.contains { $0[0] > 0.97 } && drawn.contains { $0[0] < 0.07 })
  }
}
