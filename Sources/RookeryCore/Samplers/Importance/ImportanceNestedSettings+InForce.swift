extension ImportanceNestedSettings {
  /// The options as they are typed, with the values in force; what has no option by its name in programs.
  package var optionsInForce: [Provenance.Setting] {
    [
      ("--live", "\(live)"), ("--target-ess", short(targetEffectiveSize)), ("--networks", "\(networks)"),
      ("--window", "\(window)"), ("--dlogz", remainingEvidence.map(short) ?? "none"),
      ("liveFraction", short(liveFraction)),
      ("updateFraction", short(updateFraction)), ("enlargement", short(enlargement)),
      ("thoroughBelow", short(thoroughBelow)),
    ].map { Provenance.Setting($0.0, $0.1) }
  }
}
