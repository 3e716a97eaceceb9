#if MPI
  internal import CMPI

  /// Frames on their way to other ranks. Their buffers live until they have been sent: a blocking send of a
  /// long message waits for the receiver, and two that send to each other would wait for ever.
  final class MPIOutbox {
    private struct Sending {
      let buffer: FrameBuffer
      var requests: [rookery_mpi_request]
    }

    private let session: MPISession
    private let partBytes: Int
    private var sending: [Sending] = []
    /// The last long frame and its buffer: contexts and results go to every rank.
    private var lastLong: (frame: [UInt8], buffer: FrameBuffer)?

    private static let longBytes = 1 << 16

    init(_ session: MPISession, partBytes: Int) {
      self.session = session
      self.partBytes = partBytes
    }

    var isEmpty: Bool { sending.isEmpty }

    func send(_ frame: [UInt8], to rank: Int, lane: Int) throws(MPIError) {
      let buffer = buffer(for: frame)
      let requests = try session.startSending(buffer, to: rank, lane: lane, partBytes: partBytes)
      sending.append(Sending(buffer: buffer, requests: requests))
    }

    private func buffer(for frame: [UInt8]) -> FrameBuffer {
      guard frame.count >= Self.longBytes else { return FrameBuffer(frame) }
      let isLast =
        lastLong.map { last in
          last.frame.withUnsafeBytes { mine in
            frame.withUnsafeBytes { mine.baseAddress == $0.baseAddress && mine.count == $0.count }
          }
        } ?? false
      if isLast, let lastLong { return lastLong.buffer }
      let buffer = FrameBuffer(frame)
      lastLong = (frame, buffer)
      return buffer
    }

    /// Frees the buffers of frames that have been sent.
    func settle() throws(MPIError) {
      if sending.isEmpty { return }
      var kept = 0
      for i in sending.indices {
        while var last = sending[i].requests.popLast() {
          if try MPISession.isDone(&last) { continue }
          sending[i].requests.append(last)
          break
        }
        if !sending[i].requests.isEmpty {
          if kept != i { sending.swapAt(kept, i) }
          kept += 1
        }
      }
      sending.removeLast(sending.count - kept)
    }

    /// Waits until all frames have been sent, or sending fails.
    func drain() {
      var pause = Pause(hasCoresToSpare: session.hasCoresToSpare)
      while !sending.isEmpty, (try? settle()) != nil, !sending.isEmpty { pause.sleep() }
    }
  }

  /// Bytes that stay where they are while MPI sends them.
  final class FrameBuffer {
    let base: UnsafeMutableRawPointer
    let count: Int

    init(_ frame: [UInt8]) {
      base = .allocate(byteCount: max(frame.count, 1), alignment: 16)
      count = frame.count
      frame.withUnsafeBytes {
        base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count)
      }
    }

    deinit { base.deallocate() }
  }
#endif
