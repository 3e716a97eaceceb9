import Glibc

extension ImportanceNestedSampler {
  /// Members of the ensemble that thins a stage's proposal.
  private static var fitNetworks: Int { 3 }
  private static var measurePieces: Int { 24 }
  /// Stages of so many points have their normalisations measured in full.
  private static var fullMeasure: Int { 3000 }
  private static var firstQuota: Int { 1500 }
  private static var mostStages: Int { 16 }
  /// The share of one point in its stage that asks for a new fit at once.
  private static var alarm: Double { 0.1 }
  /// Calls that a new fit must promise to save.
  private static var worthwhile: Double { 300 }

  mutating func beginFit<E>(_ halt: Halt<E>) throws(E) {
    points.append(aside)
    aside.removeAll()
    var logDrawn = try exploration.logDensities(points, unless: halt)
    var logProposals: [[Double]] = []
    for stage in stages {
      let table = try stage.proposal.components.logDensities(points.cube, unless: halt)
      logProposals.append(stage.proposal.logDensities(table: table))
      let logN = log(Double(max(stage.count, 1)))
      for (i, logQ) in logProposals[logProposals.count - 1].enumerated() {
        logDrawn[i] = logAdd(logDrawn[i], logN + logQ)
      }
    }
    judgeStages(logProposals, logDrawn: logDrawn)
    var stream = exploration.stream()
    let fit = try StageFit(
      points: points, logDrawn: logDrawn, periodic: exploration.periodic,
      networks: settings.networks > 0 ? Self.fitNetworks : 0,
      modes: exploration.bounds[exploration.current].modes, reaches: reaches, stream: &stream, unless: halt)
    self.fit = fit
    phase = .fitting
    stopDrawing()
    guard let set = fit.set else {
      due = .layOut
      return
    }
    self.fit?.pending = Self.fitNetworks
    prepare((0..<Self.fitNetworks).map { .train(set: 0, member: $0) }, with: .training([set]))
  }

  /// Trusts each stage as far as the points that it did not draw itself bear it out.
  ///
  /// A stage that misses a part of the posterior looks efficient to itself; the points that others found
  /// there tell. Its own weights have no say in it, so that a stage is not trusted more for having been
  /// lucky.
  private mutating func judgeStages(_ logProposals: [[Double]], logDrawn: [Double]) {
    let raw = zip(points.logL, logDrawn).map { $0 - $1 }
    let logZ = logSumExp(raw)
    guard logZ.isFinite else { return }
    for s in stages.indices {
      let others = raw.indices.filter { points.origins[$0] != -1 - s && raw[$0] > -.infinity }
      stages[s].trust = Stage.worth(
        masses: others.map { exp(raw[$0] - logZ) },
        logWeights: others.map { points.logL[$0] - logProposals[s][$0] })
    }
  }

  mutating func layOut<E>(_ halt: Halt<E>) throws(E) {
    var stream = exploration.stream()
    // Bounds that their proposals hardly ever hit are of no use for drawing.
    let usable = exploration.bounds.indices.dropFirst().filter { exploration.volumes[$0].mean > 1e-3 }
    let bounds = usable.map {
      (bound: exploration.bounds[$0], logVolume: exploration.logVolume($0))
    }
    try fit?.layOut(points: points, bounds: bounds, stream: &stream, unless: halt)
    guard let components = fit?.components else { return }
    phase = .measuring
    let shares = fit?.shares ?? []
    // The first stages are short: their noise leaves room for that of normalisations less well known.
    let effort = Double(Self.measurePieces) * min(1, Double(quota(stages.count)) / Double(Self.fullMeasure))
    var tasks: [ShellPiece.Task] = []
    for component in 1..<max(components.count, 1) {
      // As many proposals as the evidence rests on it: the error of a small share hardly matters.
      let wanted = 0.05 + (shares.indices.contains(component) ? shares[component] : 1)
      for _ in 0..<max(Int(saturating: (wanted * effort).rounded(.up)), 1) {
        tasks.append(.measure(component: component, proposals: 8192))
      }
    }
    fit?.pending = tasks.count
    guard !tasks.isEmpty else {
      due = .beginStage
      return
    }
    prepare(tasks, with: .components(components))
  }

  private func quota(_ stage: Int) -> Int { Self.firstQuota << min(stage, 3) }

  mutating func beginStage<E>(_ halt: Halt<E>) throws(E) {
    guard let (proposal, worth, variances) = try fit?.finish(points: points, unless: halt) else { return }
    stages.append(
      Stage(
        proposal: proposal, trust: worth, normVariances: variances, quota: quota(stages.count)
      ))
    fit = nil
    draw(from: .proposal(proposal))
    phase = .sampling
  }

  /// Ends the run where the target is reached, and asks for a new fit where the stage has had its share.
  mutating func watchStage() {
    guard let stage = stages.last else { return }
    // One point that holds this much tells of a part that the proposal misses: no more draws of it before a
    // new fit.
    if stage.count > 300, stage.logPeak - stage.logSum > log(Self.alarm), stages.count < Self.mostStages {
      stages[stages.count - 1].quota = min(stage.quota, stage.issued)
    }
    guard out == 0 else { return }
    if exploration.isFlat, stage.logL.contains(where: { $0 > exploration.floor.level }) {
      exploreAgain(live: settings.live)
      exploration.floor.isKnownToHide = true
      return
    }
    if boundsFallShort {
      exploreDeeper(remaining: settings.remainingEvidenceInForce)
      return
    }
    if wantsMoreLivePoints(stage) {
      exploreAgain(live: min(settings.live * Self.moreLivePoints, 10_000_000), remaining: Self.littleLeft)
      return
    }
    let summary = StageSummary(stages.filter { !$0.isRetired }, withError: false)
    let isFull = stage.issued >= stages[stages.count - 1].quota
    let isEnough = summary.effectiveSize >= settings.targetEffectiveSize
    if isFull || isEnough, stages.count < Self.mostStages, findsHeavyTail(stage) {
      phase = .draining
      due = .beginFit
    } else if isFull || isEnough, missesTheTop(stage, logZ: summary.logZ) {
      exploreDeeper(remaining: Self.littleLeft)
    } else if isEnough {
      conclude()
    } else if isFull {
      if let reason = hopelessness(summary) ?? poorOutlook(stage, summary) {
        ending = .stuck(reason)
        return
      }
      let left = (settings.targetEffectiveSize - summary.effectiveSize) / max(stage.efficiency, 1e-3)
      // A better fit may halve what is lost; it costs no calls, but must save enough of them to be worth its
      // time.
      if stages.count < Self.mostStages, 0.5 * (1 - stage.efficiency) * left > Self.worthwhile {
        phase = .draining
        due = .beginFit
      } else {
        stages[stages.count - 1].quota *= 2
      }
    }
  }

  /// Why going on would not pay: what has been drawn says that a hundred times as much is needed. Bounds have
  /// lost the posterior then, or it has more narrow modes than a fit can follow.
  private func hopelessness(_ summary: StageSummary) -> Finding? {
    let drawn = standing.reduce(0) { $0 + $1.count }
    guard drawn >= Self.enoughToJudge else { return nil }
    let wanted = settings.targetEffectiveSize * Double(drawn) / max(summary.effectiveSize, 1)
    guard wanted > 100 * Double(drawn) else { return nil }
    return Finding(
      "fit-falls-short", .failure, ["drawn": Double(drawn), "effective_size": summary.effectiveSize],
      remedies: [.methodOfLivePoints, .live])
  }

  /// The target is reached: says whether the answer can be trusted.
  private mutating func conclude() {
    if let tail = tail(), isAlarming(tail) {
      let finding = heavyTailFinding(tail)
      findings.append(finding)
      ending = .stuck(finding)
      return
    }
    if let finding = lostModeFinding {
      findings.append(finding)
      ending = .stuck(finding)
      return
    }
    if exploration.isFlat, exploration.floor.level != 0 {
      findings.append(exploration.floor.flatFinding)
    }
    ending = doubt().map(Ending.stuck) ?? .converged
  }

  /// Why a result is not to be trusted though its points are worth enough: the error of log Z is then far above what so many
  /// independent points leave, as it rests on densities whose normalisations are hardly known.
  private func doubt() -> Finding? {
    let summary = StageSummary(standing)
    guard !(summary.error < 0.02 + 5 / settings.targetEffectiveSize.squareRoot()) else { return nil }
    return Finding(
      "uncertain-evidence", .failure, ["error": summary.error], remedies: [.methodOfLivePoints, .live])
  }

  private static var enoughToJudge: Int { 20_000 }
}
