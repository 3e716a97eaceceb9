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
  /// Points that the likelihood is asked for at once.
  let batch: Int
  /// A piece that did not go together with those before it, or waits for its context to be handed over: the next to be issued.
  var held: NestedPiece?
  /// The context that was handed over last.
  var handedOver: ContextID?
  let boundaries: [Parameter.Boundary]
  let problemDimension: Int

  // The record: one row a point, in the order of arrival.
  var cube: PointMatrix
  var derived: PointMatrix
  var logL: [Double] = []
  var births: [Double] = []
  /// From whom each point descends: the row of the independent draw from which its chain and those before it started.
  var families: [Int] = []

  var live = LiveSet()
  var threshold = -Double.infinity
  /// The highest log-likelihood among the points of this phase.
  var best = -Double.infinity
  var piecesIssued = 0
  /// The first piece of this beginning of the run: what was asked for before it is dropped.
  var firstPiece = 0
  /// Points and climbs that this run has asked for and that are still out.
  var out = 0
  var climbsOut = 0
  /// Live points from which no chain has started in this round, in random order.
  var deck: [Int] = []
  /// Places that were vacated and have no piece out.
  var vacant = 0
  /// Whether live points are still being gathered on the first contour of this phase.
  var isFilling = true
  /// Whether a phase is over and its last pieces are awaited.
  var isDraining = false
  var failuresInRow = 0
  var hasConverged = false
  /// Why it cannot go on.
  var stuck: Finding?
  /// The batch at work in a dynamic run, and what is known of the whole.
  var dynamic = DynamicState()
  /// Points above the threshold that chains passed; they only shape bounds.
  var trail: PointMatrix
  var trailLogL: [Double] = []

  var explorer: ExplorerState
  var plateau = LowestPlateau()
  /// Draws from the prior that another search has made already.
  var drawsAtHand = 0
  /// Whether nothing was found above that plateau, which is then all there is.
  var isFlat = false
  var totals = RunningEvidence()
  var posterior: RunningPosterior
  var noise = NoiseWatch()
  var outposts: Outposts
  /// Live points far from all others when the bound was built, from which climbs may start; the most likely first.
  var strays: [Int] = []
  var ranks: RankWatch
  /// Whether the insertion ranks say that the run must begin anew.
  var isUneven = false

  package init(problem: Problem, settings: NestedSettings, seed: UInt64) throws {
    try settings.validate(dimension: problem.dimension)
    try problem.requirePrior(for: NestedSettings.methodName)
    self.init(
      settings: settings, seed: seed, boundaries: problem.boundaries, derivedCount: problem.derived.count,
      batch: problem.rowsAtOnce)
  }

  init(
    settings: NestedSettings, seed: UInt64, boundaries: [Parameter.Boundary], derivedCount: Int,
    batch: Int = 1
  ) {
    self.settings = settings
    self.seed = seed
    self.batch = batch
    self.boundaries = boundaries
    problemDimension = boundaries.count
    cube = PointMatrix(columns: boundaries.count)
    derived = PointMatrix(columns: derivedCount)
    trail = PointMatrix(columns: boundaries.count)
    explorer = ExplorerState(settings: settings, dimension: boundaries.count)
    posterior = RunningPosterior(dimension: boundaries.count)
    ranks = RankWatch(live: settings.live)
    outposts = Outposts(periodic: boundaries.map { $0 == .periodic }, batch: batch)
  }

  /// What pieces need that are issued now.
  var context: NestedContext {
    NestedContext(
      bound: explorer.bound, friends: explorer.friends, population: explorer.population,
      spread: explorer.spread, piles: explorer.piles, boundaries: boundaries, abyss: explorer.abyss)
  }

  package var ending: Ending? {
    if let stuck { return .stuck(stuck) }
    return hasConverged ? .converged : nil
  }

  package func record() -> RunRecord {
    RunRecord(
      cube: cube, derived: derived, logLikelihoods: logL,
      kind: .nested(birthLogLikelihoods: births, families: families),
      findings: findings)
  }

  private var findings: [Finding] {
    var found = [flatFinding, noise.finding, lengtheningFinding]
    if !logL.isEmpty {
      let run = NestedEvidence(
        deaths: logL, births: births, families: families, seed: seed, simulations: 0)
      found += [lineageFinding(of: run), lostModeFinding(of: run)]
    }
    return found.compactMap { $0 }
  }
}

// MARK: - Asking for work

extension NestedSampler {
  /// The next piece of one point.
  mutating func nextOne() -> NestedPiece? {
    while ending == nil {
      if isUneven {
        beginAnew()
      } else if isDraining {
        guard out == 0 else { return nil }
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

  /// Gathers live points on the first contour of a phase; those of the prior that are on a plateau are counted and stay in the record.
  private mutating func nextFirst() -> NestedPiece? {
    guard threshold == -.infinity else {
      guard live.count + placesOut < phaseSize else { return nil }
      let start = explorer.kind == .uniform ? nil : dynamic.start(piecesIssued, seed)
      return issue(explorer.kind, start: start)
    }
    let expected = Double(live.count) + plateau.yield * Double(out)
    guard expected < Double(firstPointsWanted), !hasSearchedPrior else { return nil }
    return issue(.prior, start: nil)
  }

  private mutating func nextReplacement() -> NestedPiece? {
    if let climb = nextClimb() { return climb }
    if vacant == 0 {
      takeOffLowest()
      guard vacant > 0 else { return nil }
    }
    vacant -= 1
    if explorer.boundIsDue() { buildBound() }
    return issue(explorer.kind, start: explorer.kind == .uniform ? nil : startRow())
  }

  /// Takes the lowest live points off. Their places will be filled above the highest of them.
  private mutating func takeOffLowest() {
    for _ in 0..<settings.deletions {
      // On the highest contour found there is nothing to climb to, and what is left is known.
      guard let worst = live.worst, worst.logL < best else {
        if vacant == 0, placesOut == 0 { endPhase() }
        return
      }
      _ = live.removeWorst()
      ranks.note(death: worst.logL)
      threshold = max(threshold, worst.logL)
      vacant += 1
      if dynamic.batches == 0 {
        note(death: worst)
        // Where other live points share the contour they die next; until then nothing is known of the rest.
        if hasLittleLeft() { return endPhase() }
      } else if threshold >= dynamic.upper {
        return endPhase()
      }
    }
  }

  mutating func endPhase() {
    vacant = 0
    if settings.isDynamic { isDraining = true } else { converge() }
  }

  /// Ends the run if its points came in evenly.
  mutating func converge() {
    if ranks.pValue < RankWatch.level { isUneven = true } else { hasConverged = true }
  }

  var phaseSize: Int { dynamic.batches == 0 ? settings.live : dynamic.size }

  /// The rows of the points that a bound is built around.
  func buildRows() -> [Int] {
    dynamic.batches == 0
      ? live.members.filter { $0.logL > -.infinity }.map(\.row).sorted()
      : thinned(rowsAlive(on: threshold), to: 2 * settings.live)
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
    let rows = buildRows()
    explorer.buildBound(
      around: cube.rows(at: rows), rows.map { logL[$0] }, trail: trail, boundaries: boundaries,
      outposts: outposts, above: threshold, highest: max(best, dynamic.last), seed: seed)
    findStrays()
    if usedChains, dynamic.chainsSince == nil { dynamic.chainsSince = threshold }
  }

  /// - Parameter start: the row of the point that a chain starts from; nil for independent draws.
  private mutating func issue(_ kind: NestedPiece.Kind, start: Int?) -> NestedPiece {
    defer { piecesIssued += 1 }
    out += 1
    return NestedPiece(
      kind: kind, seed: seed, index: piecesIssued, context: explorer.version, threshold: threshold,
      start: start.map { cube[row: $0] } ?? [], scale: explorer.scale,
      steps: kind == .prior ? noise.evaluations() : explorer.steps(of: kind),
      family: start.map { families[$0] } ?? -1)
  }

  /// A live point strictly above the threshold; there is one, the best.
  ///
  /// Chains start once from each point before they start from any a second time. A mode that chains cannot leave then has as many
  /// children as it has points, where independent choices would soon leave some modes without any.
  private mutating func startRow() -> Int? {
    for _ in 0..<2 {
      while let row = deck.popLast() {
        if logL[row] > threshold { return row }
      }
      var stream = RandomStream(seed: seed, purpose: Self.startPurpose, index: UInt64(piecesIssued))
      deck = live.members.map(\.row)
      deck.shuffle(using: &stream)
    }
    return nil
  }

  private static let startPurpose = RandomStream.Purpose(rawValue: 0x5354_5254)
}

// MARK: - Taking in outcomes

extension NestedSampler {
  /// Takes in what came of one point.
  mutating func absorbOne(_ outcome: NestedOutcome, of piece: NestedPiece) {
    guard piece.index >= firstPiece else { return }
    out -= 1
    outposts.note(calls: outcome.calls)
    guard piece.kind != .climb else {
      climbsOut -= 1
      return note(peaks: outcome.peak)
    }
    let birth = piece.threshold
    let isFromPrior = birth == -.infinity
    explorer.learn(from: outcome, isInitial: isFromPrior, window: placesOnTheWay)
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
    families.append(piece.family < 0 ? row : Int(piece.family))
    if isFromPrior {
      noise.note(outcome.repeats)
      if dynamic.batches == 0 { plateau.count(outcome.logL) }
    }
    if !isFromPrior, !isFilling {
      ranks.note(arrival: outcome.logL, born: birth, among: live.members, key: (seed, row))
      if ranks.hasFailed() { isUneven = true }
    }
    if !isFromPrior || outcome.logL > (isFlat ? -.infinity : plateau.contour) {
      live.insert(LiveSet.Member(row: row, logL: outcome.logL))
      best = max(best, outcome.logL)
    }
    endFillingIfDone()
  }

  private mutating func keep(trailOf outcome: NestedOutcome) {
    let d = problemDimension
    for (i, value) in outcome.trailLogL.enumerated() where value > threshold {
      trail.append(outcome.trail[i * d..<(i + 1) * d])
      trailLogL.append(value)
    }
  }

  private mutating func giveUp() {
    stuck = Finding(
      "nothing-above", .failure, ["pieces": Double(Self.patience), "log_l": threshold],
      remedies: [.explorer, .live])
  }
}
