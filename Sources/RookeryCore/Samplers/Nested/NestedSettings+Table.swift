extension NestedSettings.Explorer: SettingRepresentable {}
extension NestedSettings.Bound: SettingRepresentable {}

extension NestedSettings: MethodSettings {
  package static let methodName = "nested"
  package static let methodAliases = ["dynesty"]
  package static let engineName = "rookery-dynesty"
  package static let methodInWords = "nested sampling with live points"

  /// A target or a batch of its own is a wish for batches.
  package mutating func complete(given keys: Set<String>) {
    let dynamic: [SettingName] = [.targetESS, .targetError, .batch, .posteriorShare]
    if dynamic.contains(where: { keys.contains($0.key) }) { isDynamic = true }
  }

  private static let left = NestedSettings().remainingEvidenceInForce
  private static let chosen = "chosen by the method"

  package static let table: [MethodSetting<NestedSettings>] = points + chains + batches

  private static let points: [MethodSetting<NestedSettings>] = [
    .init("live", \.live, saved: "live", help: "Live points."),
    .init(
      "explorer", \.explorer, saved: "explorer", help: "How new points are found.",
      initial: "\(Explorer.automatic.rawValue), draws from the bound while that is cheaper, then local slices"
    ),
    .init(
      "bound", \.bound, saved: "bound", help: "What is drawn around the live points.",
      initial: "\(Bound.multi.rawValue), as many ellipsoids as pay"),
    .init(
      "bootstrap", \.bootstraps, saved: "bootstraps",
      help: "How often points are left out to see how much wider a bound must be.",
      initial:
        "20 in few dimensions and 5 in many where points are drawn from it, 0 where it only guides chains, or 5 beside cliffs of the likelihood",
      inForce: { settings, _ in settings.bootstraps.map { "\($0)" } ?? Self.chosen }),
    .init(
      "enlarge", \.enlargement, saved: "enlargement", unit: "factor",
      help: "By which factor the volume of a bound is made larger.", initial: "what the explorer needs",
      inForce: { settings, _ in settings.enlargement.map { short($0) } ?? Self.chosen }),
  ]

  private static let chains: [MethodSetting<NestedSettings>] = [
    .init(
      "dlogz", \.remainingEvidence, saved: "remainingEvidence", unit: "nats",
      help: "Stop when ln(1 + evidence left / evidence so far) is below this.",
      initial: "\(left), and when the live points matter little to the posterior; 0.01 for a dynamic run",
      mayChangeOnResume: true,
      inForce: { settings, _ in short(settings.remainingEvidenceInForce) }),
    .init(
      "window", \.window, saved: "window",
      help: "Pieces of work out at once; the result depends on it, never on the pool.",
      initial: "\(NestedSettings().windowInForce), a sixteenth of the live points",
      inForce: { settings, _ in "\(settings.windowInForce)" }),
    .init(
      "walks", \.walkSteps, saved: "walkSteps", help: "Proposals of one random walk.",
      initial: "20 more than dimensions",
      inForce: { settings, dimension in "\(settings.walkSteps(dimension: dimension))" }),
    .init(
      "slices", \.slices, saved: "slices", help: "Slices of one slice chain.",
      initial: "about as many as dimensions, and more where chains get on badly",
      inForce: { settings, dimension in
        settings.slices.map { "\($0)" }
          ?? "from \(settings.slices(dimension: dimension)), as chains get on"
      }),
    .init(
      "deletions", \.deletions, saved: "deletions",
      help: "How many of the lowest live points are replaced at once."),
  ]

  /// What a run that adds batches has beside.
  private static let batches: [MethodSetting<NestedSettings>] = [
    .init(
      "dynamic", \.isDynamic, saved: "isDynamic",
      help: "Add batches of points where they serve the targets best.", mayChangeOnResume: true,
      inForce: { settings, _ in settings.isDynamic ? "yes" : nil }),
    .init(
      "target_ess", \.targetEffectiveSize, saved: "targetEffectiveSize", unit: "size",
      help: "Stop at this effective sample size; it makes the run dynamic.",
      initial: "none, or 10000 for a dynamic run", mayChangeOnResume: true,
      inForce: { settings, _ in settings.inWords(settings.targetEffectiveSize, or: "none") }),
    .init(
      "target_error", \.targetError, saved: "targetError", unit: "error",
      help: "The error of log Z at which a dynamic run stops.", initial: "none", mayChangeOnResume: true,
      inForce: { settings, _ in settings.inWords(settings.targetError, or: "none") }),
    .init(
      "batch", \.batch, saved: "batch", help: "Live points of one batch of a dynamic run.",
      initial: "as many as there are live points", mayChangeOnResume: true,
      inForce: { settings, _ in settings.isDynamic ? "\(settings.batchInForce)" : nil }),
    .init(
      "posterior_share", \.posteriorShare, saved: "posteriorShare", unit: "share",
      help: "How much batches serve the posterior and not the evidence, 0 to 1.",
      initial: "what the targets ask for", mayChangeOnResume: true,
      inForce: { settings, _ in settings.inWords(settings.posteriorShare, or: Self.chosen) }),
  ]

  /// A number that has a say in dynamic runs alone.
  private func inWords(_ number: Double?, or words: String) -> String? {
    isDynamic ? number.map { short($0) } ?? words : nil
  }
}
