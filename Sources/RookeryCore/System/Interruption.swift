import CPosix
import Glibc
import Synchronization

/// Whether the program has been asked to stop: the number of the signal, or -1 where `stop` was called. The handler must be a C function, so
/// this is global.
private let request = Atomic<Int32>(0)
/// When a signal asked for it first, in milliseconds of the monotonic clock.
private let requestTime = Atomic<Int>(0)
/// Whether signals are another process's affair.
private let isLeftToOwner = Atomic(false)
/// How many runs are under way in this process.
private let runs = Atomic<Int>(0)
/// Within so many milliseconds a second signal is the same wish.
private let longestEcho = 2000

/// What is thrown where a stop leaves nothing to return.
public struct Interrupted: Error, Equatable, CustomStringConvertible {
  public let description: String
}

/// The wish that the program stop. It concerns the program and not one run: whichever run is under way ends with its state saved, and
/// those that are started later end at once, as interrupted, and leave their saved states as they are.
///
/// Who starts runs as calls of a library keeps its signals: no run changes what they do. A host asks for the stop by ``stop()``; a program
/// that is all about its runs has signals ask for it, as ``launch(_:)`` does.
public enum Interruption {
  private static let watched = [SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGHUP]

  /// Asks for the stop, from any thread or a signal handler.
  public static func stop() { request.store(-1, ordering: .relaxed) }

  /// Whether a stop has been asked for.
  public static var isRequested: Bool { request.load(ordering: .relaxed) != 0 }

  /// Forgets the stop: for hosts that go on to other things after it, such as notebooks.
  public static func clear() { request.store(0, ordering: .relaxed) }

  /// From now on SIGINT, SIGTERM, SIGUSR1, SIGUSR2 and SIGHUP ask for the stop, until the process ends. ``launch(_:)`` calls it; other
  /// programs in which signals mean this may.
  ///
  /// A hang-up that is ignored, as under nohup, stays so. While no run is under way a second signal ends the program, as it would
  /// without this; but not one that comes right after the first, as launchers signal a process and then its group.
  public static func heedSignals() {
    if isLeftToOwner.load(ordering: .relaxed) { return }
    for number in watched where number != SIGHUP || rookery_signal_is_ignored(number) == 0 {
      heed(number)
    }
  }

  /// From now on signals mean nothing here: in a worker, whose owner decides what they mean.
  static func leaveToOwner() { isLeftToOwner.store(true, ordering: .relaxed) }

  /// To be called at the beginning of a run, whose state a second signal must not cost.
  static func beginRun() { runs.add(1, ordering: .relaxed) }

  /// To be called at the end of a run.
  static func endRun() { runs.subtract(1, ordering: .relaxed) }

  private static func heed(_ number: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      let before = request.exchange(number, ordering: .relaxed)
      let now = Int(1000 * wallSeconds())
      if before == 0 { requestTime.store(now, ordering: .relaxed) }
      let isAnother = before != 0 && now - requestTime.load(ordering: .relaxed) > longestEcho
      guard isAnother, runs.load(ordering: .relaxed) == 0 else { return }
      rookery_default_signal(number)
      raise(number)
    }
    sigaction(number, &action, nil)
  }
}
