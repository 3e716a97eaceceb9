#if MPI
  internal import CMPI
  internal import RookeryCore

  /// The driver's end: rank 0 sends to the others, and to a worker thread of its own where ranks are few.
  final class MPITransport: Transport {
    /// A frame under way: its buffer must live until all its parts have been sent.
    private struct Sending {
      let buffer: FrameBuffer
      var requests: [rookery_mpi_request]
    }

    private let session: MPISession
    private let partBytes: Int
    /// What each rank is called, by rank.
    private let places: [String]
    private let helper: WorkerThread?
    private let helperOutbox = Mailbox<[UInt8]>()
    private var sending: [Sending] = []
    /// The last long frame and its buffer: contexts and results go to every rank.
    private var lastLong: (frame: [UInt8], buffer: FrameBuffer)?

    /// With more ranks than this, an evaluating rank 0 gains less than it may cost where likelihoods are
    /// cheap.
    private static let ranksWithHelper = 8
    private static let longBytes = 1 << 16

    init(_ session: MPISession, crew: Crew, places: [String], partBytes: Int) throws {
      self.session = session
      self.places = places
      self.partBytes = partBytes
      if session.size <= Self.ranksWithHelper && session.allowsThreads {
        let outbox = helperOutbox
        helper = try WorkerThread(serve: crew.serve) { outbox.put($0) }
      } else {
        helper = nil
      }
    }

    var workers: Int { session.size - firstRank }
    var ranks: Int { session.size }
    // Both ends sleep while they wait, so a round trip is longer than over a socket.
    var prefetchSeconds: Double { 1e-2 }
    private var firstRank: Int { helper == nil ? 1 : 0 }

    func place(of worker: Int) -> String { places[worker + firstRank] }

    func send(_ frame: [UInt8], to worker: Int) throws {
      let rank = worker + firstRank
      if rank == 0 {
        helper?.send(frame)
      } else {
        let buffer = buffer(for: frame)
        sending.append(
          Sending(buffer: buffer, requests: try session.startSending(buffer, to: rank, partBytes: partBytes)))
      }
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

    func receive(seconds: Double) throws -> TransportEvent? {
      let deadline = wallSeconds() + seconds
      var pause = Pause(spins: session.hasCoresToSpare)
      while true {
        if helper != nil, let frame = helperOutbox.take(seconds: 0) { return .frame(frame, from: 0) }
        let (frame, sender, hasNews) = try session.receive(from: nil)
        if let frame { return .frame(frame, from: sender - firstRank) }
        if hasNews { continue }
        try settleSends()
        let left = deadline - wallSeconds()
        if left <= 0 { return nil }
        let sleep = min(pause.next(), left)
        if sleep == 0 { continue }
        // The helper shares this process, so its answers need not wait for the end of a sleep.
        if let frame = helperOutbox.take(seconds: sleep) { return .frame(frame, from: 0) }
      }
    }

    /// Frees the buffers of frames that are sent.
    private func settleSends() throws(MPIError) {
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

    func close(byForceAfter error: (any Error)?) {
      if let error { session.abort("\(error)") }
      // Ranks wait for this word: one that went on to its next run would talk into the end of this one.
      for worker in 0..<workers where worker + firstRank > 0 { try? send([], to: worker) }
      session.isInRun = false
      // Every rank has read all that was sent to it, so this only collects the requests.
      while !sending.isEmpty, (try? settleSends()) != nil {}
      helper?.close(isStuck: error != nil)
    }
  }

  /// The end of a rank that serves.
  final class MPIRankLink: WorkerLink {
    private let session: MPISession
    private let partBytes: Int

    init(_ session: MPISession, partBytes: Int) {
      self.session = session
      self.partBytes = partBytes
    }

    func receive() throws -> [UInt8] {
      var pause = Pause(spins: session.hasCoresToSpare)
      while true {
        let (frame, _, hasNews) = try session.receive(from: 0)
        if let frame { return frame }
        if !hasNews { pause.sleep() }
      }
    }

    func send(_ frame: [UInt8]) throws { try session.send(frame, to: 0, partBytes: partBytes) }

    func close(byForceAfter error: (any Error)?) {
      if let error { session.abort("\(session.place): \(error)") }
      // The driver's word that all ranks have left the run.
      _ = try? receive()
      session.isInRun = false
    }
  }
#endif
