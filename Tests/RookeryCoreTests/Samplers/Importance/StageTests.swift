import Glibc
import Testing

@testable import RookeryCore

/// What stages say, on numbers made by hand.
@Suite struct StageTests {
  /// The cube of one dimension and nothing else: its density is one.
  private static func stage(_ logL: [Double], trust: Double, variance: Double = 0) -> Stage {
    let cube = ProposalComponents(
      bounds: [], seam: .none, student: nil, surrogate: nil, dimension: 1, logNorms: [0])
    var stage = Stage(
      proposal: Proposal(components: cube, shares: [1]), trust: trust, normVariances: [variance], quota: 10)
    var outcome = ShellOutcome()
    outcome.points = logL.indices.map { (Double($0) + 0.5) / Double(logL.count) }
    outcome.logLikelihoods = logL
    outcome.densities = logL.map { _ in 0 }
    stage.note(outcome)
    return stage
  }

  @Test func aStageSumsItsWeights() {
    let stage = Self.stage([log(2), log(4)], trust: 1)
    #expect(abs(exp(stage.logSum) - 6) < 1e-12 && abs(exp(stage.logSquares) - 20) < 1e-12)
    #expect(abs(exp(stage.logPeak) - 4) < 1e-12)
    #expect(abs(stage.efficiency - 36 / 20.0 / 2) < 1e-12)
  }

  /// Weights 2, 4 with trust one and 8 with trust one half: Z = (2 + 4 + 4) / 2.5.
  @Test func stagesCountByTheirTrust() {
    let stages = [
      Self.stage([log(2), log(4)], trust: 1, variance: 0.01),
      Self.stage([log(8)], trust: 0.5, variance: 0.02),
    ]
    let summary = StageSummary(stages)
    #expect(abs(summary.logZ - log(4)) < 1e-12)
    #expect(abs(summary.effectiveSize - 100 / (4 + 16 + 16.0)) < 1e-12)
    // Of the weights 2 · 0.0625 · 2 / 2.5², of the normalisations 0.6² · 0.01 + 0.4² · 0.02.
    #expect(abs(summary.error * summary.error - (0.04 + 0.0036 + 0.0032)) < 1e-12)
    #expect(StageSummary([]).logZ == -.infinity)
  }

  /// 1 / E[L/q] in units of the median of L/q; at most one, and never nothing.
  @Test func aDrawIsWorthItsEfficiency() {
    #expect(Stage.worth(masses: [1, 1, 1], logWeights: [0, 0, 0]) == 1)
    #expect(abs(Stage.worth(masses: [1, 1, 1], logWeights: [log(3), 0, 0]) - 0.6) < 1e-12)
    // An error in the normalisation of q cancels.
    #expect(abs(Stage.worth(masses: [1, 1, 1], logWeights: [5 + log(3), 5, 5]) - 0.6) < 1e-12)
    #expect(abs(Stage.worth(masses: [2, 1], logWeights: [0, log(4)]) - 0.5) < 1e-12)
    #expect(Stage.worth(masses: [10, 1], logWeights: [0, 50]) == 1e-4)
    #expect(Stage.worth(masses: [], logWeights: []) == 1)
  }

  @Test func aProposalIsTheMixtureOfItsComponents() throws {
    let disc = try #require(Ellipsoid(centre: [0.5, 0.5], factor: [0.3, 0, 0, 0.3]))
    let bound = Bound(
      dimension: 2, seam: .none,
      regions: [Bound.Region(ellipsoids: [disc], frame: disc, networks: [], cut: 0)])
    let components = ProposalComponents(
      bounds: [bound], seam: .none, student: nil, surrogate: nil, dimension: 2,
      logNorms: [0, disc.logVolume])
    let proposal = Proposal(components: components, shares: [0.25, 0.75])
    let points = [0.5, 0.5, 0.95, 0.95]
    let logs = proposal.logDensities(table: components.logDensities(points))
    let inside = 0.25 + 0.75 / (Double.pi * 0.09)
    #expect(abs(logs[0] - log(inside)) < 1e-12 && abs(logs[1] - log(0.25)) < 1e-12)
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 5), index: 0)
    let drawn = proposal.draw(20_000, stream: &stream)
    #expect(drawn.count == 40_000)
    let within = bound.contains(drawn).count { $0 }
    let expected = 0.25 * Double.pi * 0.09 + 0.75
    #expect(abs(Double(within) / 20_000 - expected) < 4 * (expected * (1 - expected) / 20_000).squareRoot())
    try expectSurvival(of: proposal)
  }

  @Test func volumesHaveTheVarianceOfTheirProposals() throws {
    var sums = VolumeSums(proposals: 60, sum: 12, squares: 12)
    sums += VolumeSums(proposals: 40, sum: 8, squares: 8)
    #expect(abs(sums.mean - 0.2) < 1e-12)
    #expect(abs(sums.relativeVariance - (1 - 0.2) / 0.2 / 100) < 1e-12)
    #expect(VolumeSums(proposals: 5, sum: 0, squares: 0).relativeVariance == 1)
    try expectSurvival(of: sums)
  }

  @Test func oneInEightIsHeldOut() {
    #expect((0..<800).count { StageFit.isHeldOut($0) } == 100)
  }

  @Test func everyPartComesBackFromItsBytes() throws {
    var stage = Self.stage([log(2), log(4)], trust: 0.7, variance: 0.3)
    stage.issued = 5
    try expectSurvival(of: stage)
  }
}

/// The rough picture that draws from bounds give.
@Suite struct ExplorationTests {
  private static func points(_ places: [(Double, logL: Double, origin: Int)]) -> SampledPoints {
    var points = SampledPoints(dimension: 1, derivedCount: 0)
    for (place, logL, origin) in places {
      var outcome = ShellOutcome()
      (outcome.points, outcome.logLikelihoods) = ([place], [logL])
      points.append(outcome, origin: origin)
    }
    return points
  }

  /// Three draws from the cube and two from an interval of length 0.4 within.
  private static func exploration() throws -> Exploration {
    var exploration = Exploration(settings: ImportanceNestedSettings(), periodic: [false], seed: 1)
    let interval = try #require(Ellipsoid(centre: [0.5], factor: [0.2]))
    exploration.bounds.append(
      Bound(
        dimension: 1, seam: .none,
        regions: [Bound.Region(ellipsoids: [interval], frame: interval, networks: [], cut: 0)]))
    // Half of what is proposed for the interval would be in the bound.
    exploration.volumes.append(VolumeSums(proposals: 10, sum: 5, squares: 5))
    exploration.drawn = [3, 2]
    exploration.members.append([])
    return exploration
  }

  @Test func densitiesAddUpOverBounds() throws {
    var exploration = try Self.exploration()
    #expect(abs(exploration.logVolume(1) - log(0.2)) < 1e-12)
    let points = Self.points([(0.1, 0, 0), (0.5, 0, 0), (0.95, 0, 0), (0.45, 0, 1), (0.6, 0, 1)])
    let densities = exploration.logDensities(points)
    for (density, expected) in zip(densities, [3.0, 13, 3, 13, 13]) {
      #expect(abs(density - log(expected)) < 1e-9)
    }
  }

  @Test func livePointsHoldTheirShare() throws {
    var settings = ImportanceNestedSettings()
    settings.live = 2
    var exploration = Exploration(settings: settings, periodic: [false], seed: 1)
    exploration.drawn = [4]
    let points = Self.points([(0.1, log(1), 0), (0.2, log(5), 0), (0.3, log(1), 0), (0.4, log(3), 0)])
    let overview = exploration.look(at: points)
    // Of equal values the later one comes first.
    #expect(overview.order == [1, 3, 2, 0])
    #expect(abs(exploration.liveEvidence - 0.8) < 1e-12)
    #expect(abs(exploration.roughLogZ - log(10 / 4.0)) < 1e-12)
  }

  /// After as many points above the threshold as the settings say, or four times the live points in all.
  @Test func aBoundIsWantedOnceEnoughPointsArrived() {
    var settings = ImportanceNestedSettings()
    (settings.live, settings.updateFraction) = (10, 0.6)
    func arrivals(_ logL: [Double], threshold: Double = 0) -> Bool {
      var exploration = Exploration(settings: settings, periodic: [false], seed: 1)
      (exploration.arrivals, exploration.threshold) = (0, threshold)
      var outcome = ShellOutcome()
      (outcome.points, outcome.logLikelihoods) = (logL.map { _ in 0.5 }, logL)
      exploration.note(outcome, from: 0)
      #expect(exploration.drawn[0] == logL.count)
      return exploration.wantsBound
    }
    #expect(!arrivals([Double](repeating: 1, count: 5)) && arrivals([Double](repeating: 0, count: 6)))
    #expect(!arrivals([Double](repeating: -1, count: 39)) && arrivals([Double](repeating: -1, count: 40)))
    // The first bound waits for as many points as there are live ones beside.
    let fresh = Exploration(settings: settings, periodic: [false], seed: 1)
    #expect(fresh.arrivals == -10)
  }

  @Test func streamsAreNeverTheSameTwice() throws {
    var exploration = try Self.exploration()
    let (first, second) = (exploration.stream(), exploration.stream())
    #expect(first != second && exploration.streams == 2)
    try expectSurvival(of: exploration)
  }
}

/// The record of a run: draws of all stages in their order, each with the density of its own stage and the trust in it.
@Suite struct StageRecordTests {
  @Test func theRecordSaysWhatTheStagesSay() throws {
    let problem = try Problem("p", parameters: [Parameter("x", .uniform(0, 1))], derived: ["twice"]) {
      theta, derived in
      derived[0] = 2 * theta[0]
      return 0
    }
    var sampler = try ImportanceNestedSampler(problem, settings: ImportanceNestedSettings(), seed: 1)
    let interval = try #require(Ellipsoid(centre: [0.5], factor: [0.25]))
    let bound = Bound(
      dimension: 1, seam: .none,
      regions: [Bound.Region(ellipsoids: [interval], frame: interval, networks: [], cut: 0)])
    let components = ProposalComponents(
      bounds: [bound], seam: .none, student: nil, surrogate: nil, dimension: 1, logNorms: [0, log(0.5)])
    var stages: [Stage] = []
    for (s, (trust, share)) in [(1.0, 0.5), (0.25, 0.1)].enumerated() {
      var stage = Stage(
        proposal: Proposal(components: components, shares: [share, 1 - share]), trust: trust,
        normVariances: [0, 1e-4], quota: 10)
      for place in [0.1, 0.4, 0.6] {
        var outcome = ShellOutcome()
        outcome.points = [place + 0.01 * Double(s)]
        outcome.logLikelihoods = [3 * place]
        outcome.derived = [2 * outcome.points[0]]
        outcome.densities = components.logDensities(outcome.points)
        stage.note(outcome)
        sampler.points.append(outcome, origin: -1 - s)
      }
      stages.append(stage)
    }
    sampler.stages = stages
    // Points that only served bounds are not told of.
    var early = ShellOutcome()
    (early.points, early.logLikelihoods, early.derived) = ([0.9], [50], [1.8])
    sampler.points.append(early, origin: 0)
    let record = sampler.record()
    #expect(record.logLikelihoods.count == 6 && record.derived.values == record.cube.values.map { 2 * $0 })
    guard case .importance(let ratios, let error) = record.kind else {
      Issue.record("not a record of importance sampling")
      return
    }
    let summary = StageSummary(stages)
    #expect(abs(error - summary.error) < 1e-12)
    let (evidence, weights) = Evidence.ofImportanceSamples(
      logLikelihoods: record.logLikelihoods, logPriorToProposal: ratios, error: error)
    #expect(abs(evidence.logZ - summary.logZ) < 1e-12)
    #expect(abs(kishSize(logWeights: weights) - summary.effectiveSize) < 1e-9)
    // 1 in the interval's place: 0.5 + 0.5 / 0.5, and 0.5 off it; 3.75 draws in all by their trust.
    #expect(abs(ratios[0] - log(1 / 3.75 / 0.5)) < 1e-12 && abs(ratios[1] - log(1 / 3.75 / 1.5)) < 1e-12)
    #expect(abs(ratios[4] - log(0.25 / 3.75 / 1.9)) < 1e-12)
  }
}
