#if MPI
  internal import RookeryCore

  /// The end of a rank that serves on its main thread.
  final class MPIRankLink: WorkerLink {
    private let session: MPISession
    private let partBytes: Int
    private let traces: TracePages

    init(_ session: MPISession, crew: Crew, options: MPIOptions) throws {
      self.session = session
      partBytes = options.partBytes
      traces = try TracePages(slots: 1, problem: crew.problem, guardedBy: crew.callGuard)
    }

    var trace: WorkerTrace? { traces[0] }
    var place: String { session.place }

    func receive() throws -> [UInt8] { try session.nextFrame(from: 0) }

    func send(_ frame: [UInt8]) throws { try session.send(frame, to: 0, partBytes: partBytes) }

    func close(byForceAfter error: (any Error)?) {
      if let error { session.abort("\(session.place): \(error)") }
      // The driver's word that all ranks have left the run.
      _ = try? receive()
      session.leaveRun()
    }
  }
#endif
