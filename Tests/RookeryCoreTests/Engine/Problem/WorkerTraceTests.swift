import RookeryCore
import Synchronization
import Testing

struct WorkerTraceTests {
  /// Whoever looks at a worker that is at work sees a point whole, and the piece that it belongs to, or nothing.
  @Test(.timeLimit(.minutes(10))) func readersSeeWholePoints() throws {
    let dimension = 40
    let pages = try TracePages(slots: 1, values: dimension, guardedBy: CallGuard(timeout: 1))
    let isDone = Atomic(false)
    let writer = try WorkerThread(serve: { _ in
      let trace = pages[0]
      withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { point in
        var number = 0
        while !isDone.load(ordering: .relaxed) {
          number += 1
          point.initialize(repeating: Double(number))
          trace.beginPiece(number)
          trace.beginCall(at: point)
          // Long enough to be looked at, short enough that many looks last into the next change.
          for _ in 0..<50 where isDone.load(ordering: .relaxed) { break }
          trace.endCall()
          trace.endPiece()
        }
      }
    }) { _ in }
    var (seen, torn) = (0, 0)
    for _ in 0..<50_000_000 where seen < 20_000 {
      guard let moment = pages[0].callBegun(before: .infinity), let point = moment.point else { continue }
      seen += 1
      if !point.allSatisfy({ $0 == Double(moment.sequence) }) { torn += 1 }
    }
    isDone.store(true, ordering: .relaxed)
    writer.close(isStuck: false)
    #expect(seen > 0 && torn == 0)
  }

  @Test func callsThatHaveJustBegunAreNotOverdue() throws {
    let pages = try TracePages(slots: 1, values: 1, guardedBy: CallGuard(timeout: 1))
    var point = [0.5]
    pages[0].beginPiece(3)
    point.withUnsafeMutableBufferPointer { pages[0].beginCall(at: $0) }
    #expect(pages[0].callBegun(before: wallSeconds() - 1000) == nil)
    #expect(pages[0].callBegun(before: .infinity) == .init(sequence: 3, point: [0.5]))
    pages[0].endCall()
    #expect(pages[0].callBegun(before: .infinity) == nil)
    #expect(pages[0].lastMoment == .init(sequence: 3, point: nil))
    pages[0].beginPiece(4, isTrial: true)
    #expect(pages[0].lastMoment == .init(sequence: 4, point: nil, isTrial: true))
    pages[0].endPiece()
    #expect(pages[0].lastMoment == nil)
  }
}
