#if MPI
  internal import Glibc
  internal import RookeryCore

  /// Workers on threads of a rank, whose main thread carries their frames.
  final class RankThreads {
    private var threads: [WorkerThread] = []
    private let answers = Mailbox<(lane: Int, frame: [UInt8])>()
    private let stock: Stock
    private let isCountedElsewhere: Bool
    private var traces: TracePages
    private let timeout: Double?
    private var lastLook = 0.0
    private var isOverdueKnown = false

    /// - Parameter isCountedElsewhere: whether the driver counts what this process uses; else the first thread
    ///   tells it.
    init(_ stock: Stock, count: Int, isCountedElsewhere: Bool) throws {
      (self.stock, self.isCountedElsewhere) = (stock, isCountedElsewhere)
      traces = try TracePages(slots: max(count, 1), values: stock.values, guardedBy: stock.callGuard)
      timeout = stock.callGuard.timeout
      try start(count)
    }

    private func start(_ count: Int) throws {
      let (answers, stock, traces) = (answers, stock, traces)
      for lane in 0..<count {
        threads.append(
          try WorkerThread(
            isCountedElsewhere: isCountedElsewhere || lane > 0, trace: traces[lane],
            serve: { link in
              stock.serve(link)
              // A thread that has been let go of may outlive this object, and its trace must not.
              withExtendedLifetime(traces) {}
            }
          ) { answers.put((lane, $0)) })
      }
    }

    /// Sees to it that a point of a problem can be traced. To be called between runs.
    func makeRoom(for problem: Problem) throws {
      guard problem.parameters.count > traces.capacity else { return }
      let count = threads.count
      close(areStuck: false)
      threads = []
      traces = try TracePages(
        slots: max(count, 1), values: problem.parameters.count, guardedBy: stock.callGuard)
      try start(count)
    }

    var count: Int { threads.count }

    func send(_ frame: [UInt8], to lane: Int) { threads[lane].send(frame) }

    /// The oldest answer; waits for one as long as it may.
    func take(seconds: Double) -> (lane: Int, frame: [UInt8])? {
      if !threads.isEmpty { return answers.take(seconds: seconds) }
      if seconds > 0 { usleep(UInt32(1e6 * seconds)) }
      return nil
    }

    /// A call that has taken longer than it may; told of once.
    func overdue() -> (lane: Int, how: String, point: [Double])? {
      guard let timeout, !isOverdueKnown else { return nil }
      let now = wallSeconds()
      guard now - lastLook > min(timeout / 10, 0.1) else { return nil }
      lastLook = now
      for lane in threads.indices {
        guard let point = traces[lane].pointOfCall(before: now - timeout) else { continue }
        isOverdueKnown = true
        return (lane, CallGuard.describe(timeout: timeout), point)
      }
      return nil
    }

    func close(areStuck: Bool) {
      for thread in threads { thread.close(isStuck: areStuck) }
    }
  }

  /// The end of a rank whose workers are threads, while its main thread carries their frames.
  final class MPIRankThreadsLink: RankLink {
    private let session: MPISession
    private let stock: Stock
    private let options: MPIOptions
    private let threads: RankThreads
    private let outbox: MPIOutbox

    init(_ session: MPISession, stock: Stock, options: MPIOptions) throws {
      (self.session, self.stock, self.options) = (session, stock, options)
      threads = try RankThreads(stock, count: options.threads, isCountedElsewhere: false)
      outbox = MPIOutbox(session, partBytes: options.partBytes)
    }

    var place: String { session.place }

    func admit(_ addition: Stock.Addition) throws -> Bool {
      guard let problem = addition.problem else { return true }
      try options.requireThreadSafe(problem)
      _ = try shakeHands(session, [problem], options)
      try threads.makeRoom(for: problem)
      return true
    }

    func serveRun(expecting expected: Assignment) throws {
      session.isInRun = true
      let begin = Order.begin(expected).frame
      var threadsLeft = 0
      var pause = Pause(hasCoresToSpare: session.hasCoresToSpare)
      while threadsLeft < threads.count {
        if let answer = threads.take(seconds: 0) {
          if try answerHasLeft(answer) { threadsLeft += 1 }
        } else if let arrival = try session.receive(from: 0) {
          guard let frame = arrival.frame, arrival.lane < threads.count else { continue }
          if Order.isBegin(frame), frame != begin {
            try outbox.send(
              Answer.confused(Assignment.difference.description).frame, to: 0, lane: arrival.lane)
          } else {
            threads.send(frame, to: arrival.lane)
          }
        } else {
          try outbox.settle()
          if let overdue = threads.overdue() {
            let point = stock.describe(overdue.point, of: expected)
            let failure = LikelihoodFailure(reason: overdue.how, point: point)
            try outbox.send(Answer.failed(failure).frame, to: 0, lane: overdue.lane)
          }
          let sleep = pause.next()
          guard sleep > 0, let answer = threads.take(seconds: sleep) else { continue }
          if try answerHasLeft(answer) { threadsLeft += 1 }
        }
        pause = Pause(hasCoresToSpare: session.hasCoresToSpare)
      }
      outbox.drain()
    }

    /// Passes an answer on; whether it was its worker's last word.
    private func answerHasLeft(_ answer: (lane: Int, frame: [UInt8])) throws -> Bool {
      try outbox.send(answer.frame, to: 0, lane: answer.lane)
      return Answer.isLeft(answer.frame)
    }

    func outcome() throws -> [UInt8] { try session.outcomeOfRun(partBytes: options.partBytes) }

    func close(byForceAfter error: (any Error)?) {
      if let error { session.abort("\(session.place): \(error)") }
      threads.close(areStuck: false)
      session.leaveCrew()
    }
  }
#endif
