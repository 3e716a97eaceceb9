import Testing

@testable import RookeryCore

/// Which method `auto` takes, and what the second one owes to the first.
@Suite struct AutomaticMethodTests {
  private static func quiet(maxCalls: Int? = nil) -> RunSettings {
    var settings = RunSettings()
    (settings.showsProgress, settings.maxCalls) = (false, maxCalls)
    return settings
  }

  /// A run that is stopped at once says how it would have been done.
  private static func start(_ method: Method, dimension: Int) throws -> RunResult {
    let parameters = (0..<dimension).map { Parameter("x\($0)", .uniform(-1, 1)) }
    let problem = try Problem("bowl", parameters: parameters) { (theta: Span<Double>) in
      theta.indices.reduce(0.0) { $0 - theta[$1] * theta[$1] }
    }
    let result = try sample(problem, by: method, settings: quiet(maxCalls: 64))
    #expect(result.ending == .callLimit && result.statistics.calls <= 64)
    return result
  }

  private static func setting(_ name: String, of result: RunResult) -> String? {
    result.provenance.settings.first { $0.name == name }?.value
  }

  @Test(arguments: [(1, "rookery-nautilus"), (10, "rookery-nautilus"), (11, "rookery-dynesty")])
  func theNumberOfDimensionsDecides(_ dimension: Int, _ engine: String) throws {
    let plain = try Self.start(.automatic, dimension: dimension)
    #expect(plain.engine.name == engine)
    let aimed = try Self.start(.automaticFor(effectiveSize: 777), dimension: dimension)
    #expect(aimed.engine.name == engine)
    #expect(Self.setting("targetEffectiveSize", of: aimed) == "777.0")
    if dimension > 10 {
      // Live points reach a size of the sample in a dynamic run alone, and need none without one.
      #expect(Self.setting("isDynamic", of: aimed) == "true")
      #expect(Self.setting("isDynamic", of: plain) == "false")
      #expect(Self.setting("targetEffectiveSize", of: plain) == "auto")
    } else {
      #expect(Self.setting("targetEffectiveSize", of: plain) == "10000.0")
    }
  }

  /// Fixed parameters are not inferred, and do not count.
  @Test func fixedParametersDoNotCount() throws {
    let parameters = (0..<10).map { Parameter("x\($0)", .uniform(-1, 1)) } + [Parameter("c", .fixed(1))]
    let problem = try Problem("bowl", parameters: parameters) { (theta: Span<Double>) in -theta[0] * theta[0]
    }
    let result = try sample(problem, settings: Self.quiet(maxCalls: 64))
    #expect(result.engine.name == "rookery-nautilus")
  }

  /// Something above a plateau that is met so rarely that shells give up on it, after 400 000 draws, with less than 200 points there.
  private static func needle() throws -> Problem {
    let parameters = (0..<10).map { Parameter("x\($0)", .uniform(0, 1)) }
    return try Problem("needle", parameters: parameters) { (theta: Span<Double>) in
      theta[0] < 2e-4 ? -1e8 * theta[0] * theta[0] : -1e10
    }
  }

  /// What is left of the limits, and the draws that have been paid for, go to live points.
  @Test(.timeLimit(.minutes(10))) func livePointsTakeOverWhereShellsAreStuck() throws {
    let (problem, spent) = (try Self.needle(), 400_000)
    let result = try sample(problem, by: .automaticFor(effectiveSize: 500), settings: Self.quiet())
    #expect(result.engine.name == "rookery-dynesty" && result.ending == .converged)
    #expect(Self.setting("targetEffectiveSize", of: result) == "500.0")
    // ∫ exp(-1e8 x²) from 0 to 2e-4 is 1e-4 times √π erf(2) / 2.
    #expect(abs(result.evidence.logZ - (-9.336)) < 4 * result.evidence.error)
    // It looks as long as it would have alone, and pays for what was not drawn before.
    let births = try #require(result.birthLogLikelihoods)
    let draws = births.count { $0 == -.infinity }
    #expect(draws > spent + 20_000)
    #expect(result.statistics.calls > draws && result.statistics.calls < draws + spent / 2)

    let limited = try sample(problem, settings: Self.quiet(maxCalls: spent + 1000))
    #expect(limited.engine.name == "rookery-dynesty" && limited.ending == .callLimit)
    #expect(limited.statistics.calls <= spent + 1000 && limited.statistics.calls > spent + 900)
  }
}
