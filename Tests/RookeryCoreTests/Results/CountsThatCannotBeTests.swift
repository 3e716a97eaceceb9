import Glibc
import RookeryCore
import Testing

/// Counts, levels and indices that a caller of the library may get wrong.
@Suite struct CountsThatCannotBeTests {
  private func result() throws -> RunResult {
    let logL = (0..<90).map { -60 * exp(-Double($0) / 20) }
    return try MadeResult.nested(
      logLikelihoods: logL, births: (0..<90).map { $0 < 30 ? -Double.infinity : logL[$0 - 30] })
  }

  @Test(arguments: [-1, 0, .min]) func none(_ count: Int) throws {
    let result = try result()
    let table = try NestedRun(result)
    #expect(table.bootstraps(count, seed: 1) { _, logZ, _ in logZ }.isEmpty)
    #expect(table.divergences(count, seed: 1).isEmpty)
    // Of nothing there is no spread.
    #expect(!(table.bootstrapError(of: count) > 0))
    #expect(try result.clusters(bootstraps: count).count >= 1)
    #expect(result.equallyWeightedRows(count).isEmpty && result.draws(count).rows == 0)
    #expect(throws: InputError.self) { try result.predict(at: .draws(count)) { $0 } }
  }

  @Test(arguments: [-1, .min, .max]) func anyIndex(_ index: Int) throws {
    let table = try NestedRun(result())
    #expect(table.simulatedLogVolumes(seed: 1, index: index).count == 90)
    #expect(table.resampledRows(of: table.threads(), seed: 1, index: index).count > 0)
    #expect(table.resampledRows(of: [[], [index], [5]], seed: 1, index: 0) == [5])
    #expect(table.resampledRows(of: [[]], seed: 1, index: 0).isEmpty)
    #expect(table.weights(logVolumes: []).logWeights.isEmpty)
  }

  @Test(arguments: [-0.1, 1.1, .nan, .infinity, -.infinity]) func levels(_ level: Double) throws {
    let result = try result()
    #expect(throws: InputError.self) { try result.quantiles([0.5, level], of: "a") }
    let prediction = try #require(try result.predict(at: .draws(5)) { [$0[0]] })
    let value = prediction.quantile(level)[0]
    #expect(level.isNaN ? value.isNaN : value == prediction.quantile(level < 0 ? 0 : 1)[0])
  }

  @Test func boundsOfRandomNumbers() {
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 1), index: 0)
    for bound in [0, -1, .min, 1] { #expect(stream.integer(below: bound) == 0) }
  }
}
