internal import CPosix
import Glibc

/// What a worker is doing, left in memory that outlives it, for whoever finds it dead or waits for it in vain.
///
/// The worker alone writes it, and never waits for a reader: a reader that comes in the middle of a change may see
/// the old piece with the new point, so it is asked only of workers that are dead or have long stood still.
package struct WorkerTrace: @unchecked Sendable {
  /// What a worker was doing at a moment.
  package struct Moment: Equatable, Sendable {
    /// The number of the piece.
    package var sequence: Int
    /// The point that was being evaluated; nil where the piece was at something else.
    package var point: [Double]?

    package init(sequence: Int, point: [Double]?) {
      self.sequence = sequence
      self.point = point
    }
  }

  /// Its head and the values of the point, as the handler of crashes reads them too.
  private let head: UnsafeMutablePointer<rookery_trace>
  private let values: UnsafeMutablePointer<Double>
  private let count: Int
  private let isTimed: Bool

  package static func byteCount(values: Int) -> Int {
    MemoryLayout<rookery_trace>.stride + values * MemoryLayout<Double>.stride
  }

  /// - Parameters:
  ///   - memory: zeroed, of at least `byteCount` bytes.
  ///   - isTimed: whether anybody asks when a call began.
  package init(_ memory: UnsafeMutableRawPointer, values count: Int, isTimed: Bool) {
    self.isTimed = isTimed
    head = memory.assumingMemoryBound(to: rookery_trace.self)
    values = (memory + MemoryLayout<rookery_trace>.stride).assumingMemoryBound(to: Double.self)
    self.count = count
    head.pointee.count = count
  }

  // MARK: The worker's side

  func beginPiece(_ sequence: Int) {
    head.pointee.sequence = sequence
    head.pointee.is_in_piece = 1
  }

  func endPiece() { head.pointee.is_in_piece = 0 }

  func beginCall(at point: UnsafeMutableBufferPointer<Double>) {
    if let base = point.baseAddress { values.update(from: base, count: min(count, point.count)) }
    if isTimed { head.pointee.started = wallSeconds() }
    head.pointee.is_in_call = 1
  }

  func endCall() { head.pointee.is_in_call = 0 }

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

  // MARK: The reader's side

  var moment: Moment? {
    guard head.pointee.is_in_piece != 0 else { return nil }
    return Moment(sequence: head.pointee.sequence, point: head.pointee.is_in_call != 0 ? point : nil)
  }

  /// The point of a call that began before a time; nil where none is so old.
  package func pointOfCall(before time: Double) -> [Double]? {
    head.pointee.is_in_call != 0 && head.pointee.started < time ? point : nil
  }

  private var point: [Double] { Array(UnsafeBufferPointer(start: values, count: count)) }

  func clear() {
    head.pointee.is_in_piece = 0
    head.pointee.is_in_call = 0
  }
}

/// Traces of workers in memory that is shared with processes forked later.
package final class TracePages: @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  private let stride: Int
  private let slots: Int
  private let values: Int
  private let isTimed: Bool

  package init(slots: Int, problem: Problem, guardedBy callGuard: CallGuard) throws(PoolError) {
    let values = problem.parameters.count
    isTimed = callGuard.timeout != nil
    let page = 4096
    stride = (WorkerTrace.byteCount(values: values) + page - 1) / page * page
    let flags = MAP_SHARED | MAP_ANONYMOUS
    guard let base = mmap(nil, slots * stride, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED
    else {
      throw PoolError("no memory to share with workers: \(String(cString: strerror(errno)))")
    }
    self.base = base
    self.slots = slots
    self.values = values
  }

  package subscript(slot: Int) -> WorkerTrace {
    WorkerTrace(base + slot * stride, values: values, isTimed: isTimed)
  }

  deinit { munmap(base, slots * stride) }
}
