import RookeryCore
import Testing

/// Two runs are compared by one word: it must change with every number of the result.
@Suite struct DigestTests {
  private func digest(
    _ logL: [Double] = [1, 2, 3], births: [Double]? = nil, derived: [Double] = [4, 5, 6], seed: UInt64 = 1
  ) throws -> String {
    try MadeResult.nested(
      logLikelihoods: logL, births: births ?? logL.map { _ in -.infinity }, derived: derived, seed: seed
    ).digest
  }

  @Test func everyNumberCounts() throws {
    let same = try digest()
    #expect(try digest() == same && same.count == 16)
    // Derived samples, log-likelihoods, weights (by births), and samples.
    #expect(try digest(derived: [4, 5, 7]) != same)
    #expect(try digest(derived: [5, 4, 6]) != same)
    #expect(try digest([1, 2, 3.0.nextUp]) != same)
    #expect(try digest(births: [-.infinity, -.infinity, 1]) != same)
    #expect(try digest(seed: 2) != same)
    #expect(try digest(derived: [4, 5, -0.0]) != digest(derived: [4, 5, 0]))
  }

  @Test func weightsOfIndependentDrawsCount() throws {
    func digest(_ ratios: [Double]) throws -> String {
      try MadeResult.importance(logLikelihoods: [1, 2], ratios: ratios).digest
    }
    #expect(try digest([0, 0]) != digest([0, 0.1]))
  }
}
