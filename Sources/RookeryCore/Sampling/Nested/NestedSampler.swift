import Glibc

/// Static nested sampling (Skilling 2006, doi:10.1214/06-BA127), streaming.
///
/// Of the `live` points, `window` are always on their way: their places among the live points were vacated when
/// their pieces were issued, each with the threshold of that moment as its birth contour. A point that comes in is
/// kept whatever the threshold is by then: born above its own contour it is a valid live point from there up to
/// its own log-likelihood, and the record of births and deaths counts it so. Nothing paid for is thrown away, however wide the window is.
///
/// With `deletions` above one that many of the lowest are taken off at once and replaced above the highest of them. No worker waits for
/// it: the pieces of a round go out as places in the window fall free. Between n and n - k + 1 points are alive by turns, as the record says.
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
  /// The highest log-likelihood among the points of this phase.
  var best = -Double.infinity
  var piecesIssued = 0
  /// Pieces that are out, with their birth contours, oldest first.
  var out: [Double] = []
  /// Places that were vacated and have no piece out.
  var vacant = 0
  /// Whether live points are still being gathered on the first contour of this phase.
  var isFilling = true
  /// Whether a phase is over and its last pieces are awaited.
  var isDraining = false
  var failuresInRow = 0
  var hasConverged = false
  var stuck: String?
  /// The batch at work in a dynamic run, and what is known of the whole.
  var dynamic = DynamicState()
  /// Points above the threshold that chains passed; they only shape bounds.
  var trail: PointMatrix
  var trailLogL: [Double] = []

  var explorer: ExplorerState
  var totals = RunningEvidence()
  var ranks: RankWatch
  /// How many of the pieces that are out belong to a run that was given up.
  var dropped = 0
  /// Whether the insertion ranks say that the run must begin anew.
  var isUneven = false

  package init(problem: Problem, settings: NestedSettings, seed: UInt64) throws {
    try settings.validate(dimension: problem.dimension)
    self.init(
      settings: settings, seed: seed, boundaries: problem.boundaries, derivedCount: problem.derived.count)
  }

  init(settings: NestedSettings, seed: UInt64, boundaries: [Parameter.Boundary], derivedCount: Int) {
    self.settings = settings
    self.seed = seed
    self.boundaries = boundaries
    problemDimension = boundaries.count
    cube = PointMatrix(columns: boundaries.count)
    derived = PointMatrix(columns: derivedCount)
    trail = PointMatrix(columns: boundaries.count)
    explorer = ExplorerState(settings: settings, dimension: boundaries.count)
    ranks = RankWatch(live: settings.live)
  }

  package var window: Int { settings.windowInForce }

  package func context(_ version: Int) -> NestedContext {
    NestedContext(
      bound: explorer.bound, friends: explorer.friends, population: explorer.population,
      spread: explorer.spread, piles: explorer.piles, boundaries: boundaries)
  }

  package var ending: Ending? {
    if let stuck { return .stuck(stuck) }
    return hasConverged ? .converged : nil
  }

  package func record() -> RunRecord {
    RunRecord(
      cube: cube, derived: derived, logLikelihoods: logL, kind: .nested(birthLogLikelihoods: births),
      findings: [lengtheningFinding].compactMap { $0 })
  }
}

// MARK: - Asking for work

extension NestedSampler {
  package mutating func next() -> NestedPiece? {
    while ending == nil {
      if isUneven {
        beginAnew()
      } else if isDraining {
        guard out.isEmpty else { return nil }
        isDraining = false
        startNextBatch()
      } else if let piece = isFilling ? nextFirst() : nextReplacement() {
        return piece
      } else if !isDraining, !isUneven {
        return nil
      }
    }
    return nil
  }

  /// Gathers live points on the first contour of a phase; those of the prior that have no likelihood are counted and stay in the record.
  private mutating func nextFirst() -> NestedPiece? {
    guard live.count + out.count < phaseSize else { return nil }
    guard threshold > -.infinity else { return issue(.prior, start: []) }
    return issue(
      explorer.kind, start: explorer.kind == .uniform ? [] : dynamic.start(piecesIssued, cube, seed))
  }

  private mutating func nextReplacement() -> NestedPiece? {
    if vacant == 0 {
      takeOffLowest()
      guard vacant > 0 else { return nil }
    }
    vacant -= 1
    if explorer.boundIsDue() { buildBound() }
    return issue(explorer.kind, start: explorer.kind == .uniform ? [] : startPoint())
  }

  /// Takes the lowest live points off. Their places will be filled above the highest of them.
  private mutating func takeOffLowest() {
    for _ in 0..<settings.deletions {
      // On the highest contour found there is nothing to climb to, and what is left is known.
      guard let worst = live.worst, worst.logL < best else {
        if vacant == 0, out.isEmpty { endPhase() }
        return
      }
      _ = live.removeWorst()
      ranks.note(death: worst.logL)
      threshold = max(threshold, worst.logL)
      vacant += 1
      if dynamic.batches == 0 {
        totals.kill(logL: worst.logL, live: live.count + 1 + out.count)
        // Where other live points share the contour they die next; until then nothing is known of the rest.
        if totals.remaining(best: best) < settings.remainingEvidenceInForce { return endPhase() }
      } else if threshold >= dynamic.upper {
        return endPhase()
      }
    }
  }

  private mutating func endPhase() {
    vacant = 0
    if settings.isDynamic { isDraining = true } else { converge() }
  }

  /// Ends the run if its points came in evenly.
  mutating func converge() {
    if ranks.pValue < RankWatch.level { isUneven = true } else { hasConverged = true }
  }

  private var phaseSize: Int { dynamic.batches == 0 ? settings.live : dynamic.size }

  func buildPoints() -> PointMatrix {
    dynamic.batches == 0
      ? cube.rows(at: live.members.filter { $0.logL > -.infinity }.map(\.row).sorted())
      : cube.rows(at: thinned(rowsAlive(on: threshold), to: 2 * settings.live))
  }

  /// Evenly many of the rows, not more than asked for: the shape of a bound does not gain from more.
  private func thinned(_ rows: [Int], to most: Int) -> [Int] {
    guard rows.count > most else { return rows }
    return (0..<most).map { rows[$0 * rows.count / most] }
  }

  /// Points of all phases that were drawn evenly from the prior within a contour.
  func rowsAlive(on contour: Double) -> [Int] {
    logL.indices.filter { births[$0] <= contour && logL[$0] > contour }
  }

  mutating func buildBound() {
    let kept = trailLogL.indices.filter { trailLogL[$0] > threshold }
    trail = trail.rows(at: kept)
    trailLogL = kept.map { trailLogL[$0] }
    let usedChains = explorer.usesChains
    explorer.buildBound(around: buildPoints(), trail: trail, boundaries: boundaries, seed: seed)
    if usedChains, dynamic.chainsSince == nil { dynamic.chainsSince = threshold }
  }

  private mutating func issue(_ kind: NestedPiece.Kind, start: [Double]) -> NestedPiece {
    defer { piecesIssued += 1 }
    out.append(threshold)
    return NestedPiece(
      kind: kind, seed: seed, index: piecesIssued, context: explorer.version, threshold: threshold,
      start: start, scale: explorer.scale, steps: explorer.steps(of: kind))
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
}

// MARK: - Taking in outcomes

extension NestedSampler {
  package mutating func absorb(_ outcome: NestedOutcome) {
    guard dropped == 0 else {
      dropped -= 1
      return
    }
    let birth = out.removeFirst()
    let isFromPrior = birth == -.infinity
    explorer.learn(from: outcome, isInitial: isFromPrior, window: window)
    guard !outcome.cube.isEmpty else {
      // Where points are still being gathered another is asked for as long as they are too few.
      if !isFilling { vacant += 1 }
      failuresInRow += 1
      if failuresInRow >= Self.patience { giveUp() }
      return
    }
    failuresInRow = 0
    keep(trailOf: outcome)
    let row = logL.count
    cube.append(outcome.cube)
    derived.append(outcome.derived)
    logL.append(outcome.logL)
    births.append(birth)
    if isFromPrior, outcome.logL == -.infinity {
      if dynamic.batches == 0 { totals.refuse() }
      if totals.refusedPriorDraws >= 1000 * settings.live { giveUpOnPrior() }
      return
    }
    if !isFromPrior, !isFilling {
      ranks.note(arrival: outcome.logL, born: birth, among: live.members, key: (seed, row))
      if ranks.hasFailed() { isUneven = true }
    }
    live.insert(LiveSet.Member(row: row, logL: outcome.logL))
    best = max(best, outcome.logL)
    if isFilling, live.count == phaseSize {
      isFilling = false
      if dynamic.batches == 0 { totals.start(live: live.count) }
    }
  }

  private mutating func keep(trailOf outcome: NestedOutcome) {
    let d = problemDimension
    for (i, value) in outcome.trailLogL.enumerated() where value > threshold {
      trail.append(outcome.trail[i * d..<(i + 1) * d])
      trailLogL.append(value)
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
