import Glibc
import ReferenceProblems
import RookeryCore
import Testing

@Suite struct NestedRunTests {
  private func run(_ name: String, seed: UInt64 = 1, live: Int = 300, isDynamic: Bool = false) throws
    -> RunResult
  {
    var settings = RunSettings()
    settings.seed = seed
    settings.showsProgress = false
    var nested = NestedSettings()
    nested.live = live
    nested.isDynamic = isDynamic
    if isDynamic { nested.targetEffectiveSize = 3000 }
    return try sample(ReferenceProblem.named(name).problem, by: .nested(nested), settings: settings)
  }

  @Test(arguments: [false, true]) func threadsAreRunsOfSinglePoints(_ isDynamic: Bool) throws {
    let result = try run("gauss5", isDynamic: isDynamic)
    let table = try NestedRun(result)
    let threads = table.threads()
    #expect(threads.flatMap { $0 }.sorted() == Array(result.logLikelihoods.indices))
    for thread in threads {
      for (a, b) in zip(thread, thread.dropFirst()) {
        #expect(table.births[b] >= table.logLikelihoods[a])
      }
    }
    // No more of them than points were ever alive.
    #expect(threads.count == table.liveCounts.max())
    #expect((threads.count > 350) == isDynamic)
  }

  @Test func bootstrapsOfThreadsGiveTheErrorOfTheVolumes() throws {
    let ratios = try (1...8).map { seed in
      let result = try run("gauss5", seed: UInt64(seed))
      return try NestedRun(result).bootstrapError(of: 200) / result.evidence.error
    }
    let mean = ratios.reduce(0, +) / 8
    #expect(abs(mean - 1) < 0.2, "\(ratios)")
  }

  @Test func bootstrapsGiveTheErrorOfMeans() throws {
    // The scatter of the mean over runs against what bootstraps of one run say.
    let runs = try (1...30).map { try run("gauss5", seed: UInt64($0), live: 100) }
    let scatter = deviation(runs.map { $0.marginals()[0].mean })
    let quoted = try runs.prefix(10).map { result in
      deviation(
        try NestedRun(result).bootstraps(50, seed: 1) { rows, _, weights in
          zip(rows, weights).reduce(0) { $0 + exp($1.1) * result.samples[$1.0, 0] }
        })
    }
    #expect(abs(quoted.reduce(0, +) / 10 / scatter - 1) < 0.45)
  }

  private func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }

  @Test func expectedVolumesGiveTheResultsOwnWeights() throws {
    let result = try run("gauss5")
    let table = try NestedRun(result)
    let (logZ, weights) = table.weights(logVolumes: table.logVolumes)
    #expect(abs(logZ - result.evidence.logZ) < 1e-9)
    #expect(zip(weights, result.logWeights).allSatisfy { abs($0 - $1) < 1e-9 || $0 == $1 })
  }

  @Test func simulatedVolumesScatterAroundTheExpected() throws {
    let table = try NestedRun(try run("gauss5"))
    let last = table.logVolumes.count / 2
    let drawn = (0..<100).map { table.simulatedLogVolumes(seed: 1, index: $0)[last] }
    let spread = table.liveCounts[...last].reduce(0) { $0 + 1 / Double($1 * $1) }.squareRoot()
    #expect(abs(drawn.reduce(0, +) / 100 - table.logVolumes[last]) < 4 * spread / 10)
    #expect(abs(deviation(drawn) / spread - 1) < 0.3)
  }

  /// The shell of one point is the mean of two exponential numbers x times what is expected of it, and E[x ln x] = ψ(3) - ln 2.
  @Test func divergencesAreThoseOfTheShells() throws {
    let drawn = try NestedRun(try run("gauss5", live: 800)).divergences(50, seed: 1)
    #expect(abs(drawn.reduce(0, +) / 50 - 0.2296) < 0.03)
  }

  @Test func independentDrawsHaveNoThreads() throws {
    let made = try MadeResult.importance(logLikelihoods: [1, 2], ratios: [0, 0])
    #expect(throws: InputError.self) { try NestedRun(made) }
  }
}

@Suite struct ReweightingTests {
  private func gauss(_ shift: Double) throws -> RunResult {
    var settings = RunSettings()
    settings.showsProgress = false
    var nested = NestedSettings()
    nested.live = 1000
    let problem = try Problem("line", parameters: [Parameter("x", .uniform(-5, 5))]) {
      (theta: Span<Double>) in -0.5 * (theta[0] - shift) * (theta[0] - shift)
    }
    return try sample(problem, by: .nested(nested), settings: settings)
  }

  @Test func movesThePosteriorAndTheEvidence() throws {
    let first = try gauss(0)
    let second = try first.reweighted { theta in -0.5 * (theta[0] - 0.5) * (theta[0] - 0.5) - log(2) }
    #expect(abs(second.evidence.logZ - first.evidence.logZ + log(2)) < 4 * second.evidence.error)
    #expect(abs(second.marginals()[0].mean - 0.5) < 0.15)
    #expect(second.effectiveSampleSize < first.effectiveSampleSize)
    #expect(abs(logSumExp(second.logWeights)) < 1e-9)
    #expect(second.digest != first.digest && second.provenance.parts == [first.digest])
  }

  @Test func refusesWhatIsNoLikelihood() throws {
    let first = try gauss(0)
    #expect(throws: InputError.self) { try first.reweighted { _ in .nan } }
    #expect(throws: InputError.self) { try first.reweighted { _ in -.infinity } }
  }
}

@Suite struct ClustersTests {
  private func run(_ name: String, seed: UInt64, live: Int = 500) throws -> RunResult {
    var settings = RunSettings()
    settings.seed = seed
    settings.showsProgress = false
    var nested = NestedSettings()
    nested.live = live
    return try sample(ReferenceProblem.named(name).problem, by: .nested(nested), settings: settings)
  }

  /// A quarter mode of the egg box holds a fiftieth of the live points: of 500 about as many as are taken for chance.
  @Test(arguments: [("gauss5", 1, 500), ("shells2", 2, 500), ("eggbox2", 18, 2000)])
  func modesAreTold(_ name: String, _ count: Int, _ live: Int) throws {
    let result = try run(name, seed: 3, live: live)
    let clusters = try result.clusters()
    #expect(clusters.count == count)
    #expect(clusters.flatMap(\.rows).sorted() == Array(result.logWeights.indices))
    #expect(abs(clusters.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    #expect(abs(logSumExp(clusters.map(\.logZ)) - result.evidence.logZ) < 1e-9)
  }

  @Test func localEvidenceIsTrue() throws {
    let truth = try ReferenceProblem.named("shells2").knownLogZ - log(2)
    var pulls: [Double] = []
    for seed in 1...6 {
      for cluster in try run("shells2", seed: UInt64(seed)).clusters() {
        pulls.append((cluster.logZ - truth) / cluster.error)
        #expect(abs(abs(cluster.means[0]) - 3.5) < 0.5)
      }
    }
    #expect(pulls.count == 12)
    #expect(pulls.allSatisfy { abs($0) < 4 })
  }
}

@Suite struct MergedEvidenceTests {
  /// Four runs merged are as good as one of four times the live points.
  @Test(.timeLimit(.minutes(10))) func fourRunsAreOneOfFourTimesTheLivePoints() throws {
    let reference = try ReferenceProblem.named("gauss5")
    func run(live: Int, seed: Int) throws -> RunResult {
      var settings = RunSettings()
      settings.seed = UInt64(seed)
      settings.showsProgress = false
      var nested = NestedSettings()
      nested.live = live
      return try sample(reference.problem, by: .nested(nested), settings: settings)
    }
    let merged = try (0..<30).map { group in
      try RunResult.merging((1...4).map { try run(live: 100, seed: 4 * group + $0) })
    }
    let one = try run(live: 400, seed: 1)
    let quoted = merged.reduce(0) { $0 + $1.evidence.error / 30 }
    #expect(abs(quoted / one.evidence.error - 1) < 0.15)
    let errors = merged.map { $0.evidence.logZ - reference.knownLogZ }
    let mean = errors.reduce(0, +) / 30
    let scatter = (errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 29).squareRoot()
    #expect(abs(mean) < 3 * scatter / 30.0.squareRoot())
    #expect(abs(scatter / quoted - 1) < 0.4)
  }
}
