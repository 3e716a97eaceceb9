#if MPI
  internal import Glibc
  internal import RookeryCore

  /// Workers on threads of a rank, whose main thread carries their frames.
  final class RankThreads {
    private var threads: [WorkerThread] = []
    private let answers = Mailbox<(lane: Int, frame: [UInt8])>()
    private let traces: TracePages
    private let timeout: Double?
    private var lastLook = 0.0
    private var isOverdueKnown = false

    /// - Parameter isCountedElsewhere: whether the driver counts what this process uses; else the first thread
    ///   tells it.
    init(_ crew: Crew, count: Int, isCountedElsewhere: Bool) throws {
      let traces = try TracePages(slots: max(count, 1), problem: crew.problem, guardedBy: crew.callGuard)
      self.traces = traces
      timeout = crew.callGuard.timeout
      let answers = answers
      for lane in 0..<count {
        threads.append(
          try WorkerThread(
            isCountedElsewhere: isCountedElsewhere || lane > 0, trace: traces[lane],
            serve: { link in
              crew.serve(link)
              // A thread that has been let go of may outlive this object, and its trace must not.
              withExtendedLifetime(traces) {}
            }
          ) { answers.put((lane, $0)) })
      }
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
  ///
  /// The main thread is itself told nothing but to finish, once all its workers have left.
  final class MPIRankThreadsLink: WorkerLink {
    private let session: MPISession
    private let threads: RankThreads
    private let outbox: MPIOutbox
    private let problem: Problem

    init(_ session: MPISession, crew: Crew, options: MPIOptions) throws {
      self.session = session
      problem = crew.problem
      threads = try RankThreads(crew, count: options.threads, isCountedElsewhere: false)
      outbox = MPIOutbox(session, partBytes: options.partBytes)
    }

    var place: String { session.place }

    func receive() throws -> [UInt8] {
      var finish: [UInt8] = []
      var threadsLeft = 0
      var pause = Pause(hasCoresToSpare: session.hasCoresToSpare)
      while threadsLeft < threads.count {
        if let answer = threads.take(seconds: 0) {
          if try answerHasLeft(answer) { threadsLeft += 1 }
        } else if let arrival = try session.receive(from: 0) {
          guard let frame = arrival.frame, arrival.lane < threads.count else { continue }
          if Order.isFinish(frame) {
            // The outcome of the run is for the rank, which returns it, and not for its threads.
            if arrival.lane == 0 { finish = frame }
            threads.send(Order.finish([]).frame, to: arrival.lane)
          } else {
            threads.send(frame, to: arrival.lane)
          }
        } else {
          try outbox.settle()
          if let overdue = threads.overdue() {
            let failure = LikelihoodFailure(reason: overdue.how, point: problem.describe(overdue.point))
            try outbox.send(Answer.failed(failure).frame, to: 0, lane: overdue.lane)
          }
          let sleep = pause.next()
          guard sleep > 0, let answer = threads.take(seconds: sleep) else { continue }
          if try answerHasLeft(answer) { threadsLeft += 1 }
        }
        pause = Pause(hasCoresToSpare: session.hasCoresToSpare)
      }
      return finish
    }

    /// Passes an answer on; whether it was its worker's last word.
    private func answerHasLeft(_ answer: (lane: Int, frame: [UInt8])) throws -> Bool {
      try outbox.send(answer.frame, to: 0, lane: answer.lane)
      return Answer.isLeft(answer.frame)
    }

    // The threads have said all there is to say.
    func send(_ frame: [UInt8]) {}

    func close(byForceAfter error: (any Error)?) {
      if let error { session.abort("\(session.place): \(error)") }
      outbox.drain()
      threads.close(areStuck: false)
      _ = try? session.nextFrame(from: 0)
      session.leaveRun()
    }
  }
#endif
