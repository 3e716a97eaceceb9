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

  var settings: ImportanceNestedSettings
  let seed: UInt64
  /// Points of a piece, which are evaluated at once.
  let batch: Int
  var phase = Phase.exploring
  var points: SampledPoints
  var exploration: Exploration
  var plan: BoundPlan?
  var fit: StageFit?
  /// Draws of stages, put aside while bounds are built once more.
  var aside: SampledPoints
  var stages: [Stage] = []
  /// How many contexts have been made.
  var version = 0
  /// What points are drawn from now.
  var drawContext = ContextID(lane: Self.drawing)
  /// What is to be issued before more points are drawn.
  var queue: [Issue<ShellPiece>] = []
  /// Pieces that are out.
  var out = 0
  /// Points asked for and not yet taken in.
  var pointsOut = 0
  /// The long step that the outcomes so far ask for.
  var due: Step?
  var pieces: UInt64 = 0
  package var ending: Ending?
  /// How often weights have shown a heavy tail.
  var heavyTails = 0
  var reaches: Bool { heavyTails > 0 }
  var findings: [Finding] = []
  /// What draws from the prior and from the first stage say of whether the likelihood is a function: noise may show at high values alone.
  var noise = NoiseWatch()
  var noiseOfStage = NoiseWatch()

  package init(_ problem: Problem, settings: ImportanceNestedSettings, seed: UInt64) throws {
    try settings.validate()
    try problem.requirePrior(for: ImportanceNestedSettings.methodName)
    self.settings = settings
    self.seed = seed
    batch = problem.rowsAtOnce
    points = SampledPoints(dimension: problem.dimension, derivedCount: problem.derived.count)
    aside = points
    exploration = Exploration(
      settings: settings, periodic: problem.boundaries.map { $0 == .periodic }, batch: batch, seed: seed)
    queue = [.context(drawContext, ShellContext(.bound(exploration.bounds[0])))]
  }

  package var window: Int { settings.window }

  // MARK: Asking

  package mutating func next() -> Issue<ShellPiece>? {
    settle(unless: .never)
    guard ending == nil else { return nil }
    if !queue.isEmpty {
      let issue = queue.removeFirst()
      if case .piece = issue { out += 1 }
      return issue
    }
    switch phase {
    case .exploring:
      guard mayExplore else { return nil }
      return .piece(draw(explorationBatch, origin: exploration.current))
    case .sampling:
      let wanted = pointsWanted()
      guard wanted > 0, mayDrawForStage else { return nil }
      let count = min(wanted, batch)
      stages[stages.count - 1].issued += count
      return .piece(draw(count, origin: -stages.count))
    case .draining, .fitting, .measuring: return nil
    }
  }

  private mutating func draw(_ count: Int, origin: Int) -> ShellPiece {
    out += 1
    pointsOut += count
    let again =
      origin == 0 ? noise.repeats(among: count) : origin == -1 ? noiseOfStage.repeats(among: count) : 0
    return piece(.draw(points: count, again: again, origin: origin), context: drawContext)
  }

  private mutating func piece(_ task: ShellPiece.Task, context: ContextID) -> ShellPiece {
    pieces += 1
    return ShellPiece(task: task, seed: seed, index: pieces, context: context)
  }

  /// How many more points may be issued now: up to the quota, and not many more than the target needs.
  private func pointsWanted() -> Int {
    guard let stage = stages.last else { return 0 }
    let left = stage.quota - stage.issued
    let inFlight = stage.issued - stage.count
    let summary = StageSummary(stages.filter { !$0.isRetired }, withError: false)
    let missing = settings.targetEffectiveSize - summary.effectiveSize
    guard missing > 0 else { return 0 }
    guard stage.count > 100 else { return left }
    return min(left, Int(saturating: min(missing / max(stage.efficiency, 0.01), 1e15)) + 1 - inFlight)
  }

  // What points are drawn from stays, while what networks are trained on comes and goes beside it.
  private static let drawing: Int32 = 0
  private static let preparing: Int32 = 1

  /// Draws points of another density from now on.
  mutating func draw(from content: ShellContext.Content) {
    version += 1
    drawContext = ContextID(lane: Self.drawing, version: version)
    queue.append(.context(drawContext, ShellContext(content)))
  }

  /// Draws no more of the density of before, and has none yet to take its place.
  mutating func stopDrawing() { queue.append(.done(lane: Self.drawing)) }

  /// Has prepared what is to come, with what these tasks and no others need.
  mutating func prepare(_ tasks: [ShellPiece.Task], with content: ShellContext.Content) {
    version += 1
    let context = ContextID(lane: Self.preparing, version: version)
    queue.append(.context(context, ShellContext(content)))
    for task in tasks { queue.append(.piece(piece(task, context: context))) }
    queue.append(.done(lane: Self.preparing))
  }

  /// Climbs need no context; they name one that is there.
  mutating func issue(_ climb: Climb) { queue.append(.piece(piece(.climb(climb), context: drawContext))) }

  // MARK: Absorbing

  package mutating func absorb(_ outcome: ShellOutcome, of piece: ShellPiece) {
    settle(unless: .never)
    guard out > 0 else { return }
    out -= 1
    switch piece.task {
    case .draw(let count, _, let origin):
      pointsOut -= count
      absorbDraw(outcome, from: origin)
    case .train: absorbNetwork(outcome)
    case .measure(let component, _): absorbMeasure(outcome, component: component)
    case .climb: exploration.note(peaks: outcome.peak)
    }
    follow()
  }

  /// - Parameter origin: a bound, or -1 - stage.
  private mutating func absorbDraw(_ outcome: ShellOutcome, from origin: Int) {
    guard origin < exploration.bounds.count, -1 - origin < stages.count else { return }
    points.append(outcome, origin: origin)
    for repeats in zip(outcome.logLikelihoods, outcome.again) {
      if origin < 0 {
        noiseOfStage.note([repeats.0, repeats.1])
      } else {
        noise.note([repeats.0, repeats.1])
      }
    }
    if origin < 0 {
      stages[-1 - origin].note(outcome)
      return
    }
    exploration.note(outcome, from: origin)
    guard ending == nil, phase == .exploring, plan == nil else { return }
    if exploration.isLost {
      ending = .stuck(exploration.floor.complaint)
      return
    }
    if exploration.wantsBound { due = .lookAround }
  }

  private mutating func absorbNetwork(_ outcome: ShellOutcome) {
    if phase == .fitting {
      fit?.networks += outcome.networks
      fit?.pending -= 1
      if fit?.pending == 0 { due = .layOut }
      return
    }
    plan?.networks += outcome.networks
    if let plan, plan.networks.count == plan.expected { due = .finishBound }
  }

  private mutating func absorbMeasure(_ outcome: ShellOutcome, component: Int) {
    fit?.sums[component] += outcome.volume
    fit?.pending -= 1
    if fit?.pending == 0 { due = .beginStage }
  }
}
