import Glibc

/// Traces of workers in memory that is shared with processes forked later.
package final class TracePages: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  private let length: Int
  private let traces: [WorkerTrace]

  package init(slots: Int, problem: Problem, guardedBy callGuard: CallGuard) throws(PoolError) {
    let values = problem.parameters.count
    let page = 4096
    let stride = (WorkerTrace.byteCount(values: values) + page - 1) / page * page
    let flags = MAP_SHARED | MAP_ANONYMOUS
    length = slots * stride
    guard let base = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED
    else {
      throw PoolError("no memory to share with workers: \(String(cString: strerror(errno)))")
    }
    self.base = base
    traces = (0..<slots).map {
      WorkerTrace(base + $0 * stride, values: values, isTimed: callGuard.timeout != nil)
    }
  }

  package subscript(slot: Int) -> WorkerTrace { traces[slot] }

  deinit { munmap(base, length) }
}
