#if MPI
  internal import RookeryCore

  /// The end of a rank that serves on its main thread.
  final class MPIRankLink: RankLink {
    private let session: MPISession
    private let stock: Stock
    private let options: MPIOptions
    private let line: MPIRankLine
    private let post: WorkerPost

    init(_ session: MPISession, stock: Stock, options: MPIOptions) throws {
      (self.session, self.stock, self.options) = (session, stock, options)
      line = try MPIRankLine(session, stock: stock, partBytes: options.partBytes)
      post = WorkerPost(stock, line)
    }

    var place: String { session.place }

    func admit(_ addition: Stock.Addition) throws -> Bool {
      guard let problem = addition.problem else { return true }
      _ = try shakeHands(session, [problem], options)
      try line.makeRoom(for: problem, guardedBy: stock.callGuard)
      return true
    }

    func serveRun(expecting expected: Assignment) throws {
      session.isInRun = true
      _ = try post.serveRun(expecting: expected)
    }

    func outcome() throws -> [UInt8] { try session.outcomeOfRun(partBytes: options.partBytes) }

    func close(byForceAfter error: (any Error)?) { session.leave(byForceAfter: error) }
  }

  /// A rank's line to rank 0.
  final class MPIRankLine: WorkerLink {
    private let session: MPISession
    private let partBytes: Int
    private var traces: TracePages

    init(_ session: MPISession, stock: Stock, partBytes: Int) throws {
      (self.session, self.partBytes) = (session, partBytes)
      traces = try TracePages(slots: 1, values: stock.values, guardedBy: stock.callGuard)
    }

    var trace: WorkerTrace? { traces[0] }
    var place: String { session.place }

    /// To be called between runs, in which nobody writes a trace.
    func makeRoom(for problem: Problem, guardedBy callGuard: CallGuard) throws {
      guard problem.parameters.count > traces.capacity else { return }
      traces = try TracePages(slots: 1, values: problem.parameters.count, guardedBy: callGuard)
    }

    func receive() throws -> [UInt8] { try session.nextFrame(from: 0) }

    func send(_ frame: [UInt8]) throws { try session.send(frame, to: 0, partBytes: partBytes) }
  }

  extension MPISession {
    /// What came of a run, once all ranks have left it.
    func outcomeOfRun(partBytes: Int) throws -> [UInt8] {
      let outcome = try spread(nil, partBytes: partBytes)
      isInRun = false
      return outcome
    }

    /// Ends a rank's part in a crew.
    func leave(byForceAfter error: (any Error)?) {
      if let error { abort("\(place): \(error)") }
      leaveCrew()
    }
  }
#endif
