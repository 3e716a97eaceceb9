import Testing

@testable import RookeryCore

@Suite struct SystematicDrawsTests {
  @Test func drawsFollowTheWeights() {
    #expect(systematicDraws(4, of: [1, 0, 3], offset: 0.5) == [1, 0, 3])
    #expect(systematicDraws(3, of: [0.1, 0.1, 0.1, 0.3], offset: 0.4) == [1, 0, 1, 1])
    #expect(systematicDraws(0, of: [1, 2], offset: 0.5) == [0, 0])
  }

  /// Each comes as often as its share says, rounded down or up, and all of them together as often as asked for.
  @Test func noCountIsOffByOne() {
    var stream = RandomStream(seed: 2, purpose: .init(rawValue: 5), index: 1)
    let weights = (0..<50).map { $0 % 7 == 0 ? 0 : stream.uniform() }
    let total = weights.reduce(0, +)
    for count in [1, 7, 50, 1000] {
      let times = systematicDraws(count, of: weights, offset: stream.uniform())
      #expect(times.reduce(0, +) == count)
      #expect(zip(times, weights).allSatisfy { abs(Double($0) - Double(count) * $1 / total) < 1 })
    }
  }

  @Test func roundingLosesNone() {
    #expect(systematicDraws(1000, of: [1, 1, 0], offset: (1.0).nextDown) == [499, 501, 0])
  }

  @Test func whatHasNoWeightIsNotDrawn() {
    #expect(systematicDraws(5, of: [0, .nan, -1], offset: 0.5) == [0, 0, 0])
    #expect(systematicDraws(5, of: [.nan, 1, -1], offset: 0.5) == [0, 5, 0])
    #expect(systematicDraws(5, of: [], offset: 0.5) == [])
  }
}
