import Glibc

/// Importance nested sampling: bounds shrink around the best points until the posterior is found; then
/// independent points are drawn from one density fitted to all that was seen, and weighted by likelihood over
/// density.
///
/// The first half follows nautilus (Lange 2023, MNRAS 525, 3181, arXiv:2306.16923): ellipsoids and networks
/// around rising contours. Its points only prepare the second half and are not part of the result, which
/// makes the evidence unbiased. The second half draws from a defensive mixture (Hesterberg 1995; Owen & Zhou
/// 2000) of the cube, some bounds, Student-t components and those components thinned by networks that have
/// learned the likelihood.
package struct ImportanceNestedSampler: Sampler {
  enum Phase: UInt8, Sendable {
    case exploring
    /// Waiting for everything that is out.
    case draining
    /// Networks of the fit are being trained.
    case fitting
    /// Normalisations are being measured.
    case measuring
    case sampling
  }

  /// A piece that is out.
  struct Ticket: Sendable, Equatable {
    var version: Int
    /// Where points come from: a bound, or -1 - stage.
    var origin: Int
    /// Points asked for.
    var points: Int
  }

  var settings: ImportanceNestedSettings
  let seed: UInt64
  var phase = Phase.exploring
  var points: SampledPoints
  var exploration: Exploration
  var plan: BoundPlan?
  var fit: StageFit?
  var stages: [Stage] = []
  var contexts: [Int: ShellContext]
  var version = 0
  /// Version of what points are drawn from now.
  var drawVersion = 0
  var queue: [ShellPiece] = []
  var out: [Ticket] = []
  var pieces: UInt64 = 0
  package var ending: Ending?

  /// One point a piece keeps the most workers busy with the fewest points in flight; the scheduler bundles
  /// short pieces.
  static let pointsPerPiece = 1

  package init(_ problem: Problem, settings: ImportanceNestedSettings, seed: UInt64) throws {
    if let complaint = settings.complaint { throw InputError("importance nested sampling: \(complaint)") }
    self.settings = settings
    self.seed = seed
    points = SampledPoints(dimension: problem.dimension, derivedCount: problem.derived.count)
    exploration = Exploration(
      settings: settings, periodic: problem.boundaries.map { $0 == .periodic }, seed: seed)
    contexts = [0: ShellContext(.bound(exploration.bounds[0]))]
  }

  package var window: Int { max(1, settings.window / Self.pointsPerPiece) }

  package func context(_ version: Int) -> ShellContext {
    contexts[version] ?? ShellContext(.bound(exploration.bounds[0]))
  }

  // MARK: Asking

  package mutating func next() -> ShellPiece? {
    guard ending == nil else { return nil }
    if !queue.isEmpty {
      let piece = queue.removeFirst()
      out.append(Ticket(version: piece.context, origin: 0, points: 0))
      return piece
    }
    switch phase {
    case .exploring:
      // Draws issued while the next bound is in the making come from the old one: enough to keep workers
      // busy, no more.
      if plan != nil, out.count >= window / 2 { return nil }
      return draw(Self.pointsPerPiece, origin: exploration.current)
    case .sampling:
      let wanted = pointsWanted()
      guard wanted > 0 else { return nil }
      let count = min(wanted, Self.pointsPerPiece)
      stages[stages.count - 1].issued += count
      return draw(count, origin: -stages.count)
    case .draining, .fitting, .measuring: return nil
    }
  }

  private mutating func draw(_ count: Int, origin: Int) -> ShellPiece {
    out.append(Ticket(version: drawVersion, origin: origin, points: count))
    return piece(.draw(points: count), context: drawVersion)
  }

  private mutating func piece(_ task: ShellPiece.Task, context: Int) -> ShellPiece {
    pieces += 1
    return ShellPiece(task: task, seed: seed, index: pieces, context: context)
  }

  /// How many more points may be issued now: up to the quota, and not many more than the target needs.
  private func pointsWanted() -> Int {
    guard let stage = stages.last else { return 0 }
    let left = stage.quota - stage.issued
    let inFlight = stage.issued - stage.count
    let summary = StageSummary(stages, withError: false)
    let missing = settings.targetEffectiveSize - summary.effectiveSize
    guard missing > 0 else { return 0 }
    guard stage.count > 100 else { return left }
    return min(left, Int(missing / max(stage.efficiency, 0.01)) + 1 - inFlight)
  }

  mutating func publish(_ content: ShellContext.Content) {
    version += 1
    contexts[version] = ShellContext(content)
  }

  // MARK: Absorbing

  package mutating func absorb(_ outcome: ShellOutcome) {
    guard !out.isEmpty else { return }
    let ticket = out.removeFirst()
    switch outcome.task {
    case .draw: absorbDraw(outcome, ticket)
    case .train: absorbNetwork(outcome)
    case .measure(let component, _): absorbMeasure(outcome, component: component)
    }
    if ending == nil, phase == .draining, out.isEmpty { beginFit() }
    if ending == nil, phase == .sampling { watchStage() }
    let oldest = min(out.lazy.map(\.version).min() ?? version, drawVersion, queue.first?.context ?? version)
    for old in contexts.keys.filter({ $0 < oldest }) { contexts[old] = nil }
  }

  private mutating func absorbDraw(_ outcome: ShellOutcome, _ ticket: Ticket) {
    points.append(outcome, origin: ticket.origin)
    if ticket.origin < 0 {
      stages[-1 - ticket.origin].note(outcome)
      return
    }
    exploration.note(outcome, from: ticket.origin)
    guard phase == .exploring, plan == nil, exploration.wantsBound else { return }
    if explorationIsOver() {
      phase = .draining
      return
    }
    guard let plan = exploration.plan(points) else {
      exploration.failures += 1
      return
    }
    self.plan = plan
    if plan.sets.isEmpty {
      finishBound()
    } else {
      publish(.training(plan.sets))
      for set in plan.sets.indices {
        for member in 0..<plan.members {
          queue.append(piece(.train(set: set, member: member), context: version))
        }
      }
    }
  }

  /// Bounds in a row that came out no smaller before exploration ends.
  private static var patience: Int { 6 }

  private mutating func explorationIsOver() -> Bool {
    let volume = exploration.volumes[exploration.current]
    if volume.proposals > 20_000, volume.mean < 1e-4 { return true }
    if exploration.failures >= Self.patience { return true }
    guard points.count > 2 * settings.live else { return false }
    // One likelihood for all: nothing to zoom in on.
    if let low = points.logL.min(), let high = points.logL.max(), low == high { return true }
    return exploration.evidenceInLive(points) <= settings.liveFraction
  }

  private mutating func finishBound() {
    guard let plan else { return }
    let before = exploration.current
    exploration.finish(plan, points: points)
    self.plan = nil
    if exploration.current != before {
      publish(.bound(exploration.bounds[exploration.current]))
      drawVersion = version
    } else if exploration.failures >= Self.patience {
      phase = .draining
    }
  }

  private mutating func absorbNetwork(_ outcome: ShellOutcome) {
    if phase == .fitting {
      fit?.networks += outcome.networks
      fit?.pending -= 1
      if fit?.pending == 0 { layOut() }
      return
    }
    plan?.networks += outcome.networks
    if let plan, plan.networks.count == plan.expected { finishBound() }
  }

  private mutating func absorbMeasure(_ outcome: ShellOutcome, component: Int) {
    fit?.sums[component] += outcome.volume
    fit?.pending -= 1
    if fit?.pending == 0 { beginStage() }
  }
}

// MARK: - Stages

extension ImportanceNestedSampler {
  /// Members of the ensemble that thins a stage's proposal.
  private static var fitNetworks: Int { 3 }
  private static var measurePieces: Int { 24 }
  private static var firstQuota: Int { 1500 }
  private static var mostStages: Int { 16 }
  /// The share of one point in its stage that asks for a new fit at once.
  private static var alarm: Double { 0.1 }
  /// Calls that a new fit must promise to save.
  private static var worthwhile: Double { 300 }

  mutating func beginFit() {
    var logDrawn = exploration.logDensities(points)
    var logProposals: [[Double]] = []
    for stage in stages {
      let table = stage.proposal.components.logDensities(points.cube)
      logProposals.append(stage.proposal.logDensities(table: table))
      let logN = log(Double(max(stage.count, 1)))
      for (i, logQ) in logProposals[logProposals.count - 1].enumerated() {
        logDrawn[i] = logAdd(logDrawn[i], logN + logQ)
      }
    }
    judgeStages(logProposals, logDrawn: logDrawn)
    var stream = exploration.stream()
    let fit = StageFit(
      points: points, logDrawn: logDrawn, periodic: exploration.periodic,
      networks: settings.networks > 0 ? Self.fitNetworks : 0,
      modes: exploration.bounds[exploration.current].modes, stream: &stream)
    self.fit = fit
    phase = .fitting
    guard let set = fit.set else {
      layOut()
      return
    }
    publish(.training([set]))
    self.fit?.pending = Self.fitNetworks
    for member in 0..<Self.fitNetworks {
      queue.append(piece(.train(set: 0, member: member), context: version))
    }
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
      var (mass, sum) = (0.0, 0.0)
      for i in raw.indices where points.origins[i] != -1 - s && raw[i] > -.infinity {
        let weight = exp(raw[i] - logZ)
        mass += weight
        sum += weight * exp(points.logL[i] - logZ - logProposals[s][i])
      }
      if sum > 0 { stages[s].trust = min(max(mass / sum, 1e-4), 1) }
    }
  }

  mutating func layOut() {
    var stream = exploration.stream()
    // Bounds that their proposals hardly ever hit are of no use for drawing.
    let usable = exploration.bounds.indices.dropFirst().filter { exploration.volumes[$0].mean > 1e-3 }
    let bounds = usable.map {
      (bound: exploration.bounds[$0], logVolume: exploration.logVolume($0))
    }
    fit?.layOut(points: points, bounds: bounds, stream: &stream)
    guard let components = fit?.components else { return }
    publish(.components(components))
    phase = .measuring
    let shares = fit?.roughShares ?? []
    for component in 1..<max(components.count, 1) {
      // As many proposals as the evidence rests on it: the error of a small share hardly matters.
      let wanted = 0.05 + (shares.indices.contains(component) ? shares[component] : 1)
      for _ in 0..<Int((wanted * Double(Self.measurePieces)).rounded(.up)) {
        queue.append(piece(.measure(component: component, proposals: 8192), context: version))
      }
    }
    fit?.pending = queue.count
    if queue.isEmpty { beginStage() }
  }

  mutating func beginStage() {
    guard let (proposal, efficiency, variances) = fit?.finish(points: points) else { return }
    let quota = Self.firstQuota << min(stages.count, 3)
    stages.append(
      Stage(proposal: proposal, trust: max(efficiency, 1e-3), normVariances: variances, quota: quota))
    fit = nil
    publish(.proposal(proposal))
    drawVersion = version
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
    guard out.isEmpty else { return }
    let summary = StageSummary(stages, withError: false)
    if summary.effectiveSize >= settings.targetEffectiveSize {
      ending = .converged
    } else if stage.issued >= stages[stages.count - 1].quota {
      if let reason = hopelessness(summary) {
        ending = .stuck(reason)
        return
      }
      let left = (settings.targetEffectiveSize - summary.effectiveSize) / max(stage.efficiency, 1e-3)
      // A better fit may halve what is lost; it costs no calls, but must save enough of them to be worth its
      // time.
      if stages.count < Self.mostStages, 0.5 * (1 - stage.efficiency) * left > Self.worthwhile {
        phase = .draining
        beginFit()
      } else {
        stages[stages.count - 1].quota *= 2
      }
    }
  }

  /// Why going on would not pay: what has been drawn says that a hundred times as much is needed. Bounds have
  /// lost the posterior then, or it has more narrow modes than a fit can follow.
  private func hopelessness(_ summary: StageSummary) -> String? {
    let drawn = stages.reduce(0) { $0 + $1.count }
    guard drawn >= Self.enoughToJudge else { return nil }
    let wanted = settings.targetEffectiveSize * Double(drawn) / max(summary.effectiveSize, 1)
    guard wanted > 100 * Double(drawn) else { return nil }
    return
      "\(drawn) points drawn from the fitted density are worth \(Int(summary.effectiveSize)) independent ones;"
      + " the posterior is too narrow, bent or split for it: use --method dynesty, or more live points"
  }

  private static var enoughToJudge: Int { 20_000 }

  package var status: SamplerStatus {
    var status = SamplerStatus()
    if stages.isEmpty {
      status.phase = phase == .exploring ? "Bounding" : "Fitting"
    } else {
      let summary = StageSummary(stages)
      status.phase = phase == .sampling ? "Sampling" : "Fitting"
      status.logZ = summary.logZ
      status.logZError = summary.error
      status.effectiveSampleSize = summary.effectiveSize
      status.remaining = 0
    }
    return status
  }

  package func record() -> RunRecord {
    let rows = points.origins.indices.filter { points.origins[$0] < 0 }
    let draws = stages.reduce(0) { $0 + $1.trust * Double($1.count) }
    var next = [Int](repeating: 0, count: stages.count)
    let ratios = rows.map { row in
      let s = -1 - points.origins[row]
      defer { next[s] += 1 }
      return log(stages[s].trust / draws) - stages[s].logQ[next[s]]
    }
    var derived = PointMatrix(columns: points.derivedCount)
    for row in rows where points.derivedCount > 0 {
      derived.append(points.derived[row * points.derivedCount..<(row + 1) * points.derivedCount])
    }
    return RunRecord(
      cube: points.matrix(rows), derived: derived, logLikelihoods: rows.map { points.logL[$0] },
      kind: .importance(logPriorToProposal: ratios, logZError: StageSummary(stages).error))
  }

}
