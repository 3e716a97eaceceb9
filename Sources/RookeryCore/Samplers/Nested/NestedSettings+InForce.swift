extension NestedSettings {
  /// The options as they are typed, with the values in force for so many dimensions.
  package func optionsInForce(dimension: Int) -> [Provenance.Setting] {
    let chosen = "chosen by the method"
    var options: [(String, String)] = [
      ("--live", "\(live)"), ("--explorer", explorer.rawValue), ("--bound", bound.rawValue),
      ("--dlogz", short(remainingEvidenceInForce)), ("--window", "\(windowInForce)"),
      ("--slices", slices.map { "\($0)" } ?? "from \(slices(dimension: dimension)), as chains get on"),
      ("--walks", "\(walkSteps(dimension: dimension))"), ("--deletions", "\(deletions)"),
      ("--bootstrap", bootstraps.map { "\($0)" } ?? chosen), ("--enlarge", enlargement.map(short) ?? chosen),
    ]
    if isDynamic {
      options += [
        ("--dynamic", "yes"), ("--batch", "\(batchInForce)"),
        ("--target-ess", targetEffectiveSize.map(short) ?? "none"),
        ("--target-error", targetError.map(short) ?? "none"),
        ("--posterior-share", posteriorShare.map(short) ?? chosen),
      ]
    }
    return options.map { Provenance.Setting($0.0, $0.1) }
  }
}
