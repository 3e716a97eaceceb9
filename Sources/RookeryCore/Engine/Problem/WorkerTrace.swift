internal import CPosix
import Glibc

/// What a worker is doing, left in memory that outlives it, for whoever finds it dead or waits for it in vain.
///
/// The worker alone writes it, and never waits for a reader: a reader that comes in the middle of a change notices, and is told
/// nothing.
package struct WorkerTrace: @unchecked Sendable {
  /// What a worker was doing at a moment.
  package struct Moment: Equatable, Sendable {
    /// The number of the piece.
    package var sequence: Int
    /// The point that was being evaluated, of a block the first; nil where the piece was at something else.
    package var point: [Double]?
    /// How many points were being evaluated at once.
    package var rows: Int
    /// Whether the point was being tried by itself, because a worker had died there before.
    package var isTrial: Bool

    package init(sequence: Int, point: [Double]?, rows: Int = 1, isTrial: Bool = false) {
      self.sequence = sequence
      self.point = point
      self.rows = rows
      self.isTrial = isTrial
    }
  }

  /// Its head, which the values of the point follow, as the handler of crashes reads them too.
  let head: UnsafeMutablePointer<rookery_trace>
  /// How many values there is room for.
  private let capacity: Int
  private let isTimed: Bool

  package static func byteCount(values: Int) -> Int {
    MemoryLayout<rookery_trace>.stride + values * MemoryLayout<Double>.stride
  }

  /// To be made once for a worker, before anybody reads or writes: it lays the memory out.
  ///
  /// - Parameters:
  ///   - memory: zeroed, of at least `byteCount` bytes.
  ///   - isTimed: whether anybody asks when a call began.
  init(_ memory: UnsafeMutableRawPointer, values capacity: Int, isTimed: Bool) {
    self.isTimed = isTimed
    head = memory.assumingMemoryBound(to: rookery_trace.self)
    self.capacity = capacity
  }

  // MARK: The worker's side

  /// - Parameter isTrial: whether the piece is not carried out, but the point tried at which a worker died on it.
  package func beginPiece(_ sequence: Int, isTrial: Bool = false) {
    rookery_trace_begin_piece(head, isTrial ? ~sequence : sequence)
  }

  package func endPiece() { rookery_trace_end_piece(head) }

  /// - Parameters:
  ///   - point: the first of a block. Which of it is at fault is found by evaluating each by itself.
  ///   - rows: the points of the block.
  package func beginCall(at point: UnsafeMutableBufferPointer<Double>, rows: Int = 1) {
    rookery_trace_begin_call(
      head, point.baseAddress, min(point.count, capacity), rows, isTimed ? wallSeconds() : 0)
  }

  package func endCall() { rookery_trace_end_call(head) }

  // MARK: The reader's side

  /// What a worker that is dead was doing; nil where it was at nothing.
  package var lastMoment: Moment? { read().moment }

  /// What a worker is doing in a call that began before a time; nil where none is so old.
  package func callBegun(before time: Double) -> Moment? {
    let reading = read()
    return reading.isWhole && reading.isInCall && reading.started < time ? reading.moment : nil
  }

  /// The point of a call that began before a time; nil where none is so old.
  package func pointOfCall(before time: Double) -> [Double]? {
    let reading = read()
    return reading.isWhole && reading.isInCall && reading.started < time ? reading.point : nil
  }

  private struct Reading {
    var moment: Moment?
    var point: [Double]
    var isInCall: Bool
    var started: Double
    /// Whether all of it belongs together.
    var isWhole: Bool
  }

  private func read() -> Reading {
    var copy = rookery_trace()
    var isWhole = false
    let point = [Double](unsafeUninitializedCapacity: max(capacity, 1)) { room, size in
      isWhole = rookery_trace_read(head, &copy, room.baseAddress) != 0
      size = copy.count
    }
    let (isInCall, isTrial) = (copy.is_in_call != 0, copy.sequence < 0)
    let moment = Moment(
      sequence: isTrial ? ~copy.sequence : copy.sequence, point: isInCall ? point : nil, rows: copy.rows,
      isTrial: isTrial)
    return Reading(
      moment: copy.is_in_piece != 0 ? moment : nil, point: point, isInCall: isInCall, started: copy.started,
      isWhole: isWhole)
  }

  func clear() { rookery_trace_clear(head) }
}
