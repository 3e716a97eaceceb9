internal import CPosix
import Glibc

/// Frames over one end of a local socket: eight bytes of length, then the frame. It owns the descriptor.
package final class FrameSocket {
  let descriptor: Int32
  /// What has been read and not been taken as a frame.
  private var input: [UInt8] = []
  private var inputStart = 0
  /// What is to be written, and how much of the first has been.
  private var output = Queue<[UInt8]>()
  private var written = 0

  private static let headerBytes = 8
  private static let chunkBytes = 1 << 16
  /// Longer frames are not copied behind their header, but written after it.
  private static let copiedBytes = 1 << 13

  package init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { _ = Glibc.close(descriptor) }

  package var hasOutput: Bool { !output.isEmpty }

  /// Takes a frame for writing. It is written by `flush`.
  package func enqueue(_ frame: [UInt8]) {
    var header = WireWriter()
    header.write(frame.count)
    if frame.count <= Self.copiedBytes {
      output.append(header.bytes + frame)
    } else {
      output.append(header.bytes)
      output.append(frame)
    }
  }

  /// Writes what there is to write. Where the peer does not read, it waits or stops as asked; one that is
  /// gone is no error here: reading tells.
  package func flush(waits: Bool) {
    let flags = waits ? rookery_send_flags() & ~rookery_dont_wait() : rookery_send_flags()
    while let first = output.first {
      let count = first.withUnsafeBytes { bytes in
        Glibc.send(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written, flags)
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno != EAGAIN {
          output.removeAll()
          written = 0
        }
        return
      }
      written += count
      if written == first.count {
        _ = output.popFirst()
        written = 0
      }
    }
  }

  package enum Reading {
    case some
    /// Nothing is there to be read at this moment.
    case none
    case ended
  }

  /// Reads once; waits for something to read if asked to.
  package func read(waits: Bool) -> Reading {
    while true {
      let count = withUnsafeTemporaryAllocation(byteCount: Self.chunkBytes, alignment: 16) { chunk in
        let count = recv(descriptor, chunk.baseAddress, chunk.count, waits ? 0 : rookery_dont_wait())
        if count > 0 { input.append(contentsOf: UnsafeRawBufferPointer(chunk)[..<count]) }
        return count
      }
      if count > 0 { return .some }
      if count == 0 { return .ended }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .none : .ended
    }
  }

  /// How long the next frame is. Read in place: a slice of the input that is still alive when the input grows would have all of it
  /// copied, at each read of a long frame.
  private var announcedLength: Int {
    input.withUnsafeBytes { Int(littleEndian: $0.loadUnaligned(fromByteOffset: inputStart, as: Int.self)) }
  }

  /// The next whole frame among what has been read.
  package func takeFrame() throws(WireError) -> [UInt8]? {
    let available = input.count - inputStart
    guard available >= Self.headerBytes else { return nil }
    let length = announcedLength
    guard length >= 0, length < 1 << 48 else { throw WireError("a frame of \(length) bytes") }
    guard available - Self.headerBytes >= length else {
      input.reserveCapacity(inputStart + Self.headerBytes + length)
      return nil
    }
    let start = inputStart + Self.headerBytes
    let frame = Array(input[start..<start + length])
    inputStart = start + length
    if inputStart == input.count {
      input.removeAll(keepingCapacity: input.capacity < 1 << 20)
      inputStart = 0
    } else if inputStart > Self.chunkBytes {
      input.removeFirst(inputStart)
      inputStart = 0
    }
    return frame
  }
}

/// A worker process's end of its socket.
final class SocketLink: WorkerLink {
  let trace: WorkerTrace?
  private let socket: FrameSocket
  private var patience = Patience()

  init(descriptor: Int32, trace: WorkerTrace?) {
    socket = FrameSocket(descriptor: descriptor)
    self.trace = trace
  }

  func receive() throws -> [UInt8] {
    while true {
      if let frame = try socket.takeFrame() { return frame }
      let reading = patience.wait {
        let reading = socket.read(waits: false)
        return reading == .none ? nil : reading
      } orSleep: {
        socket.read(waits: true)
      }
      if reading == .ended { throw PoolError("the driver is gone") }
    }
  }

  func send(_ frame: [UInt8]) {
    socket.enqueue(frame)
    socket.flush(waits: true)
  }
}
