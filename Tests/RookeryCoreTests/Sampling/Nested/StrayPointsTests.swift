import CaseProblems
import Glibc
import Testing

@testable import RookeryCore

/// Modes that hold a few of the live points.
@Suite struct StrayPointsTests {
  /// Points even in a ball of the given radius.
  private static func ball(
    _ count: Int, around centre: [Double], radius: Double, _ stream: inout RandomStream
  ) -> PointMatrix {
    var points = PointMatrix(columns: centre.count)
    var direction = centre
    for _ in 0..<count {
      direction.withUnsafeMutableBufferPointer { stream.direction(into: $0) }
      let length = radius * pow(stream.uniform(), 1 / Double(centre.count))
      points.append(zip(centre, direction).map { $0 + length * $1 })
    }
    return points
  }

  @Test(arguments: [2, 5, 8]) func aSmallModeHasAnEllipsoidOfItsOwn(_ dimension: Int) throws {
    var stream = RandomStream(seed: 3, purpose: .init(rawValue: 91), index: UInt64(dimension))
    let (low, high) = ([Double](repeating: 0.3, count: dimension), [Double](repeating: 0.8, count: dimension))
    var points = Self.ball(400, around: low, radius: 0.1, &stream)
    #expect(StrayPoints(points).groups.isEmpty)
    let mode = Self.ball(4, around: high, radius: 0.03, &stream)
    for row in 0..<mode.rows { points.append(mode[row: row]) }
    let groups = StrayPoints(points).groups
    #expect(groups == [[400, 401, 402, 403]])
    // A single point is no group, and stays with the others.
    #expect(StrayPoints(points.rows(at: Array(0...400))).groups.isEmpty)

    var others = points
    let taken = StrayPoints.takeOut(of: &others, [Parameter.Boundary](repeating: .open, count: dimension))
    #expect(taken.map(\.rows) == [4] && others.rows == 400)
    let ellipsoid = try #require(StrayPoints.ellipsoids(around: taken, beside: others).first)
    for row in 0..<4 { #expect(mode.withRow(row) { ellipsoid.squaredDistance($0) } < 1) }
    // Its volume is about its part of the others', whose ellipsoid is wider by the farthest of them.
    let whole = try #require(Ellipsoid(around: others))
    #expect(ellipsoid.logVolume - whole.logVolume > log(4.0 / 400) - 1)
  }

  /// Two modes of equal evidence, the narrower one with a few live points in a hundred while they are far apart. With one dimension more
  /// it has three of five hundred when they part, and a third of all runs lose it.
  @Test(.timeLimit(.minutes(10))) func aSmallModeLives() throws {
    let asked = CaseProblem.unequalPair(dimension: 5, share: 1)
    let logZ = try #require(asked.logZ)
    var kept = 0
    for seed in 1...3 {
      var settings = RunSettings()
      (settings.seed, settings.showsProgress) = (UInt64(seed), false)
      let result = try sample(asked.problem(), by: .nested(NestedSettings()), settings: settings)
      // One mode alone is log Z = 0 with a mean of 0.3 or 0.75.
      let mean = result.marginals()[0].mean
      if mean > 0.4, mean < 0.65, abs(result.evidence.logZ - logZ) < 4 * result.evidence.error { kept += 1 }
    }
    #expect(kept == 3)
  }
}
