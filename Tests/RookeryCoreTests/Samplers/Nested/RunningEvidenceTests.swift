import Glibc
import Testing

@testable import RookeryCore

@Suite struct RunningEvidenceTests {
  /// Two deaths, of ten and of nine live points, by hand: volumes 10/11 and 9/11, weights 1/11 and e/11.
  @Test func twoDeathsByHand() throws {
    var totals = RunningEvidence()
    #expect(totals.remaining(best: 1) == .infinity && totals.effectiveSampleSize == 0)
    totals.kill(logL: 0, live: 10)
    totals.kill(logL: 1, live: 9)
    let e = M_E
    #expect(abs(totals.logVolume - log(9 / 11.0)) < 1e-12)
    #expect(abs(totals.logZ - log((1 + e) / 11)) < 1e-12)
    #expect(abs(totals.effectiveSampleSize - (1 + e) * (1 + e) / (1 + e * e)) < 1e-12)
    #expect(abs(totals.information - (e / (1 + e) - log((1 + e) / 11))) < 1e-12)
    // What is left lies on the highest contour at most: e · 9/11.
    #expect(abs(totals.remaining(best: 1) - log(1 + 9 * e / (1 + e))) < 1e-12)
    try expectSurvival(of: totals)
  }

  /// Of five draws from the prior two had no likelihood: 4/5 · 5/6 of the volume is left, the mean over what it may be.
  @Test func drawsWithoutLikelihoodTakeTheirVolume() {
    var totals = RunningEvidence()
    totals.start(live: 3, below: [-.infinity, -.infinity])
    #expect(abs(totals.logVolume - log(2 / 3.0)) < 1e-12)
    #expect(totals.logZ == -.infinity)
    // The same two on a plateau have a likelihood, and a third of the volume.
    totals = RunningEvidence()
    totals.start(live: 3, below: [2, 2])
    #expect(abs(totals.logVolume - log(2 / 3.0)) < 1e-12 && abs(totals.logZ - 2 - log(1 / 3.0)) < 1e-12)
  }

  @Test func progressRisesToOne() {
    var totals = RunningEvidence()
    var last = 0.0
    for i in 0..<1000 {
      totals.kill(logL: min(0.05 * Double(i), 10), live: 50)
      let progress = totals.progress(best: 10, target: 0.01, atMost: .infinity)
      if i > 0 { #expect(progress >= last - 0.02) }
      last = progress
    }
    #expect(last > 0.95)
  }
}

@Suite struct LiveSetTests {
  /// The lowest goes first, and of equal ones the oldest.
  @Test func pointsLeaveInOrder() throws {
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 3), index: 0)
    var set = LiveSet()
    var model: [LiveSet.Member] = []
    for row in 0..<3000 {
      let member = LiveSet.Member(row: row, logL: Double(stream.integer(below: 40)))
      set.insert(member)
      model.append(member)
      if row % 3 == 2 {
        model.sort { $0.logL != $1.logL ? $0.logL < $1.logL : $0.row < $1.row }
        #expect(set.worst == model.first)
        #expect(set.removeWorst() == model.removeFirst())
      }
      #expect(set.count == model.count)
    }
    try expectSurvival(of: set)
    model.sort { $0.logL != $1.logL ? $0.logL < $1.logL : $0.row < $1.row }
    for member in model { #expect(set.removeWorst() == member) }
    #expect(set.removeWorst() == nil && set.worst == nil)
  }
}

@Suite struct BatchPlanTests {
  /// A run of fifty live points on a Gaussian, with volumes at their expected values.
  private func plan(highest: Double = .infinity) -> (plan: BatchPlan, deaths: [Double]) {
    let live = 50
    let deaths = (1...1200).map { -0.5 * exp(-Double($0) / Double(live)) * 1e3 }
    let births = deaths.indices.map { $0 < live ? -.infinity : deaths[$0 - live] }
    return (BatchPlan(deaths: deaths, births: births, highest: min(highest, deaths.last ?? 0)), deaths)
  }

  /// Batches for the posterior lie where its weight is, those for the evidence start at the whole prior.
  @Test func batchesLieWhereTheyHelp() throws {
    let (plan, deaths) = plan()
    let posterior = plan.range(posteriorShare: 1)
    let evidence = plan.range(posteriorShare: 0)
    #expect(evidence.lower == -.infinity && posterior.lower > -.infinity)
    // The weight L · X is largest where log L is -1.
    #expect(posterior.lower < -1 && posterior.upper > -1)
    // At four fifths of the most: x e^(1-x) = 0.8 at 0.4303 and 1.9087.
    let step = 1 / 50.0
    #expect(abs(log(posterior.lower / -1.9087)) < 3.1 * step, "\(posterior)")
    #expect(abs(log(posterior.upper / -0.4303)) < 3.1 * step, "\(posterior)")
    #expect(evidence.upper < posterior.upper)
    #expect(posterior.alive == 50 && evidence.alive == 50)
    #expect(deaths.contains(posterior.lower) && deaths.contains(posterior.upper))
  }

  @Test func noBatchGoesBeyondTheEndOfTheFirstRun() {
    let (plan, _) = plan(highest: -2)
    let range = plan.range(posteriorShare: 1)
    #expect(range.upper == -2 && range.lower < -2)
  }

  /// To first order in the volumes: Σ (share within / n)².
  @Test func theErrorIsThatOfTheVolumes() {
    let (plan, _) = plan()
    let run = plan
    // Information over live points, as for any run that ends well.
    #expect(run.error > 0.2 && run.error < 0.5)
    let deaths = [1.0, 2, 3], births = [Double](repeating: -.infinity, count: 3)
    let small = NestedEvidence(deaths: deaths, births: births, seed: 0, simulations: 0)
    let weights = small.logWeights.map { exp($0) }
    let within = [1, weights[1] + weights[2], weights[2]]
    let expected = (within[0] * within[0] / 9 + within[1] * within[1] / 4 + within[2] * within[2])
      .squareRoot()
    #expect(abs(small.evidence.error - expected) < 1e-12)
  }
}
