import CaseProblems
import Testing

@testable import RookeryCore

/// Whether a likelihood that is random is told from one that is not.
@Suite struct NoiseWatchTests {
  private func finding(_ pairs: [[Double]]) -> Finding? {
    var watch = NoiseWatch()
    for pair in pairs { watch.note(pair) }
    return watch.finding
  }

  @Test func comparesWhatCameTwice() {
    #expect(finding([[1, 1], [2], [], [-.infinity, -.infinity]]) == nil)
    #expect(
      finding([[1, 1], [-2, -2.5]])?.message.contains(
        "at 1 of 2 points evaluated twice it differed by up to 0.5") == true)
    #expect(finding([[3, -.infinity]])?.code == "noisy-likelihood")
    // The last digits of sums in another order.
    #expect(finding([[-1e9, -1e9 + 1e-3]]) == nil && finding([[1, 1 + 1e-6]]) == nil)
  }

  @Test func asksOnlyUntilItKnows() {
    var watch = NoiseWatch()
    #expect(
      (0..<20).map { _ in watch.evaluations() } == [Int](repeating: 2, count: 8)
        + [Int](repeating: 1, count: 12))
    // Points without likelihood tell nothing, so others are asked for.
    watch.note([-.infinity, -.infinity])
    #expect(watch.evaluations() == 2 && watch.evaluations() == 1)
    for _ in 0..<8 { watch.note([1, 1]) }
    #expect(watch.compared == 8 && watch.evaluations() == 1)
    // But not for ever.
    var hopeless = NoiseWatch()
    var asked = 0
    for _ in 0..<1000 where hopeless.evaluations() == 2 {
      asked += 1
      hopeless.note([-.infinity, -.infinity])
    }
    #expect(asked == 64)
  }

  @Test(.timeLimit(.minutes(10)), arguments: [0.5, 2]) func aRandomLikelihoodIsFound(_ deviation: Double)
    throws
  {
    var settings = RunSettings()
    (settings.showsProgress, settings.maxCalls) = (false, 3000)
    var nested = NestedSettings()
    nested.live = 100
    let noisy = try sample(
      CaseProblem.noisy(deviation: deviation).problem(), by: .nested(nested), settings: settings)
    #expect(noisy.findings().contains { $0.code == "noisy-likelihood" })
    let plain = try sample(CaseProblem.flat(0).problem(), by: .nested(nested), settings: settings)
    #expect(!plain.findings().contains { $0.code == "noisy-likelihood" })
    // Eight points twice, and each of these calls is counted.
    #expect(plain.statistics.calls == plain.samples.rows + 8)
  }

  /// A run of the shell method, and its sampler as it was at the end.
  private func shells(
    _ problem: Problem, seed: UInt64 = 1, calls: Int
  ) throws -> (result: RunResult, sampler: ImportanceNestedSampler) {
    var settings = RunSettings()
    (settings.showsProgress, settings.maxCalls, settings.seed) = (false, calls, seed)
    var shells = ImportanceNestedSettings()
    (shells.live, shells.networks, shells.targetEffectiveSize) = (100, 0, 1000)
    let sampler = try ImportanceNestedSampler(problem, settings: shells, seed: seed)
    var end = sampler
    let result = try run(
      sampler, on: problem, engine: EngineDescription(name: "shells", live: 100, dimension: 2),
      settings: settings, pool: .serial
    ) { end = $0 }
    return (result, end)
  }

  @Test(
    .timeLimit(.minutes(10)), arguments: ["noisy:0.5", "noisy:2", "noisy:0.01", "noise"],
    1...4 as ClosedRange<UInt64>)
  func shellsFindARandomLikelihood(_ name: String, _ seed: UInt64) throws {
    // The word is there as soon as draws from the prior are.
    for calls in [30, 3000] {
      let result = try shells(CaseProblem.named(name).problem(), seed: seed, calls: calls).result
      #expect(result.findings().contains { $0.code == "noisy-likelihood" })
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["betas:2", "flat:-3", "floor:0.2", "edge:2", "noisy:0"])
  func shellsCallSixteenTimesMoreAndFindNothing(_ name: String) throws {
    let (result, sampler) = try shells(CaseProblem.named(name).problem(), calls: 1_000_000)
    #expect(!result.findings().contains { $0.code == "noisy-likelihood" })
    let climbs = sampler.exploration.outposts.climbCalls
    #expect(sampler.aside.count == 0 && result.statistics.calls == sampler.points.count + 16 + climbs)
  }

  /// Noise of high values alone, which none of the prior has, shows in the draws of the first stage.
  @Test(.timeLimit(.minutes(10))) func shellsFindWhatIsRandomAtTheTop() throws {
    let problem = try Problem(
      "top", parameters: [Parameter("x", .uniform(0, 1)), Parameter("y", .uniform(0, 1))]
    ) { (theta: Span<Double>) in
      let (x, y) = (theta[0] - 0.5, theta[1] - 0.5)
      let logL = -5000 * (x * x + y * y)
      return logL < -20 ? logL : logL + Double.random(in: 0..<1)
    }
    let result = try shells(problem, calls: 100_000).result
    #expect(result.findings().contains { $0.code == "noisy-likelihood" })
  }

  /// What the search before found goes along with its draws: those are asked for no second value.
  @Test(.timeLimit(.minutes(10)), arguments: [0.5, 0]) func theHandOverKeepsTheWord(_ deviation: Double)
    throws
  {
    let problem = try CaseProblem.noisy(deviation: deviation).problem()
    let draws = try shells(problem, calls: 80).sampler.priorDraws
    var settings = NestedSettings()
    settings.live = 200
    var nested = try NestedSampler(problem: problem, settings: settings, seed: 1)
    nested.adopt(draws)
    #expect(nested.record().logLikelihoods.count >= 64)
    #expect(nested.record().findings.contains { $0.code == "noisy-likelihood" } == (deviation > 0))
    // Eight have been looked at, and that is enough.
    #expect(nested.noise == draws.noise && nested.noise.compared == 8 && nested.nextPiece()?.steps == 1)
  }
}
