/// How a nested sampling run is done.
public struct NestedSettings: Sendable, Equatable {
  /// How a new point above the threshold is found.
  public enum Explorer: String, Sendable, CaseIterable {
    /// Draws from the bound while that is the cheaper way, then local slices.
    case automatic = "auto"
    /// Independent draws from the bound.
    case uniform = "unif"
    /// Random walks of fixed length within the threshold.
    case randomWalk = "rwalk"
    /// Slices along the axes of the bound's ellipsoids, with stepping out.
    case axisSlice = "slice"
    /// Slices along random directions in the frame of the bound, with stepping out.
    case randomSlice = "rslice"
    /// Slices by turns along differences of two live points and along random directions in the frame of the bound.
    case mixture = "mixture"
    /// Slices within the ellipsoid around the chain, with jumps between ellipsoids.
    case localSlice = "local"
  }

  /// What is drawn around the live points.
  public enum Bound: String, Sendable, CaseIterable {
    /// Nothing: the unit cube.
    case none
    /// One ellipsoid.
    case single
    /// As many ellipsoids as pay.
    case multi
    /// A ball around each live point in the metric of all.
    case balls
    /// A cube around each live point in the metric of all.
    case cubes
    /// Balls within a wrapping ellipsoid, both as wide as bootstraps ask (Buchner 2016, arXiv:1407.5459).
    case friends = "mlfriends"
  }

  /// Points alive at any time: those held and those on their way.
  public var live = LivePoints.usual
  public var explorer = Explorer.automatic
  public var bound = Bound.multi
  /// How often points are left out at random to see how much wider a bound must be; nil for 20 to 5 times, the fewer the more dimensions
  /// there are, where points are drawn from the bound, and where it guides chains for 5 beside cliffs of the likelihood and else none.
  public var bootstraps: Int?
  /// By which factor the volume of the bound is made larger; nil for what the explorer needs.
  public var enlargement: Double?
  /// Stop when ln(1 + evidence left / evidence so far) falls below this; nil for when the live points no longer matter to the posterior.
  public var remainingEvidence: Double?
  /// Pieces of work out at once.
  public var window: Int?
  /// Proposals of one random walk.
  public var walkSteps: Int?
  /// Slices of one slice chain.
  public var slices: Int?
  /// How many of the lowest live points are taken off at once, for their places to be filled above the highest of them.
  public var deletions = 1
  /// Whether batches of points are added where they serve the targets best, after the first run (dynamic nested sampling).
  public var isDynamic = false
  /// Add batches until the effective sample size is this; nil for none if there is a target for the error, else the larger of 10 000 and
  /// the square of the dimension.
  public var targetEffectiveSize: Double?
  /// Add batches until the error of log Z is this.
  public var targetError: Double?
  /// Live points of one batch; nil for as many as in the first run.
  public var batch: Int?
  /// How much a batch is to serve the posterior and not the evidence, 0 to 1; nil for what the targets not yet reached ask for.
  public var posteriorShare: Double?

  public init() {}

  /// How little may be left by default at the highest likelihood found: half of the evidence, and one percent for a dynamic run, whose
  /// batches rest on the range of the first. Neither depends on the number of live points: with a remainder that grew with them, as is
  /// the habit of dynesty, more of them gave fewer effective samples. The live points' part of the posterior is looked at beside it.
  package var remainingEvidenceInForce: Double { remainingEvidence ?? (isDynamic ? 0.01 : 0.5) }
  /// A sixteenth of the live points, at least one and at least as many as are taken off at once.
  package var windowInForce: Int { window ?? max(1, live / 16, deletions) }
  package func walkSteps(dimension: Int) -> Int { walkSteps ?? dimension + 20 }
  package func slices(dimension: Int) -> Int { slices ?? LivePoints.fewestSlices(dimension: dimension) }
  package var batchInForce: Int { batch ?? live }

  func validate(dimension: Int) throws {
    guard live >= 2 * dimension, live >= 4 else {
      throw InputError(
        "\(live) live points are too few for \(dimension) dimensions; use at least \(max(4, 2 * dimension)),"
          + " better 25 a dimension", of: .live)
    }
    guard live <= 10_000_000 else {
      throw InputError("\(live) live points are more than the 10 million there may be", of: .live)
    }
    guard windowInForce >= 1, windowInForce <= live / 2 else {
      throw InputError(
        "a window of \(windowInForce) does not fit \(live) live points; it may be 1 to \(live / 2)",
        of: .window)
    }
    if let remainingEvidence, !(remainingEvidence > 0) {
      throw InputError("the remaining evidence must be above 0, not \(remainingEvidence)", of: .dlogz)
    }
    if let walkSteps, walkSteps < 1 || walkSteps > 1_000_000 {
      throw InputError("a walk may have 1 to a million steps, not \(walkSteps)", of: .walks)
    }
    if let slices, slices < 1 || slices > 1_000_000 {
      throw InputError("a chain may have 1 to a million slices, not \(slices)", of: .slices)
    }
    guard deletions >= 1, deletions <= live / 2 else {
      throw InputError(
        "of \(live) live points 1 to \(live / 2) can be taken off at once, not \(deletions)", of: .deletions)
    }
    try validateBound()
    try validateTargets(dimension: dimension)
  }

  private func validateBound() throws {
    if let bootstraps, bootstraps < 0 || bootstraps > 10_000 {
      throw InputError("there may be 0 to 10 000 bootstraps, not \(bootstraps)", of: .bootstrap)
    }
    if let enlargement, !(enlargement >= 1 && enlargement < 1e9) {
      throw InputError(
        "the volume of a bound can be made 1 to 1e9 times larger, not \(enlargement)", of: .enlarge)
    }
    if bound == .none, enlargement != nil || bootstraps != nil {
      throw InputError(
        "\(SettingName.bound.set(to: bound.rawValue)) has nothing to widen; leave these out", of: .enlarge,
        .bootstrap)
    }
  }

  private func validateTargets(dimension: Int) throws {
    if !isDynamic {
      let ofBatches: [(SettingName, Bool)] = [
        (.targetESS, targetEffectiveSize != nil), (.targetError, targetError != nil), (.batch, batch != nil),
        (.posteriorShare, posteriorShare != nil),
      ]
      if let needless = ofBatches.first(where: \.1)?.0 {
        throw InputError("\(needless) belongs to a dynamic run", of: .dynamic)
      }
    }
    if let targetEffectiveSize, !(targetEffectiveSize > 0 && targetEffectiveSize < 1e9) {
      throw InputError(
        "the effective sample size to reach must be above 0 and below 1e9, not \(targetEffectiveSize)",
        of: .targetESS)
    }
    if let targetError, !(targetError > 1e-4) {
      throw InputError(
        "the error of log Z to reach must be above 0.0001, not \(targetError)", of: .targetError)
    }
    if let posteriorShare, !(posteriorShare >= 0 && posteriorShare <= 1) {
      throw InputError(
        "the posterior share lies between 0 and 1, not at \(posteriorShare)", of: .posteriorShare)
    }
    if let batch, batch < max(4, windowInForce) || batch > 10_000_000 {
      throw InputError(
        "a batch may have \(max(4, windowInForce)) to 10 million live points, not \(batch)", of: .batch)
    }
  }
}
