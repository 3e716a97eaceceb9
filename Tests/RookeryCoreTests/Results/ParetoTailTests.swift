import Glibc
import Testing

@testable import RookeryCore

@Suite struct ParetoTailTests {
  private static let purpose = RandomStream.Purpose(rawValue: 0x5041_5245)

  /// Weights u^-k have a tail of shape k.
  private static func weights(shape: Double, count: Int, _ index: UInt64) -> [Double] {
    var stream = RandomStream(seed: 3, purpose: purpose, index: index)
    return (0..<count).map { _ in -shape * log(1 - stream.uniform()) }
  }

  @Test(arguments: [0.2, 0.5, 0.7, 0.9]) func theShapeOfAKnownTailIsFound(shape: Double) throws {
    let found = try (0..<20).map {
      try #require(ParetoTail(logWeights: Self.weights(shape: shape, count: 10_000, $0))).shape
    }
    let mean = found.reduce(0, +) / 20
    // 300 weights of the tail know it to (1 + k) / √300; a twentieth of that is the pull towards 1/2.
    #expect(abs(mean - shape) < 0.05)
    #expect(found.allSatisfy { abs($0 - shape) < 0.4 })
  }

  @Test func theLimitGrowsWithTheDrawsUpToSevenTenths() throws {
    let few = try #require(ParetoTail(logWeights: Self.weights(shape: 0.5, count: 100, 1)))
    let many = try #require(ParetoTail(logWeights: Self.weights(shape: 0.3, count: 10_000, 1)))
    #expect(abs(few.limit - 0.5) < 1e-12 && few.count == 20)
    #expect(many.limit == 0.7 && many.count == 300)
    #expect(try #require(ParetoTail(logWeights: Self.weights(shape: 1.2, count: 10_000, 1))).isHeavy)
    #expect(!many.isHeavy)
  }

  @Test func boundedWeightsHaveNoHeavyTail() throws {
    var stream = RandomStream(seed: 3, purpose: Self.purpose, index: 99)
    let tail = try #require(ParetoTail(logWeights: (0..<5000).map { _ in log(0.5 + stream.uniform()) }))
    #expect(tail.shape < 0)
  }

  @Test func weightsThatSayNothingHaveNone() {
    #expect(ParetoTail(logWeights: []) == nil)
    #expect(ParetoTail(logWeights: [0, 1, 2]) == nil)
    #expect(ParetoTail(logWeights: [Double](repeating: 0, count: 1000)) == nil)
    #expect(ParetoTail(logWeights: [Double](repeating: -.infinity, count: 1000)) == nil)
    #expect(ParetoTail(logWeights: [Double](repeating: .nan, count: 1000)) == nil)
  }
}
