internal import CPosix
import Glibc
import Synchronization

/// What the handler of crashes reads: the address of a `rookery_crash`, or 0. It must be a C function, so this is global.
private let crashAddress = Atomic<UInt>(0)
/// The thread-specific value that holds the trace of a thread.
private let traceKey = {
  var key = pthread_key_t()
  pthread_key_create(&key, nil)
  return key
}()

/// Registers once what is done when the program is left by `exit`.
private let exitIsWatched: Bool =
  rookery_on_exit { status, _ in CrashReport.reportExit(status: status) } == 0

/// Says at which point a likelihood crashed, or left the program, where that is the end of this process: on the driver's own
/// thread, on its threads, and on MPI ranks. Worker processes need none: their driver reports them.
package final class CrashReport {
  private let crash: UnsafeMutablePointer<rookery_crash>
  private let count: Int
  /// The process that reports, and not those forked from it.
  private static let process = Atomic<pid_t>(0)
  /// Whether this is the one that reports: of several runs at once in a program, the first.
  private let isInstalled: Bool

  /// - Parameters:
  ///   - place: what this process is called; empty where there is but one.
  ///   - ends: whether the process ends at once, without what handled crashes before, such as the backtraces of the
  ///     Swift runtime. Of many ranks those would bury the message.
  package init(_ problem: Problem, place: String, ends: Bool) {
    count = problem.parameters.count
    crash = .allocate(capacity: 1)
    crash.initialize(to: rookery_crash())
    crash.pointee.place = strdup(place)
    crash.pointee.names = .allocate(capacity: count)
    for i in 0..<count { crash.pointee.names[i] = strdup(printable(problem.parameters[i].name)) }
    crash.pointee.ends = ends ? 1 : 0
    _ = traceKey
    isInstalled =
      crashAddress.compareExchange(
        expected: 0, desired: UInt(bitPattern: crash), ordering: .sequentiallyConsistent
      ).exchanged
    guard isInstalled else { return }
    Self.process.store(getpid(), ordering: .relaxed)
    _ = exitIsWatched
    rookery_handle_crashes(crash) { number in
      let trace = pthread_getspecific(traceKey)
      guard
        let crash = UnsafePointer<rookery_crash>(bitPattern: crashAddress.load(ordering: .relaxed))
      else { return }
      rookery_report_crash(
        crash, trace.map { UnsafePointer($0.assumingMemoryBound(to: rookery_trace.self)) }, number)
    }
  }

  /// To be called once, at the end.
  package func stop() {
    if isInstalled {
      rookery_restore_crash_handlers(crash)
      crashAddress.store(0, ordering: .sequentiallyConsistent)
    }
    for i in 0..<count { free(crash.pointee.names[i]) }
    crash.pointee.names.deallocate()
    free(crash.pointee.place)
    crash.deallocate()
  }

  /// Where the calling thread is in a piece of work, for a thread that leaves the program: "at x = 1" or so; nil where it is in none.
  package static var whereThisThreadIs: String? {
    guard process.load(ordering: .relaxed) == getpid(), let pointer = pthread_getspecific(traceKey),
      let crash = UnsafePointer<rookery_crash>(bitPattern: crashAddress.load(ordering: .relaxed))
    else { return nil }
    let head = pointer.assumingMemoryBound(to: rookery_trace.self)
    guard head.pointee.is_in_piece != 0 else { return nil }
    guard head.pointee.is_in_call != 0 else { return "outside of the likelihood" }
    let values = UnsafeRawPointer(head + 1).assumingMemoryBound(to: Double.self)
    return "at "
      + (0..<head.pointee.count).map { i in
        "\(crash.pointee.names[i].map { String(cString: $0) } ?? "") = \(values[i])"
      }.joined(separator: ", ")
  }

  /// A likelihood that leaves the program has failed, whatever code it leaves with. Ranks have a report of their own, for their
  /// launcher must be told.
  fileprivate static func reportExit(status: Int32) {
    guard let place = whereThisThreadIs,
      let crash = UnsafePointer<rookery_crash>(bitPattern: crashAddress.load(ordering: .relaxed)),
      crash.pointee.ends == 0
    else { return }
    put(
      "rookery: error: the likelihood failed: it left the program with exit code \(status); \(place)\n",
      to: STDERR_FILENO)
    fflush(nil)
    _exit(1)
  }

  /// Names what the calling thread leaves of its doings, or nothing any more.
  static func setTraceOfThisThread(_ head: UnsafeMutablePointer<rookery_trace>?) {
    pthread_setspecific(traceKey, head)
  }
}

extension WorkerTrace {
  /// Makes a crash of the calling thread show this trace, where a ``CrashReport`` has been asked for.
  package func watchThisThread() {
    head.pointee.stack = rookery_add_signal_stack()
    CrashReport.setTraceOfThisThread(head)
  }

  /// To be called by the thread that called `watchThisThread`.
  package func stopWatchingThisThread() {
    CrashReport.setTraceOfThisThread(nil)
    rookery_remove_signal_stack(head.pointee.stack)
    head.pointee.stack = nil
  }
}
