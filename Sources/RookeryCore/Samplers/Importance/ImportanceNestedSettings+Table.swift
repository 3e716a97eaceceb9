extension ImportanceNestedSettings: MethodSettings {
  package static let methodName = "importance"
  package static let methodAliases = ["nautilus"]
  package static let engineName = "rookery-nautilus"
  package static let methodInWords = "bounds that close in on the posterior"

  package static let table: [MethodSetting<ImportanceNestedSettings>] = [
    .init("live", \.live, saved: "live", help: "The points each bound is built around."),
    .init(
      "target_ess", \.targetEffectiveSize, saved: "targetEffectiveSize", unit: "size",
      help: "Stop at this effective sample size.", mayChangeOnResume: true),
    .init(
      "live_fraction", \.liveFraction, saved: "liveFraction", unit: "share",
      help: "Bounds are built until the live points hold no more of the evidence than this.",
      isForProgramsAlone: true),
    .init(
      "dlogz", \.remainingEvidence, saved: "remainingEvidence", unit: "nats",
      help:
        "Build bounds at least until ln(1 + evidence left / evidence so far) is below this, to find what is narrow and high within what is wide.",
      initial: "no such limit, and 0.3 where the fit turns out thin towards the highest points",
      mayChangeOnResume: true,
      inForce: { settings, _ in settings.remainingEvidence.map { short($0) } ?? "none" }),
    .init(
      "update_fraction", \.updateFraction, saved: "updateFraction", unit: "share",
      help: "A new bound is built once so many points per live point have arrived above the threshold.",
      isForProgramsAlone: true),
    .init(
      "enlargement", \.enlargement, saved: "enlargement", unit: "factor",
      help: "Each axis of every ellipsoid is this much longer than the points need.",
      isForProgramsAlone: true),
    .init(
      "networks", \.networks, saved: "networks",
      help: "Networks that share in deciding where a bound ends; 0 for ellipsoids alone."),
    .init(
      "thorough_below", \.thoroughBelow, saved: "thoroughBelow", unit: "share",
      help:
        "Where draws are worth less than this, bounds are built once more around four times the live points.",
      isForProgramsAlone: true),
    .init(
      "window", \.window, saved: "window",
      help: "Pieces of work out at once; the result depends on it, never on the pool."),
  ]
}
