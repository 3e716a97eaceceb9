extension Pool {
  /// Work on threads of this process, for problems that say they are thread safe.
  public static func threads(_ count: Int) -> Pool {
    Pool("threads:\(count)") { crew in
      try requireWorkers(count)
      try Launcher.refuseLocalPool("threads:\(count)")
      if count > 1 && !crew.problem.isThreadSafe {
        throw InputError(
          "problem \"\(crew.problem.name)\" does not say that its likelihood is thread safe: "
            + "pass threadSafe: true if it is, or use processes:\(count)")
      }
      return .driver(try ThreadTransport(crew, count: count))
    }
  }

  static func requireWorkers(_ count: Int) throws(InputError) {
    if count < 1 { throw InputError("a pool needs at least 1 worker, not \(count)") }
  }
}

/// Workers on threads of the driver's process.
final class ThreadTransport: Transport {
  private var threads: [WorkerThread] = []
  private let outbox = Mailbox<(worker: Int, frame: [UInt8])>()

  init(_ crew: Crew, count: Int) throws(PoolError) {
    let outbox = outbox
    for i in 0..<count {
      do {
        threads.append(try WorkerThread(serve: crew.serve) { outbox.put((i, $0)) })
      } catch {
        for thread in threads { thread.close(isStuck: false) }
        throw error
      }
    }
  }

  var workers: Int { threads.count }

  func send(_ frame: [UInt8], to worker: Int) { threads[worker].send(frame) }

  func receive(seconds: Double) -> TransportEvent? {
    outbox.take(seconds: seconds).map { .frame($0.frame, from: $0.worker) }
  }

  // A thread cannot be ended from outside; one that has not left by itself is let go of, and ends with its
  // piece.
  func close(byForceAfter error: (any Error)?) {
    for thread in threads { thread.close(isStuck: error != nil) }
  }

  func place(of worker: Int) -> String { "thread \(worker)" }
}
