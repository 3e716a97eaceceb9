/// What importance nested sampling is asked for. The defaults are measured ones.
public struct ImportanceNestedSettings: Sendable, Equatable {
  /// How many of the best points each bound is built around. More find more modes and narrower ones, and cost
  /// calls in proportion while bounds are built.
  public var live = 400
  /// Stop once the posterior sample is worth so many independent points (Kish).
  public var targetEffectiveSize = 10_000.0
  /// Bounds are built until the live points hold no more than this fraction of the evidence.
  public var liveFraction = 0.2
  /// Bounds are built at least until ln(1 + evidence left / evidence so far) is below this, were the likelihood in all of the innermost bound
  /// as high as the highest found; nil for as long as `liveFraction` says. A small number looks for what is narrow and high in the middle
  /// of what is wide.
  public var remainingEvidence: Double?
  package var remainingEvidenceInForce: Double { remainingEvidence ?? .infinity }
  /// A new bound is built once this many points per live point have arrived above the threshold.
  public var updateFraction = 0.6
  /// Each axis of every ellipsoid is this much longer than the points need.
  public var enlargement = 1.25
  /// Networks that share in deciding where a bound ends; with none it is ellipsoids alone.
  public var networks = 2
  /// Where the fitted density draws with a lower efficiency than this (effective points a draw), bounds are built once more, around
  /// four times the live points; 0 for never.
  public var thoroughBelow = 0.5
  /// Points drawn and not yet absorbed. What is out when a new bound comes was drawn from the old one: twice
  /// as many cost a sixth more calls while bounds are built.
  public var window = 64

  public init() {}

  var complaint: String? {
    if live < 10 || live > 10_000_000 { return "live is \(live); it may be 10 to 10 million points" }
    if !(targetEffectiveSize > 0 && targetEffectiveSize <= 1e9) {
      return "the effective size asked for is \(targetEffectiveSize); it may be up to 1e9"
    }
    if !(liveFraction > 0 && liveFraction < 1) {
      return "liveFraction is \(liveFraction), not between 0 and 1"
    }
    if let remainingEvidence, !(remainingEvidence > 0) {
      return "the remaining evidence must be above 0, not \(remainingEvidence)"
    }
    if !(updateFraction > 0) { return "updateFraction is \(updateFraction), not positive" }
    if !(enlargement >= 1) { return "enlargement is \(enlargement), below 1" }
    if !(thoroughBelow >= 0 && thoroughBelow <= 1) {
      return "thoroughBelow is \(thoroughBelow), not between 0 and 1"
    }
    if networks < 0 || networks > 100 { return "networks is \(networks); it may be 0 to 100" }
    if window < 1 || window > 1_000_000 { return "window is \(window); it may be 1 to a million" }
    return nil
  }
}
