/// How a nested sampling run is done.
public struct NestedSettings: Sendable, Equatable {
  /// How a new point above the threshold is found.
  public enum Explorer: String, Sendable, CaseIterable {
    /// Draws from the bound while that is the cheaper way, then slice chains.
    case automatic = "auto"
    /// Independent draws from the bound.
    case uniform = "unif"
    /// Random walks of fixed length within the threshold.
    case randomWalk = "rwalk"
    /// Slices along random directions in the frame of the bound.
    case slice = "rslice"
  }

  /// Points alive at any time: those held and those on their way.
  public var live = 500
  public var explorer = Explorer.automatic
  /// Stop when ln(1 + evidence left / evidence so far) falls below this.
  public var remainingEvidence: Double?
  /// Pieces of work out at once.
  public var window: Int?
  /// Proposals of one random walk.
  public var walkSteps: Int?
  /// Slices of one slice chain.
  public var slices: Int?

  public init() {}

  /// 0.001 (live - 1) + 0.01, the habit of dynesty: the points still alive then carry the rest well enough.
  package var remainingEvidenceInForce: Double { remainingEvidence ?? 1e-3 * Double(live - 1) + 0.01 }
  /// A sixteenth of the live points, at least one.
  package var windowInForce: Int { window ?? max(1, live / 16) }
  package func walkSteps(dimension: Int) -> Int { walkSteps ?? dimension + 20 }
  package func slices(dimension: Int) -> Int { slices ?? max(3 * dimension / 2, 4) }

  func validate(dimension: Int) throws {
    guard live >= 2 * dimension, live >= 4 else {
      throw InputError(
        "\(live) live points are too few for \(dimension) dimensions; use at least \(max(4, 2 * dimension))"
          + " (--live), better 25 a dimension")
    }
    guard live <= 10_000_000 else {
      throw InputError("\(live) live points are more than the 10 million there may be")
    }
    guard windowInForce >= 1, windowInForce <= live / 2 else {
      throw InputError(
        "a window of \(windowInForce) does not fit \(live) live points; it may be 1 to \(live / 2) (--window)"
      )
    }
    if let remainingEvidence, !(remainingEvidence > 0) {
      throw InputError("the remaining evidence must be above 0, not \(remainingEvidence)")
    }
    if let walkSteps, walkSteps < 1 || walkSteps > 1_000_000 {
      throw InputError("a walk may have 1 to a million steps, not \(walkSteps)")
    }
    if let slices, slices < 1 || slices > 1_000_000 {
      throw InputError("a chain may have 1 to a million slices, not \(slices)")
    }
  }
}
