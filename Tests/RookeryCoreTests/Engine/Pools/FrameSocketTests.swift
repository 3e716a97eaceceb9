import Glibc
import RookeryCore
import Testing

struct FrameSocketTests {
  /// CPU seconds that it takes to read one frame, which a thread of its own writes.
  private func secondsToRead(_ bytes: Int) throws -> Double {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let (reader, far) = (FrameSocket(descriptor: ends[0]), ends[1])
    let frame = [UInt8](repeating: 3, count: bytes)
    let writer = try WorkerThread(serve: { _ in
      let socket = FrameSocket(descriptor: far)
      socket.enqueue(frame)
      socket.enqueue([1, 2])
      socket.flush(waits: true)
    }) { _ in }
    defer { writer.close(isStuck: false) }
    let start = threadSeconds()
    var frames: [[UInt8]] = []
    while frames.count < 2 {
      guard reader.read(waits: true) == .some else { break }
      while let next = try reader.takeFrame() { frames.append(next) }
    }
    let seconds = threadSeconds() - start
    #expect(frames == [frame, [1, 2]])
    return seconds
  }

  /// A frame takes as long to read as it is long: not as the square, as it would if it were copied at each read.
  @Test(.timeLimit(.minutes(10))) func longFramesAreReadInLinearTime() throws {
    _ = try secondsToRead(1 << 20)
    let short = try (0..<5).map { _ in try secondsToRead(1 << 20) }.min() ?? 0
    let long = try (0..<3).map { _ in try secondsToRead(64 << 20) }.min() ?? 0
    // The long one does not fit into caches; as the square it would take 4096 times as long.
    #expect(long < 1000 * short, "\(short) s, \(long) s")
  }
}
