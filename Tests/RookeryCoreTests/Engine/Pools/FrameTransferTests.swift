import Foundation
import Testing

@testable import RookeryCore

@Suite struct FrameTransferTests {
  private func pair() throws -> (FrameSocket, FrameSocket) {
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    return (FrameSocket(descriptor: ends[0]), FrameSocket(descriptor: ends[1]))
  }

  private func frame(_ count: Int, _ start: Int) -> [UInt8] { (0..<count).map { UInt8(($0 + start) % 251) } }

  /// Short ones together, one longer than what is read at once, and an empty one.
  @Test func framesComeWholeAndInOrder() throws {
    let (a, b) = try pair()
    let frames = [frame(3, 1), frame(0, 0), frame(8192, 5), frame(8193, 6), frame(1, 9), frame(60_000, 7)]
    var received: [[UInt8]] = []
    for frame in frames { a.enqueue(frame) }
    while received.count < frames.count {
      a.flush(waits: false)
      _ = b.read(waits: false)
      while let frame = try b.takeFrame() { received.append(frame) }
    }
    #expect(received == frames && !a.hasOutput)
    #expect(b.read(waits: false) == .none)
  }

  @Test func framesLongerThanTheBuffersOfTheSystemGoInPieces() throws {
    let (a, b) = try pair()
    let long = frame(5_000_000, 3)
    a.enqueue(long)
    a.enqueue([7])
    a.flush(waits: false)
    #expect(a.hasOutput)
    var received: [[UInt8]] = []
    while received.count < 2 {
      a.flush(waits: false)
      _ = b.read(waits: false)
      while let frame = try b.takeFrame() { received.append(frame) }
    }
    #expect(received[0] == long && received[1] == [7])
  }

  @Test func anEndThatIsGoneIsNoticed() throws {
    let (a, b) = try pair()
    shutdown(a.descriptor, Int32(SHUT_RDWR))
    #expect(b.read(waits: true) == .ended)
    // To write to one that is gone is no error and no signal: reading tells.
    b.enqueue([1, 2, 3])
    b.flush(waits: true)
    #expect(!b.hasOutput)
  }

  @Test func lengthsThatCannotBeAreRefused() throws {
    let (a, b) = try pair()
    let hostile = [UInt8](repeating: 0xff, count: 8)
    #expect(hostile.withUnsafeBytes { write(a.descriptor, $0.baseAddress, 8) } == 8)
    _ = b.read(waits: true)
    #expect(throws: WireError.self) { try b.takeFrame() }
  }
}
