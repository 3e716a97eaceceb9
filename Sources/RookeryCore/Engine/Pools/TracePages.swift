import Glibc

/// Traces of workers in memory that is shared with processes forked later.
package final class TracePages: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  private let length: Int
  private let traces: [WorkerTrace]
  /// How many values of a point there is room for: what is left of a page is free.
  package let capacity: Int

  /// - Parameter values: how many values points have, at the most.
  package init(slots: Int, values: Int, guardedBy callGuard: CallGuard) throws(PoolError) {
    let page = 4096
    let stride = (WorkerTrace.byteCount(values: values) + page - 1) / page * page
    let capacity = values + (stride - WorkerTrace.byteCount(values: values)) / MemoryLayout<Double>.stride
    let flags = MAP_SHARED | MAP_ANONYMOUS
    length = slots * stride
    guard let base = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED
    else {
      throw PoolError("no memory to share with workers: \(String(cString: strerror(errno)))")
    }
    self.base = base
    self.capacity = capacity
    traces = (0..<slots).map {
      WorkerTrace(base + $0 * stride, values: capacity, isTimed: callGuard.timeout != nil)
    }
  }

  package subscript(slot: Int) -> WorkerTrace { traces[slot] }

  deinit { munmap(base, length) }
}
