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

  func validate() throws(InputError) {
    func refuse(_ words: String, _ setting: SettingName) -> InputError {
      InputError("importance nested sampling: \(words)", of: setting)
    }
    if live < 10 || live > 10_000_000 { throw refuse("\(live) points; there may be 10 to 10 million", .live) }
    if !(targetEffectiveSize > 0 && targetEffectiveSize <= 1e9) {
      throw refuse("the effective size asked for is \(targetEffectiveSize); it may be up to 1e9", .targetESS)
    }
    if !(liveFraction > 0 && liveFraction < 1) {
      throw refuse("\(liveFraction) is not between 0 and 1", .init("live_fraction"))
    }
    if let remainingEvidence, !(remainingEvidence > 0) {
      throw refuse("the remaining evidence must be above 0, not \(remainingEvidence)", .dlogz)
    }
    if !(updateFraction > 0) { throw refuse("\(updateFraction) is not positive", .init("update_fraction")) }
    if !(enlargement >= 1) { throw refuse("\(enlargement) is below 1", .init("enlargement")) }
    if !(thoroughBelow >= 0 && thoroughBelow <= 1) {
      throw refuse("\(thoroughBelow) is not between 0 and 1", .init("thorough_below"))
    }
    if networks < 0 || networks > 100 {
      throw refuse("\(networks) networks; there may be 0 to 100", .networks)
    }
    if window < 1 || window > 1_000_000 {
      throw refuse("a window of \(window); it may be 1 to a million", .window)
    }
  }
}
