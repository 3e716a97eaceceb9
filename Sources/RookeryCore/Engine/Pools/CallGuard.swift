/// What is done about a point at which the likelihood has crashed its worker, or has not returned, twice.
public enum CrashPolicy: String, CaseIterable, Sendable {
  /// The run stops, with the parameters in its message.
  case stop
  /// The point counts as one of zero likelihood, and the run goes on.
  case refuse
}

/// How a run guards itself against a likelihood that does not come back.
package struct CallGuard: Sendable, Equatable {
  /// How long one call may take, in seconds.
  package var timeout: Double?
  package var onCrash = CrashPolicy.stop
  /// How long a worker may give no sign of life, in seconds.
  package var silenceTimeout: Double?

  package init(timeout: Double? = nil, onCrash: CrashPolicy = .stop, silenceTimeout: Double? = nil) {
    self.timeout = timeout
    self.onCrash = onCrash
    self.silenceTimeout = silenceTimeout
  }

  /// How long after a call should have come back a worker that could say so may be silent.
  private static let graceSeconds = 10.0

  /// How long a worker may give no sign of life where anything is asked of it; else nil.
  package var silenceLimit: Double? {
    [silenceTimeout, timeout.map { $0 + Self.graceSeconds }].compactMap(\.self).min()
  }

  /// Whether only workers that can be ended and replaced will do.
  package var needsProcesses: Bool { timeout != nil || onCrash == .refuse }

  /// Throws where a pool is asked for what it cannot do, for it cannot replace its workers.
  ///
  /// - Parameter watches: whether it can tell that a call takes too long.
  package func refuseWhatNeedsProcesses(_ pool: String, watches: Bool) throws(InputError) {
    let isRefused = onCrash == .refuse || timeout != nil && !watches
    if isRefused { Launcher.letRankZeroSpeakFirst() }
    if onCrash == .refuse {
      throw InputError(
        "pool \(pool) cannot refuse points at which the likelihood crashes, for such a crash is the program's end: "
          + "use pool processes:N")
    }
    if isRefused {
      throw InputError("pool \(pool) cannot end a call that takes too long: use pool processes:N")
    }
  }

  /// How often to look for calls that take too long.
  var lookSeconds: Double { timeout.map { min(max($0 / 10, 1e-3), 0.1) } ?? .infinity }

  package static func describe(timeout: Double) -> String {
    "a call did not return within \(Float(timeout)) s"
  }
}
