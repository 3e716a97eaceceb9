extension Scheduler {
  /// What the workers have used, asked for once all work is done.
  ///
  /// - Parameter seconds: how long to wait for workers that have a piece in hand.
  package mutating func usages(within seconds: Double = .infinity) throws -> [WorkerUsage] {
    guard let transport else { return [] }
    let deadline = wallSeconds() + seconds
    var usages: [WorkerUsage] = []
    var pending = Set(0..<transport.workers)
    for i in pending { try transport.send(Order.report.frame, to: i) }
    while !pending.isEmpty && wallSeconds() < deadline {
      switch try transport.receive(seconds: min(0.1, deadline - wallSeconds())) {
      case .frame(let bytes, let member):
        if case .used(let usage) = try Answer(frame: bytes) {
          pending.remove(member)
          usages.append(usage)
        }
      // Nothing hangs on it any more; the fresh worker is let go like the others.
      case .lost(let loss): pending.remove(loss.worker)
      case .overdue(let worker, _, _): pending.remove(worker)
      case nil: try watchSilence(over: transport, at: wallSeconds(), isOver: true)
      }
    }
    return usages
  }

  /// Ends the run on all workers.
  ///
  /// - Parameter seconds: how long to wait for workers that have a piece in hand.
  /// - Returns: whether all have left it; else they are to be ended by force.
  package mutating func finish(within seconds: Double = .infinity) -> Bool {
    guard let transport else { return true }
    let deadline = wallSeconds() + seconds
    var pending = Set(0..<transport.workers)
    var isBroken = false
    for i in pending where (try? transport.send(Order.finish.frame, to: i)) == nil { isBroken = true }
    while !pending.isEmpty, !isBroken, wallSeconds() < deadline {
      do {
        switch try transport.receive(seconds: min(0.1, deadline - wallSeconds())) {
        case .frame(let bytes, let member):
          if case .left = try Answer(frame: bytes) { pending.remove(member) }
        case .lost(let loss): pending.remove(loss.worker)
        case .overdue: return false
        case nil: try watchSilence(over: transport, at: wallSeconds(), isOver: true)
        }
      } catch {
        isBroken = true
      }
    }
    return pending.isEmpty
  }

  /// The same after a failure: those that do not answer soon are to be ended.
  package mutating func abandon() -> Bool { finish(within: transport?.graceSeconds ?? 0) }
}
