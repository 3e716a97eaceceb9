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

/// Says at which point a likelihood crashed where the crash is the end of this process: on the driver's own thread,
/// on its threads, and on MPI ranks. Worker processes need none: their driver reports them.
package final class CrashReport {
  private let crash: UnsafeMutablePointer<rookery_crash>
  private let count: Int
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

  /// Names what the calling thread leaves of its doings, or nothing any more.
  static func setTraceOfThisThread(_ head: UnsafeMutablePointer<rookery_trace>?) {
    pthread_setspecific(traceKey, head)
  }
}
