import Testing

@testable import RookeryCore

@Suite struct NestedContextTests {
  private func settled(_ place: [Double], _ boundaries: [Parameter.Boundary]) -> [Double]? {
    let context = NestedContext(
      bound: .cube, boundaries: boundaries)
    var place = place
    let isIn = place.withUnsafeMutableBufferPointer { context.settle($0, mirrors: nil) }
    return isIn ? place : nil
  }

  /// A mirror gives back the place as far within as it was without; a circle the place as far from the other end.
  @Test(
    arguments: [
      (Parameter.Boundary.reflective, 1.2, 0.8), (.reflective, -0.3, 0.3), (.reflective, 2.25, 0.25),
      (.reflective, 1.75, 0.25), (.reflective, -1.1, 0.9), (.periodic, 1.2, 0.2), (.periodic, -0.3, 0.7),
      (.periodic, 3.25, 0.25), (.periodic, -2.4, 0.6),
    ] as [(Parameter.Boundary, Double, Double)])
  func placesOutsideComeBack(_ boundary: Parameter.Boundary, _ place: Double, _ expected: Double) throws {
    let back = try #require(settled([0.4, place], [.open, boundary]))
    #expect(back[0] == 0.4 && abs(back[1] - expected) < 1e-12)
  }

  @Test(arguments: [Parameter.Boundary.open, .reflective, .periodic])
  func placesInsideStay(_ boundary: Parameter.Boundary) {
    #expect(settled([0.3], [boundary]) == [0.3])
  }

  @Test(arguments: [-0.1, 0, 1, 1.1]) func openEndsLetNothingBack(_ place: Double) {
    #expect(settled([place], [.open]) == nil)
  }

  /// In the frame of an ellipsoid its own mirrors count, and the ends of a reflective range are walls without one.
  @Test func mirrorsOfAnEllipsoidBringBack() {
    func settled(_ place: [Double], _ mirrors: Mirrors) -> [Double]? {
      var place = place
      let context = NestedContext(bound: .cube, boundaries: [.open, .reflective])
      return place.withUnsafeMutableBufferPointer { context.settle($0, mirrors: mirrors) } ? place : nil
    }
    #expect(settled([-0.25, 0.5], Mirrors(dimension: 2, low: [0])) == [0.25, 0.5])
    #expect(settled([1.25, 0.5], Mirrors(dimension: 2, low: [], high: [0])) == [0.75, 0.5])
    #expect(settled([1.25, 0.5], Mirrors(dimension: 2, low: [0])) == nil)
    #expect(settled([-1.25, 0.5], Mirrors(dimension: 2, low: [0])) == nil)
    #expect(settled([0.5, -0.25], .none) == nil)
    #expect(settled([0.5, -0.25], Mirrors(dimension: 2, low: [1])) == [0.5, 0.25])
  }

  /// In units of how far independent points are apart in each coordinate; the short way round a circle.
  @Test func travelIsMeasuredInTheScatterOfThePoints() throws {
    // Deviations 0.1 and 0.05 by the rows of the factor.
    let spread = try #require(Ellipsoid(centre: [0.5, 0.5], factor: [0.1, 0, 0.03, 0.04]))
    func travel(_ start: [Double], _ end: [Double], _ boundary: Parameter.Boundary = .open) -> [Double] {
      NestedContext(
        bound: .cube, spread: spread, boundaries: [boundary, .open]
      ).travel(from: start, to: end)
    }
    func expect(_ travel: [Double], _ x: Double, _ y: Double) {
      #expect(travel.count == 2 && abs(travel[0] - x) < 1e-12 && abs(travel[1] - y) < 1e-12)
    }
    expect(travel([0.4, 0.5], [0.6, 0.5]), 2, 0)
    expect(travel([0.4, 0.5], [0.4, 0.6]), 0, 2)
    expect(travel([0.95, 0.5], [0.05, 0.5], .periodic), 0.5, 0)
    expect(travel([0.95, 0.5], [0.05, 0.5]), 40.5, 0)
    #expect(travel([0.4, 0.5], []).isEmpty)
    #expect(
      NestedContext(bound: .cube, boundaries: [.open, .open]).travel(from: [0, 0], to: [1, 1])
        .isEmpty)
  }
}
