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

/// Finds how busy the workers of a run were and, where it matters, why not and what to change.
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
  /// Pieces that take less are not worth the way.
  private static let cheapPiece = 1e-3

  /// Nil where there is nothing to say.
  var finding: Finding? {
    let s = statistics
    guard s.workers > 1, s.wallSeconds >= Self.shortestSeconds else { return nil }
    let workers = Double(s.workers)
    if isCrowded {
      return Finding(
        "workers-share-cores", .warning, ["workers": workers, "busy": s.busy, "cores": Double(cores)])
    }
    guard s.busy < Self.good, let (cause, share) = mainCause else {
      return Finding("workers-busy", .note, ["workers": workers, "busy": s.busy])
    }
    let enough = max(1, (workers * s.busy).rounded(.up))
    switch cause {
    case .window:
      return Finding(
        "workers-wait-for-window", .note,
        ["workers": workers, "busy": s.busy, "share": share, "window": Double(s.window)],
        remedies: [.window.set(to: max(2 * s.window, 4 * s.workers))])
    case .draining:
      return Finding(
        "workers-wait-for-phase", .note,
        ["workers": workers, "busy": s.busy, "share": share, "enough": enough])
    case .driving:
      return Finding(
        "workers-wait-for-driver", .note,
        ["workers": workers, "busy": s.busy, "share": share, "enough": enough])
    case .carrying where pieceSeconds < Self.cheapPiece:
      return Finding(
        "pieces-too-cheap", .note,
        [
          "workers": workers, "busy": s.busy, "share": share, "piece_seconds": pieceSeconds, "enough": enough,
        ],
        remedies: [.pool.set(to: "serial")])
    case .carrying:
      return Finding("pieces-carried", .note, ["workers": workers, "busy": s.busy, "share": share])
    }
  }

  private enum Cause {
    case window, draining, driving, carrying
  }

  /// Why workers were idle for the most part, and which share of all time that was.
  private var mainCause: (Cause, share: Double)? {
    let total = statistics.wallSeconds * Double(statistics.workers)
    let overhead = max(0, total * (1 - statistics.busy) - idle.window - idle.draining - idle.driving)
    let causes: [(Double, Cause)] = [
      (idle.window, .window), (idle.draining, .draining), (idle.driving, .driving), (overhead, .carrying),
    ]
    return causes.max(by: { $0.0 < $1.0 }).map { ($0.1, $0.0 / total) }
  }

  /// Whether workers that compute share cores: they look busy while they wait for each other.
  private var isCrowded: Bool {
    let s = statistics
    return s.ranks == 1 && s.workers > cores && s.wallSeconds > 0
      && s.cpuSeconds / s.wallSeconds > 0.85 * Double(cores)
  }
}
