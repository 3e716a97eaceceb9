import Glibc
import ReferenceProblems
import RookeryCore
import Testing

@Suite struct NestedSamplerTests {
  private func quiet(seed: UInt64 = 1) -> RunSettings {
    var settings = RunSettings()
    settings.seed = seed
    settings.showsProgress = false
    return settings
  }

  private func nested(_ live: Int, _ explorer: NestedSettings.Explorer = .automatic) -> NestedSettings {
    var settings = NestedSettings()
    settings.live = live
    settings.explorer = explorer
    return settings
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: ["gauss5", "gauss10", "shells2", "eggbox2", "plateau4"],
    [NestedSettings.Explorer.automatic, .randomWalk, .localSlice])
  func findsTheKnownEvidence(_ name: String, _ explorer: NestedSettings.Explorer) throws {
    let reference = try ReferenceProblem.named(name)
    let result = try sample(reference.problem, by: .nested(nested(400, explorer)), settings: quiet(seed: 11))
    #expect(result.ending == .converged)
    #expect(abs(result.evidence.logZ - reference.knownLogZ) < 4 * result.evidence.error)
  }

  @Test(
    .timeLimit(.minutes(10)), arguments: NestedSettings.Bound.allCases, NestedSettings.Explorer.allCases)
  func everyBoundAndExplorer(_ bound: NestedSettings.Bound, _ explorer: NestedSettings.Explorer) throws {
    let reference = try ReferenceProblem.named("shells2")
    var settings = nested(200, explorer)
    settings.bound = bound
    let result = try sample(reference.problem, by: .nested(settings), settings: quiet(seed: 5))
    #expect(result.ending == .converged)
    #expect(abs(result.evidence.logZ - reference.knownLogZ) < 4 * result.evidence.error)
  }

  /// Wider bounds cost more calls.
  @Test func boundsAreWidened() throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    func calls(_ change: (inout NestedSettings) -> Void) throws -> Int {
      var settings = nested(200, .uniform)
      change(&settings)
      return try sample(problem, by: .nested(settings), settings: quiet()).statistics.calls
    }
    let tight = try calls { $0.bootstraps = 0 }
    #expect(try calls { $0.enlargement = 4 } > tight * 2)
    #expect(try calls { $0.bootstraps = 20 } > tight * 5 / 4)
  }

  @Test func severalLowestPointsAtOnce() throws {
    let reference = try ReferenceProblem.named("gauss5")
    var settings = nested(300)
    settings.deletions = 50
    var pulls = 0.0
    for seed in 1...10 {
      let result = try sample(reference.problem, by: .nested(settings), settings: quiet(seed: UInt64(seed)))
      let births = try #require(result.birthLogLikelihoods)
      let shared = Dictionary(grouping: births.filter { $0 > -.infinity }, by: { $0 }).map(\.value.count)
      // A round of late points alone leaves the contour where it was.
      #expect(shared.filter { $0 >= 50 }.count > shared.count / 2)
      pulls += (result.evidence.logZ - reference.knownLogZ) / result.evidence.error / 10
    }
    #expect(abs(pulls) < 3 / 10.0.squareRoot())
  }

  /// The egg box has 18 equal modes: 8 whole, 8 cut in half by an edge, 2 in a corner.
  @Test(.timeLimit(.minutes(10))) func eggboxHoldsItsModes() throws {
    let problem = try ReferenceProblem.named("eggbox2").problem
    let runs = 16
    var shares: [SIMD2<Int>: Double] = [:]
    for seed in 1...runs {
      let result = try sample(problem, by: .nested(nested(500)), settings: quiet(seed: UInt64(seed)))
      for row in 0..<result.samples.rows {
        // Modes lie at multiples of 2π whose sum is even.
        let place = SIMD2(result.samples[row, 0], result.samples[row, 1]) / (2 * .pi)
        let mode = SIMD2(Int(place.x.rounded()), Int(place.y.rounded()))
        shares[mode, default: 0] += exp(result.logWeights[row]) / Double(runs)
      }
    }
    let modes = shares.filter { $0.value > 1e-4 }
    #expect(modes.count == 18)
    for (mode, share) in modes {
      let cuts = [mode.x, mode.y].filter { $0 == 0 || $0 == 5 }.count
      let expected = [0.08, 0.04, 0.02][cuts]
      #expect((mode.x + mode.y) % 2 == 0)
      // Live points of a mode are a chance number of 500 on each of the six e-folds since the modes parted.
      let spread = (6 * expected * (1 - expected) / Double(500 * runs)).squareRoot()
      #expect(abs(share - expected) < 4 * spread, "\(mode): \(share)")
    }
  }

  @Test func posteriorOfACorrelatedGaussian() throws {
    let reference = try ReferenceProblem.named("gauss5")
    let result = try sample(reference.problem, by: .nested(nested(1000)), settings: quiet())
    let means = try #require(reference.posteriorMean)
    for (marginal, mean) in zip(result.marginals(), means) {
      #expect(abs(marginal.mean - mean) < 0.12)
      #expect(abs(marginal.deviation - 1) < 0.08)
      #expect(abs(marginal.upper - marginal.lower - 2 * 0.9945) < 0.2)
    }
  }

  /// No point paid for is thrown away: each call of a prior draw or chain end is in the record.
  @Test func everyPointFoundIsInTheRecord() throws {
    let reference = try ReferenceProblem.named("gauss5")
    var settings = nested(200)
    settings.window = 100
    let result = try sample(reference.problem, by: .nested(settings), settings: quiet())
    let births = try #require(result.birthLogLikelihoods)
    #expect(zip(result.logLikelihoods, births).allSatisfy { $0 > $1 })
    // Those that came in below the threshold of their day are there too. Their places were filled again higher up,
    // so with half of the points on their way the live count is a tenth below what was asked for, and no more.
    let counts = NestedEvidence(deaths: result.logLikelihoods, births: births, seed: 1).liveCounts
    let middle = counts[counts.count / 4..<counts.count / 2]
    #expect(middle.allSatisfy { $0 <= 200 })
    #expect(middle.reduce(0, +) / middle.count > 170)
  }

  @Test func resultDependsOnSeedAndWindowAlone() throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    func digest(seed: UInt64, window: Int) throws -> String {
      var settings = nested(100)
      settings.window = window
      return try sample(problem, by: .nested(settings), settings: quiet(seed: seed)).digest
    }
    let first = try digest(seed: 1, window: 6)
    #expect(try digest(seed: 1, window: 6) == first)
    #expect(try digest(seed: 2, window: 6) != first)
    #expect(try digest(seed: 1, window: 7) != first)
  }

  /// Half of the prior refused, by minus infinity and by a thrown refusal.
  @Test(arguments: [false, true])
  func regionsWithoutLikelihoodCount(_ throwing: Bool) throws {
    let problem = try Problem(
      "half", parameters: [Parameter("x", .uniform(-1, 1)), Parameter("y", .uniform(-1, 1))]
    ) {
      (theta: Span<Double>) in
      guard theta[0] > 0 else {
        if throwing { throw PointRefused("x is negative") }
        return -.infinity
      }
      return -0.5 * (theta[0] * theta[0] + theta[1] * theta[1]) / 0.01 - log(2 * .pi * 0.01) + log(4)
    }
    var errors = 0.0
    for seed in 1...8 {
      let result = try sample(problem, by: .nested(nested(300)), settings: quiet(seed: UInt64(seed)))
      errors += (result.evidence.logZ - log(0.5)) / result.evidence.error / 8
      #expect(throwing == (result.statistics.refused > 0))
    }
    #expect(abs(errors) < 3 / 8.0.squareRoot())
  }

  @Test func periodicAndReflectiveParameters() throws {
    // A peak across the wrap of an angle, and one against a mirror.
    let problem = try Problem(
      "wrapped",
      parameters: [
        Parameter("angle", .uniform(0, 2 * .pi), boundary: .periodic),
        Parameter("wall", .uniform(0, 1), boundary: .reflective),
      ]
    ) { (theta: Span<Double>) in 40 * (cos(theta[0] - 0.1) - 1) - 50 * theta[1] * theta[1] }
    // ∫ exp(40 (cos x - 1)) dx / 2π = I0(40) e^-40, and half a Gaussian of width 0.1.
    let truth = log(0.063277) + log(0.1 * (2 * Double.pi).squareRoot() / 2)
    for explorer in NestedSettings.Explorer.allCases {
      for bound in explorer == .uniform ? NestedSettings.Bound.allCases : [.none, .multi] {
        var settings = nested(400, explorer)
        settings.bound = bound
        let result = try sample(problem, by: .nested(settings), settings: quiet(seed: 4))
        #expect(abs(result.evidence.logZ - truth) < 4 * result.evidence.error, "\(explorer) in \(bound)")
        // The peak lies on both sides of the wrap, half of its mass and more below an angle of 1.
        let below = (0..<result.samples.rows).filter { result.samples[$0, 0] < .pi }
          .reduce(0) { $0 + exp(result.logWeights[$1]) }
        #expect(below > 0.55 && below < 0.9, "\(explorer) in \(bound)")
      }
    }
  }

  @Test func oneDimension() throws {
    let problem = try Problem("line", parameters: [Parameter("x", .uniform(-5, 5))]) {
      (theta: Span<Double>) in
      -0.5 * theta[0] * theta[0] - 0.5 * log(2 * .pi)
    }
    for explorer in NestedSettings.Explorer.allCases {
      let result = try sample(problem, by: .nested(nested(200, explorer)), settings: quiet())
      #expect(abs(result.evidence.logZ + log(10)) < 4 * result.evidence.error, "\(explorer)")
    }
  }

  @Test func constantLikelihoodEndsAtOnce() throws {
    let problem = try Problem("flat", parameters: [Parameter("x", .uniform(0, 1))]) { (_: Span<Double>) in 3 }
    let result = try sample(problem, by: .nested(nested(100)), settings: quiet())
    #expect(result.ending == .converged)
    #expect(abs(result.evidence.logZ - 3) < 0.05)
  }

  @Test func priorWithoutLikelihoodSaysSo() throws {
    let problem = try Problem("void", parameters: [Parameter("x", .uniform(0, 1))]) { (_: Span<Double>) in
      -.infinity
    }
    let result = try sample(problem, by: .nested(nested(20)), settings: quiet())
    guard case .stuck(let reason) = result.ending else {
      Issue.record("not stuck but \(result.ending)")
      return
    }
    #expect(reason.message.contains("narrow the prior"))
  }

  @Test(arguments: [(1, nil), (20, 11), (20, 0)] as [(Int, Int?)])
  func impossibleSettings(_ live: Int, _ window: Int?) throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    var settings = nested(live)
    settings.window = window
    #expect(throws: InputError.self) { try sample(problem, by: .nested(settings), settings: quiet()) }
  }

  @Test func limitOnCalls() throws {
    var settings = quiet()
    settings.maxCalls = 2000
    let result = try sample(
      try ReferenceProblem.named("gauss10").problem, by: .nested(nested(100)), settings: settings)
    #expect(result.ending == .callLimit)
    #expect(result.statistics.calls > 1900 && result.statistics.calls <= 2000)
  }

  /// The whole state goes through bytes in the middle of a run and the run goes on as if nothing had happened.
  @Test(arguments: [NestedSettings.Explorer.automatic, .randomWalk, .localSlice])
  func stateSurvivesItsBytes(_ explorer: NestedSettings.Explorer) throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    func outcome(movingEvery period: Int?) throws -> [Double] {
      var hand = ByHand(try NestedSampler(problem: problem, settings: nested(60, explorer), seed: 3))
      let evaluator = Evaluator(problem)
      var absorbed = 0
      while try hand.step(on: evaluator) {
        absorbed += 1
        if let period, absorbed % period == 0 {
          var writer = WireWriter()
          writer.write(hand.sampler)
          var reader = WireReader(writer.bytes)
          hand.sampler = try NestedSampler(from: &reader)
          #expect(reader.remaining == 0)
        }
      }
      return hand.sampler.record().logLikelihoods
    }
    #expect(try outcome(movingEvery: 7) == outcome(movingEvery: nil))
  }
}
