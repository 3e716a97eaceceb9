import CPosix
import Glibc
import Synchronization

/// The signal that asked this process to stop, if one did. The handler must be a C function, so this is global.
private let raisedSignal = Atomic<Int32>(0)

/// Turns signals that ask a program to end into a value that a run looks at between two pieces of work.
struct StopSignals {
  private static let watched = [SIGINT, SIGTERM, SIGUSR1, SIGUSR2]
  private let previous: [sigaction]

  init() {
    raisedSignal.store(0, ordering: .relaxed)
    previous = Self.watched.map { number in
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { raisedSignal.store($0, ordering: .relaxed) }
      var old = sigaction()
      sigaction(number, &action, &old)
      return old
    }
  }

  var raised: Int32? {
    let signal = raisedSignal.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  func restore() {
    for (number, var action) in zip(Self.watched, previous) { sigaction(number, &action, nil) }
  }
}
