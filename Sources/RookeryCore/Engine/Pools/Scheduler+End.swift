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

  /// Lets every worker go.
  ///
  /// - Parameters:
  ///   - message: what goes with the order to finish to ranks. It may be long, so it is made only where there are any.
  ///   - seconds: how long to wait for workers that have a piece in hand.
  package mutating func finish(_ message: @autoclosure () -> [UInt8], within seconds: Double = .infinity) {
    guard let transport else { return }
    let haveAllLeft = dismiss(message(), within: seconds, over: transport)
    transport.close(byForceAfter: haveAllLeft ? nil : PoolError("the pool broke down at the end of the run"))
  }

  /// Lets every worker go after a failure; those that do not answer soon are ended.
  package mutating func abandon(_ message: [UInt8], after error: any Error) {
    guard let transport else { return }
    let haveAllLeft = dismiss(message, within: transport.graceSeconds, over: transport)
    transport.close(byForceAfter: haveAllLeft ? nil : error)
  }

  /// Tells every worker to leave, and waits until all have. Whether they did.
  private mutating func dismiss(
    _ message: @autoclosure () -> [UInt8], within seconds: Double, over transport: any Transport
  ) -> Bool {
    let deadline = wallSeconds() + seconds
    var pending = Set(0..<transport.workers)
    let goodbye = Order.finish([]).frame
    let outcome = pending.contains(where: transport.isRank) ? Order.finish(message()).frame : goodbye
    var isBroken = false
    for i in pending {
      let frame = transport.isRank(i) ? outcome : goodbye
      if (try? transport.send(frame, to: i)) == nil { isBroken = true }
    }
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
}
