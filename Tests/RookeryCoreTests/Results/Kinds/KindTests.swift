import Testing

@testable import RookeryCore

/// What draws of each kind have of their own.
@Suite struct KindTests {
  private func nested() throws -> RunResult {
    try MadeResult.nested(
      logLikelihoods: (0..<300).map { Double($0) / 60 }, births: (0..<300).map { _ in -.infinity })
  }

  private func importance() throws -> RunResult {
    try MadeResult.importance(
      logLikelihoods: (0..<300).map { Double($0) / 60 }, ratios: (0..<300).map { Double($0 % 7) })
  }

  @Test func resultsOfEachKindComeWhole() throws {
    for result in [try nested(), try importance()] {
      try expectSurvival(of: result)
      #expect(result.logWeights == result.kind.logWeights)
      #expect(result.evidences == [result.evidence])
      #expect(result.effectiveSize == .kish(result.effectiveSampleSize))
    }
    #expect(try nested().birthLogLikelihoods?.count == 300)
    #expect(try importance().birthLogLikelihoods == nil)
  }

  @Test func kindsAndSpacesThatAreUnknownAreRefused() throws {
    #expect(throws: WireError.self) {
      var reader = WireReader([9])
      _ = try RunResult.Kind(from: &reader)
    }
    let draws = try nested().draws
    var writer = WireWriter()
    writer.write(draws)
    // The space stands after three matrices.
    var bytes = writer.bytes
    let matrices =
      6 * 8 + 8 * (draws.parameters.values + draws.derived.values + draws.coordinates.values).count
    #expect(bytes[matrices] == Space.cube.rawValue)
    bytes[matrices] = 77
    #expect(throws: WireError.self) {
      var reader = WireReader(bytes)
      _ = try Draws(from: &reader)
    }
  }

  /// The samples stay, and weigh what the other likelihood gives them; their contours were those of the first.
  @Test func reweightedPointsAreDraws() throws {
    let first = try nested()
    let second = try first.reweighted { -$0[0] }
    guard case .importance(let table) = second.kind else {
      Issue.record("\(second.kind)")
      return
    }
    #expect(table.evidence == second.evidence && second.logLikelihoods == first.samples.column(0).map { -$0 })
    #expect(second.provenance.parts == [first.digest] && second.samples.values == first.samples.values)
  }

  /// What is learnt beyond the prior follows from the parameters where there is no cube to count in.
  @Test func samplersThatMoveElsewhereHaveNoCube() throws {
    let inCube = try nested()
    let draws = inCube.draws
    let elsewhere = RunResult(
      head: inCube.head,
      draws: Draws(
        parameters: draws.parameters, derived: draws.derived, coordinates: draws.parameters,
        space: .parameters, logLikelihoods: draws.logLikelihoods, logPriors: draws.logPriors),
      kind: inCube.kind)
    #expect(elsewhere.cube.rows == 0 && inCube.cube.rows == 300 && elsewhere.digest == inCube.digest)
    for (one, other) in zip(inCube.marginals(), elsewhere.marginals()) {
      let bits = (try #require(one.bits), try #require(other.bits))
      #expect(abs(bits.0 - bits.1) < 0.05 && one.edges == other.edges)
    }
  }
}
