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
}
