/// Where the time of idle workers went, in seconds summed over workers.
struct IdleCauses {
  /// The window was full: the oldest outcome was awaited.
  var window = 0.0
  /// The sampler had no more to ask for before what was out had come back, as at the end of a phase.
  var draining = 0.0
  /// The driver was at work of its own between two outcomes: bounds, networks' data, checkpoints.
  var driving = 0.0

  /// Counts what came to be between two moments, of which the second ended a wait for an outcome.
  mutating func add(_ now: IdleTime, since before: IdleTime, isWindowFull: Bool) {
    if isWindowFull {
      window += now.waiting - before.waiting
    } else {
      draining += now.waiting - before.waiting
    }
    driving += now.driving - before.driving
  }
}

/// Says in one line how busy the workers of a run were and, where it matters, why not and what to change.
struct BusyAdvice {
  let statistics: RunStatistics
  let idle: IdleCauses
  /// The mean wall time of a piece of work.
  let pieceSeconds: Double
  /// How many cores the workers of this machine may use.
  let cores: Int

  /// Shorter runs are over before anybody could have waited for them.
  private static let shortestSeconds = 1.0
  /// What is as good as can be expected.
  private static let good = 0.85

  /// The line; nil where there is nothing to say.
  var line: String? {
    let s = statistics
    guard s.workers > 1, s.wallSeconds >= Self.shortestSeconds else { return nil }
    let total = s.wallSeconds * Double(s.workers)
    let text = "\(s.workers) workers were busy \(percent(s.busy)) of the time"
    if let crowding { return text + ", but " + crowding }
    guard s.busy < Self.good else { return text }
    let overhead = max(0, total * (1 - s.busy) - idle.window - idle.draining - idle.driving)
    let causes = [
      (idle.window, windowAdvice), (idle.draining, drainingAdvice), (idle.driving, drivingAdvice),
      (overhead, overheadAdvice),
    ]
    guard let (seconds, advice) = causes.max(by: { $0.0 < $1.0 }) else { return text }
    return text + "; \(percent(seconds / total)) of it " + advice
  }

  private var windowAdvice: String {
    let window = max(2 * statistics.window, 4 * statistics.workers)
    return
      "they waited because all \(statistics.window) pieces of the window were out: \(SettingName.window.set(to: window)) keeps more of "
      + "them busy, for somewhat more calls (and other, equally good bits)"
  }

  private var drainingAdvice: String {
    "they waited for the last pieces of a phase, before which the sampler asks for no more: "
      + "\(fewerWorkers) would take hardly longer; more live points keep more of them busy"
  }

  private var drivingAdvice: String {
    "they waited for the driver's own work (bounds, training data) between outcomes: \(fewerWorkers) would take hardly longer"
  }

  private var overheadAdvice: String {
    if pieceSeconds < 1e-3 {
      return
        "went into carrying pieces that take \(shortDuration(pieceSeconds)) each: the likelihood is too cheap to share; "
        + "\(fewerWorkers) or \(SettingName.pool.set(to: "serial")) would take hardly longer"
    }
    return "went into carrying pieces to and fro: see rookery doctor"
  }

  /// What is wrong where workers that compute share cores: they look busy while they wait for each other.
  private var crowding: String? {
    let s = statistics
    guard s.ranks == 1, s.workers > cores, s.wallSeconds > 0,
      s.cpuSeconds / s.wallSeconds > 0.85 * Double(cores)
    else { return nil }
    return "they shared \(cores) core\(cores == 1 ? "" : "s"): \(cores) of them would be as fast"
  }

  private var fewerWorkers: String {
    let enough = max(1, Int((Double(statistics.workers) * statistics.busy).rounded(.up)))
    return "\(enough) worker\(enough == 1 ? "" : "s")"
  }

  private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
}
