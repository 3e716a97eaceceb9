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
}
