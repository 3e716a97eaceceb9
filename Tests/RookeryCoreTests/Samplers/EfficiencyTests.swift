import AllocationCounter
import ReferenceProblems
import RookeryCore
import Testing

/// Guards what a run costs, in counts that depend on the seed alone and not on how busy the machine is.
@Suite struct EfficiencyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let problem: String
    let method: String
    let seeds: Int
    /// Likelihood calls per effective sample, mean over the seeds, when this was last looked at.
    let callsPerSample: Double
    /// How often memory was asked for per likelihood call, all in all.
    let allocationsPerCall: Double

    init(
      _ problem: String, _ method: String, seeds: Int, callsPerSample: Double, allocationsPerCall: Double
    ) {
      self.problem = problem
      self.method = method
      self.seeds = seeds
      self.callsPerSample = callsPerSample
      self.allocationsPerCall = allocationsPerCall
    }

    var testDescription: String { "\(problem) by \(method)" }
  }

  static let cases = [
    Case("gauss5", "nautilus", seeds: 4, callsPerSample: 1.93, allocationsPerCall: 90.2),
    Case("gauss10", "nautilus", seeds: 2, callsPerSample: 2.95, allocationsPerCall: 63.9),
    Case("shells2", "nautilus", seeds: 4, callsPerSample: 1.50, allocationsPerCall: 114.9),
    Case("gauss5", "dynesty", seeds: 8, callsPerSample: 7.7, allocationsPerCall: 39.6),
    Case("gauss10", "dynesty", seeds: 4, callsPerSample: 15.68, allocationsPerCall: 11.0),
    Case("shells2", "dynesty", seeds: 8, callsPerSample: 11.85, allocationsPerCall: 26.4),
  ]

  /// A tenth more is a change for the worse that somebody should have noticed. Where it is meant, or where much
  /// was gained, put the numbers of the message in the table.
  @Test(.timeLimit(.minutes(10)), arguments: cases)
  func aRunCostsNoMoreThanItDid(_ expected: Case) throws {
    let problem = try ReferenceProblem.named(expected.problem).problem
    let method: Method =
      expected.method == "nautilus" ? .importanceNested(.init()) : .nested(.init())
    var (callsPerSample, calls) = (0.0, 0)
    let before = allocationsOfThread()
    for seed in 1...expected.seeds {
      var settings = RunSettings()
      settings.seed = UInt64(seed)
      settings.showsProgress = false
      let result = try sample(problem, by: method, settings: settings)
      #expect(result.ending == .converged)
      calls += result.statistics.calls
      callsPerSample +=
        Double(result.statistics.calls) / result.effectiveSampleSize / Double(expected.seeds)
    }
    let allocations = Double(allocationsOfThread() - before) / Double(calls)
    #expect(callsPerSample < 1.1 * expected.callsPerSample)
    if allocationsAreCounted() != 0 { #expect(allocations < 1.1 * expected.allocationsPerCall) }
  }
}
