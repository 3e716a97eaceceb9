import Glibc

/// Static nested sampling (Skilling 2006, doi:10.1214/06-BA127), streaming.
///
/// Of the `live` points, `window` are always on their way: their places among the live points were vacated when
/// their pieces were issued, each with the threshold of that moment as its birth contour. A point that comes in is
/// kept whatever the threshold is by then: born above its own contour it is a valid live point from there up to
/// its own log-likelihood, and the record of births and deaths counts it so. Nothing paid for is thrown away, however wide the window is.
package struct NestedSampler: Sampler {
  /// How many draws from the bound one piece may try before it reports back.
  static let triesPerPiece = 64
  /// Pieces in a row that found nothing before the sampler gives up.
  static let patience = 2000

  var settings: NestedSettings
  let seed: UInt64
  let boundaries: [Parameter.Boundary]
  let problemDimension: Int

  // The record: one row a point, in the order of arrival.
  var cube: PointMatrix
  var derived: PointMatrix
  var logL: [Double] = []
  var births: [Double] = []

  var live = LiveSet()
  var threshold = -Double.infinity
  var best = -Double.infinity
  var piecesIssued = 0
  /// Pieces that are out, with their birth contours, oldest first.
  var out: [Double] = []
  /// Places that were vacated but whose piece found nothing.
  var vacant = 0
  var isInitial = true
  var failuresInRow = 0
  var hasConverged = false
  var stuck: String?

  var explorer: ExplorerState
  var totals = RunningEvidence()

  package init(problem: Problem, settings: NestedSettings, seed: UInt64) throws {
    try settings.validate(dimension: problem.dimension)
    self.settings = settings
    self.seed = seed
    boundaries = problem.boundaries
    problemDimension = problem.dimension
    cube = PointMatrix(columns: problem.dimension)
    derived = PointMatrix(columns: problem.derived.count)
    explorer = ExplorerState(settings: settings, dimension: problem.dimension)
  }

  package var window: Int { settings.windowInForce }

  package func context(_ version: Int) -> NestedContext {
    NestedContext(bound: explorer.bound, boundaries: boundaries)
  }

  package var ending: Ending? {
    if let stuck { return .stuck(stuck) }
    return hasConverged ? .converged : nil
  }

  package func record() -> RunRecord {
    RunRecord(
      cube: cube, derived: derived, logLikelihoods: logL, kind: .nested(birthLogLikelihoods: births))
  }
}

// MARK: - Asking for work

extension NestedSampler {
  package mutating func next() -> NestedPiece? {
    guard ending == nil else { return nil }
    return isInitial ? nextPrior() : nextReplacement()
  }

  /// Draws from the prior until enough have a likelihood; those that have none are counted and stay in the record.
  private mutating func nextPrior() -> NestedPiece? {
    guard live.count + out.count < settings.live else { return nil }
    return issue(.prior, threshold: -.infinity, start: [])
  }

  private mutating func nextReplacement() -> NestedPiece? {
    if vacant > 0 {
      vacant -= 1
    } else {
      guard let worst = live.worst, worst.logL < best else { return endWithPlateau() }
      _ = live.removeWorst()
      threshold = max(threshold, worst.logL)
      totals.kill(logL: worst.logL, live: live.count + 1 + out.count)
      // Where other live points share the contour they die next; until then nothing is known of the rest.
      if totals.remaining(best: best) < settings.remainingEvidenceInForce { hasConverged = true }
      if hasConverged { return nil }
    }
    if explorer.boundIsDue() {
      explorer.buildBound(around: livePoints(), boundaries: boundaries, seed: seed)
    }
    let kind = explorer.kind
    let start = kind == .uniform ? [] : startPoint()
    return issue(kind, threshold: threshold, start: start)
  }

  /// All live points lie on the highest contour found: there is nothing to climb to, and what is left is known.
  private mutating func endWithPlateau() -> NestedPiece? {
    if out.isEmpty { hasConverged = true }
    return nil
  }

  private mutating func issue(_ kind: NestedPiece.Kind, threshold: Double, start: [Double]) -> NestedPiece {
    defer { piecesIssued += 1 }
    out.append(threshold)
    return NestedPiece(
      kind: kind, seed: seed, index: piecesIssued, context: explorer.version, threshold: threshold,
      start: start, scale: explorer.scale, steps: explorer.steps(of: kind, dimension: problemDimension))
  }

  /// A live point strictly above the threshold; there is one, the best.
  private func startPoint() -> [Double] {
    var stream = RandomStream(seed: seed, purpose: Self.startPurpose, index: UInt64(piecesIssued))
    for _ in 0..<1000 {
      let member = live.members[stream.integer(below: live.count)]
      if member.logL > threshold { return cube[row: member.row] }
    }
    let above = live.members.first { $0.logL > threshold }
    return above.map { cube[row: $0.row] } ?? []
  }

  private static let startPurpose = RandomStream.Purpose(rawValue: 0x5354_5254)

  private func livePoints() -> PointMatrix {
    cube.rows(at: live.members.filter { $0.logL > -.infinity }.map(\.row).sorted())
  }
}

// MARK: - Taking in outcomes

extension NestedSampler {
  package mutating func absorb(_ outcome: NestedOutcome) {
    let birth = out.removeFirst()
    explorer.learn(from: outcome, isInitial: isInitial, window: window)
    guard !outcome.cube.isEmpty else {
      vacant += 1
      failuresInRow += 1
      if failuresInRow >= Self.patience { giveUp() }
      return
    }
    failuresInRow = 0
    let row = logL.count
    cube.append(outcome.cube)
    derived.append(outcome.derived)
    logL.append(outcome.logL)
    births.append(birth)
    if isInitial, outcome.logL == -.infinity {
      totals.refuse()
      if totals.refusedPriorDraws >= 1000 * settings.live { giveUpOnPrior() }
      return
    }
    live.insert(LiveSet.Member(row: row, logL: outcome.logL))
    best = max(best, outcome.logL)
    if isInitial, live.count == settings.live {
      isInitial = false
      totals.start(live: live.count)
    }
  }

  private mutating func giveUp() {
    stuck =
      "\(Self.patience) pieces of work in a row found no point above log L = \(threshold);"
      + " the likelihood may be noisy or have a spike; try another explorer or more live points"
  }

  private mutating func giveUpOnPrior() {
    stuck =
      "only \(live.count) of \(totals.refusedPriorDraws + live.count) points of the prior have a likelihood;"
      + " narrow the prior to where the model exists"
  }
}

// MARK: - What people look at

extension NestedSampler {
  package var status: SamplerStatus {
    var status = SamplerStatus()
    status.phase = isInitial ? "live points" : explorer.kind == .uniform ? "uniform" : "chains"
    guard !isInitial else { return status }
    status.logZ = logAdd(totals.logZ, totals.logVolume + best)
    status.remaining = totals.remaining(best: best)
    status.logZError = (max(totals.information, 0) / Double(settings.live)).squareRoot()
    status.effectiveSampleSize = totals.effectiveSampleSize
    status.progress = totals.progress(best: best, target: settings.remainingEvidenceInForce)
    return status
  }
}
