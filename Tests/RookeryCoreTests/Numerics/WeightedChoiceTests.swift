import Testing

@testable import RookeryCore

@Suite struct WeightedChoiceTests {
  private static let shares = [0, 0.25, 0, 0.5, 0.25, 0]

  /// Each entry holds the places between the sum of those before it and that sum with its own.
  @Test(
    arguments: [(0, 1), (0.2499, 1), (0.25, 3), (0.7499, 3), (0.75, 4), (0.9999, 4)] as [(Double, Int)])
  func sharesAreLaidEndToEnd(_ place: Double, _ expected: Int) {
    #expect(weightedChoice(at: place, of: Self.shares.count) { Self.shares[$0] } == expected)
  }

  /// A place beyond all shares, by rounding, is that of the last entry that has one.
  @Test func roundingChoosesNoneWithoutAShare() {
    #expect(weightedChoice(at: 1, of: Self.shares.count) { Self.shares[$0] } == 4)
    #expect(weightedChoice(at: 1.0000001, of: Self.shares.count) { Self.shares[$0] } == 4)
    #expect(weightedChoice(at: 0, of: 1) { _ in 1 } == 0)
  }
}
