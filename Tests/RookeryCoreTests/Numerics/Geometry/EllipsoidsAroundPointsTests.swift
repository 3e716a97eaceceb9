import Testing

@testable import RookeryCore

@Suite struct EllipsoidsAroundPointsTests {
  /// Points uniform in an ellipsoid with axes of very different length.
  private func cigar(_ count: Int, dimension: Int) throws -> (Ellipsoid, PointMatrix) {
    var factor = [Double](repeating: 0, count: dimension * dimension)
    for i in 0..<dimension {
      for j in 0..<i { factor[i * dimension + j] = 0.01 * Double(j + 1) }
      factor[i * dimension + i] = 0.01 * Double(i + 1)
    }
    let centre = [Double](repeating: 0.5, count: dimension)
    let ellipsoid = try #require(Ellipsoid(centre: centre, factor: factor))
    var random = RandomStream(seed: 11, purpose: .init(rawValue: 7), index: 1)
    var points = PointMatrix(rows: count, columns: dimension)
    points.withUnsafeMutableValues { points in
      guard let start = points.baseAddress else { return }
      for i in 0..<count { ellipsoid.draw(&random, into: start + i * dimension) }
    }
    return (ellipsoid, points)
  }

  @Test(arguments: [1, 2, 5, 10]) func enclosingEllipsoidIsTightAndHoldsAllPoints(dimension: Int) throws {
    let (truth, points) = try cigar(400 * dimension, dimension: dimension)
    let found = try #require(Ellipsoid(enclosing: points, enlargement: 1))
    #expect(abs(found.farthestSquare(of: points) - 1) < 1e-9)
    // The least ellipsoid around points of another is smaller, but for the tolerance of the search.
    #expect(found.logVolume < truth.logVolume + 0.15)
    #expect(found.logVolume > truth.logVolume - 0.12 * Double(dimension))
  }

  @Test func pointsInAPlaneHaveNoEllipsoidOfTheirOwnVolume() {
    let points = PointMatrix(columns: 2, values: (0..<40).flatMap { [Double($0) / 40, 0.5] })
    let ellipsoid = Ellipsoid(enclosing: points, enlargement: 1.1)
    #expect(ellipsoid.map { $0.logVolume < -8 } ?? true)
    #expect(Ellipsoid(enclosing: points.rows(at: [0]), enlargement: 1.1) == nil)
  }

  /// However the points lie, all are within, and in no coordinate does the ellipsoid reach farther than the farthest of them would have it.
  @Test(arguments: DegeneratePoints.all) func degeneratePointsAreHeldWithoutWaste(_ set: DegeneratePoints)
    throws
  {
    let (n, d) = (set.points.rows, set.points.columns)
    let (_, covariance) = LinearAlgebra.meanAndCovariance(set.points)
    let around = try #require(Ellipsoid(around: set.points))
    #expect(around.farthestSquare(of: set.points) <= 1)
    for i in 0..<d {
      let reach = (0...i).reduce(0) { $0 + around.factor[i * d + $1] * around.factor[i * d + $1] }
      #expect(reach <= 1.01 * Double(n) * (covariance[i * d + i] + 1e-30))
    }
    let enclosing = Ellipsoid(enclosing: set.points, enlargement: 1)
    #expect(enclosing != nil || !set.hasVolume)
    guard let enclosing else { return }
    #expect(enclosing.farthestSquare(of: set.points) < 1 + 1e-6)
    #expect(set.hasVolume || enclosing.logVolume < around.logVolume + 1e-3)
  }

  /// The scale of a coordinate is a matter of units.
  @Test func ellipsoidsFollowTheScaleOfACoordinate() throws {
    let (_, points) = try cigar(400, dimension: 3)
    let scale = 0x1p-40
    let tiny = PointMatrix(
      columns: 3, values: points.values.enumerated().map { $0 % 3 == 1 ? scale * $1 : $1 })
    for (one, other) in [
      (Ellipsoid(around: points), Ellipsoid(around: tiny)),
      (Ellipsoid(enclosing: points, enlargement: 1), Ellipsoid(enclosing: tiny, enlargement: 1)),
    ] {
      let (one, other) = (try #require(one), try #require(other))
      #expect(one.factor.enumerated().map { $0 / 3 == 1 ? scale * $1 : $1 } == other.factor)
    }
  }
}
