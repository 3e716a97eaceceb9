extension Pool {
  /// Work on threads of this process, for problems that say they are thread safe.
  public static func threads(_ count: Int) -> Pool {
    Pool("threads:\(count)") { stock in
      try requireWorkers(count, in: "threads:\(count)")
      try Launcher.refuseLocalPool("threads:\(count)")
      try stock.callGuard.refuseWhatNeedsProcesses("threads:\(count)", watches: true)
      for problem in stock.problems { try requireThreadSafe(problem, on: count) }
      return .driver(try ThreadTransport(stock, count: count))
    }
  }

  fileprivate static func requireThreadSafe(_ problem: Problem, on count: Int) throws(InputError) {
    if count > 1 && !problem.isThreadSafe {
      throw InputError(
        "problem \"\(problem.name)\" does not say that its likelihood is thread safe: "
          + "pass threadSafe: true if it is, or use processes:\(count)")
    }
  }
}

/// Workers on threads of the driver's process.
package final class ThreadTransport: Transport {
  private var threads: [WorkerThread] = []
  private let outbox = Mailbox<(worker: Int, frame: [UInt8])>()

  private let traces: TracePages
  private let callGuard: CallGuard

  package init(_ stock: Stock, count: Int) throws(PoolError) {
    let outbox = outbox
    callGuard = stock.callGuard
    let traces = try TracePages(slots: count, values: stock.values, guardedBy: stock.callGuard)
    self.traces = traces
    for i in 0..<count {
      do {
        threads.append(
          try WorkerThread(
            trace: traces[i],
            serve: { link in
              stock.serve(link)
              // A thread that has been let go of may outlive the pool, and its trace must not.
              withExtendedLifetime(traces) {}
            }
          ) { outbox.put((i, $0)) })
      } catch {
        for thread in threads { thread.close(isStuck: false) }
        throw error
      }
    }
  }

  package var workers: Int { threads.count }

  package func admit(_ addition: Stock.Addition) throws -> Bool {
    guard let problem = addition.problem else { return true }
    try Pool.requireThreadSafe(problem, on: threads.count)
    return problem.parameters.count <= traces.capacity
  }

  package func send(_ frame: [UInt8], to worker: Int) { threads[worker].send(frame) }

  package func receive(seconds: Double) -> TransportEvent? {
    if let answer = outbox.take(seconds: min(seconds, callGuard.lookSeconds)) {
      return .frame(answer.frame, from: answer.worker)
    }
    guard let timeout = callGuard.timeout else { return nil }
    for i in threads.indices {
      if let point = traces[i].pointOfCall(before: wallSeconds() - timeout) {
        return .overdue(worker: i, how: CallGuard.describe(timeout: timeout), point: point)
      }
    }
    return nil
  }

  // A thread cannot be ended from outside; one that has not left by itself is let go of, and ends with its
  // piece.
  package func close(byForceAfter error: (any Error)?) {
    for thread in threads { thread.close(isStuck: error != nil) }
  }

  package func place(of worker: Int) -> String { "thread \(worker)" }
}
