/// The words of findings about a run that is under way, in the spelling of settings that their reader types.
extension Finding {
  /// How busy the workers were; nil for all other findings.
  package var sentenceOfWorkers: String? {
    let start = "\(whole("workers")) workers were busy \(percent("busy")) of the time"
    func because(_ cause: String) -> String { "\(start); \(percent("share")) of it \(cause)" }
    switch code {
    case "workers-busy": return start
    case "workers-share-cores":
      let cores = whole("cores")
      return start
        + ", but they shared \(cores) core\(cores == "1" ? "" : "s"): \(cores) of them would be as fast"
    case "workers-wait-for-window":
      return because(
        "they waited because all \(whole("window")) pieces of the window were out: \(remedy(.window)) keeps more of "
          + "them busy, for somewhat more calls (and other, equally good bits)")
    case "workers-wait-for-phase":
      return because(
        "they waited for the last pieces of a phase, before which the sampler asks for no more: "
          + "\(fewerWorkers) would take hardly longer; more live points keep more of them busy")
    case "workers-wait-for-driver":
      return because(
        "they waited for the driver's own work (bounds, training data) between outcomes: \(fewerWorkers) would take hardly longer"
      )
    case "pieces-too-cheap":
      return because(
        "went into carrying pieces that take \(shortDuration(number("piece_seconds") ?? .nan)) each: the likelihood is too cheap to share; "
          + "\(fewerWorkers) or \(remedy(.pool)) would take hardly longer")
    case "pieces-carried": return because("went into carrying pieces to and fro: see rookery doctor")
    default: return nil
    }
  }

  /// What went wrong on the way, which is also said at once; nil for all other findings.
  package var sentenceOfTroubles: String? {
    switch code {
    case "silent-worker":
      return "\(whole("workers")) of the workers gave no sign of life; the run waited for them"
    case "no-checkpoint": return "a state of the run could not be kept; the one before it stayed"
    default: return nil
    }
  }

  private var fewerWorkers: String {
    let enough = whole("enough")
    return "\(enough) worker\(enough == "1" ? "" : "s")"
  }

  private func remedy(_ setting: SettingName) -> String {
    "\(remedies.first { $0.key == setting.key } ?? setting)"
  }

  private func whole(_ name: String) -> String {
    number(name).map { $0.isFinite ? "\(Int(saturating: $0))" : "?" } ?? "?"
  }

  private func percent(_ name: String) -> String {
    number(name).map { $0.isFinite ? "\(Int(saturating: (100 * $0).rounded())) %" : "?" } ?? "?"
  }
}
