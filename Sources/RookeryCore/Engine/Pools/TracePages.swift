internal import CPosix
import Glibc

/// Traces of workers in memory that is shared with processes forked later.
package final class TracePages: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  private let length: Int
  private let traces: [WorkerTrace]
  /// What processes that were not forked from this one open them by; negative where none can.
  let file: Int32
  /// How many values of a point there is room for: what is left of a page is free.
  package let capacity: Int

  var slots: Int { traces.count }

  /// - Parameters:
  ///   - values: how many values points have, at the most.
  ///   - forStrangers: whether processes that are not forked from this one are to open them.
  package init(
    slots: Int, values: Int, guardedBy callGuard: CallGuard, forStrangers: Bool = false
  ) throws(PoolError) {
    let page = 4096
    let stride = (WorkerTrace.byteCount(values: values) + page - 1) / page * page
    capacity = values + (stride - WorkerTrace.byteCount(values: values)) / MemoryLayout<Double>.stride
    length = slots * stride
    file = forStrangers ? rookery_memory_file() : -1
    if forStrangers, file < 0 || ftruncate(file, length) != 0 { throw Self.failure }
    let memory = try Self.map(length, file: file)
    base = memory
    traces = (0..<slots).map { [capacity] in
      WorkerTrace(memory + $0 * stride, values: capacity, isTimed: callGuard.timeout != nil)
    }
  }

  /// Those that another process has laid out with as much room.
  init(opening file: Int32, slots: Int, values: Int) throws(PoolError) {
    self.file = -1
    capacity = values
    let stride = WorkerTrace.byteCount(values: values)
    length = slots * stride
    let memory = try Self.map(length, file: file)
    base = memory
    // Who opens them is no reader, and writes the time of each call in case it is asked for.
    traces = (0..<slots).map {
      WorkerTrace(memory + $0 * stride, values: values, isTimed: true)
    }
  }

  private static func map(_ length: Int, file: Int32) throws(PoolError) -> UnsafeMutableRawPointer {
    let flags = file < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED
    guard let base = mmap(nil, length, PROT_READ | PROT_WRITE, flags, file, 0), base != MAP_FAILED
    else { throw failure }
    return base
  }

  private static var failure: PoolError {
    PoolError("no memory to share with workers: \(String(cString: strerror(errno)))")
  }

  package subscript(slot: Int) -> WorkerTrace { traces[slot] }

  deinit {
    munmap(base, length)
    if file >= 0 { Glibc.close(file) }
  }
}
