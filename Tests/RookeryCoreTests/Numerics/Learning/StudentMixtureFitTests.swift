import Testing

@testable import RookeryCore

@Suite struct StudentMixtureFitTests {
  /// Points that fill no volume have a mixture all the same.
  @Test(arguments: DegeneratePoints.all) func degeneratePointsHaveAMixture(_ set: DegeneratePoints) throws {
    let points = set.points
    let ones = [Double](repeating: 1, count: points.rows)
    let fit = StudentMixtureFit(points: points.values, weights: ones, dimension: points.columns)
    let found = try #require(fit)
    var random = RandomStream(seed: 3, purpose: .init(rawValue: 5), index: 2)
    for k in 1...2 {
      let mixture = try #require(found.fit(components: k, steps: 20, stream: &random))
      let score = found.score(mixture)
      #expect(score.isFinite && mixture.centres.allSatisfy { abs($0) < 2 })
    }
  }

  @Test func pointsInOnePlaceOrWithoutWeightHaveNone() {
    #expect(StudentMixtureFit(points: [0.5, 0.5], weights: [1, 1], dimension: 1) == nil)
    #expect(StudentMixtureFit(points: [0.1, 0.2, 0.3], weights: [0, 0, 0], dimension: 1) == nil)
  }
}
