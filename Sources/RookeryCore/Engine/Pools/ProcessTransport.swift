internal import CPosix
import Glibc

/// Workers in processes of this machine, over socket pairs.
final class ProcessTransport: Transport {
  private struct Member {
    var process: pid_t
    /// What it was at when it was ended because a call took too long.
    var overdue: WorkerTrace.Moment?
    /// Nil once the socket has ended, until it is told how the process did.
    var socket: FrameSocket?
  }

  var workers: Int { members.count }
  private let stock: Stock
  private let traces: TracePages
  private var callGuard: CallGuard { stock.callGuard }
  private var lastWatch = 0.0
  private var lastPoll = 0.0
  private var patience = Patience()
  private let source: any WorkerSource
  /// What came of runs must be known to workers that are started later.
  let keepsOutcomes: Bool
  /// How often the source has been replaced.
  private var renewals = 0
  private var members: [Member] = []
  private var events = Queue<TransportEvent>()
  private var silence: SilenceClock

  /// Workers that are forked, which is only safe while there is one thread.
  convenience init(forking count: Int, for stock: Stock) throws(PoolError) {
    try Pool.requireSingleThread()
    let traces = try TracePages(slots: count, values: stock.values, guardedBy: stock.callGuard)
    try self.init(stock, count, traces, from: ForkedSource(stock, traces), keepsOutcomes: false)
  }

  /// Workers that are other starts of this program, which come by what its runs have found so far.
  convenience init(spawning count: Int, for stock: Stock, after outcomes: [[UInt8]]) throws(PoolError) {
    let traces = try TracePages(
      slots: count, values: stock.values, guardedBy: stock.callGuard, forStrangers: true)
    try self.init(
      stock, count, traces, from: SpawnedSource(stock, traces, after: outcomes), keepsOutcomes: true)
  }

  private init(
    _ stock: Stock, _ count: Int, _ traces: TracePages, from source: any WorkerSource, keepsOutcomes: Bool
  ) throws(PoolError) {
    (self.stock, self.traces, self.source) = (stock, traces, source)
    self.keepsOutcomes = keepsOutcomes
    silence = SilenceClock(count: count)
    do throws(PoolError) {
      // A program that is to stop needs no more workers than one to do so.
      for slot in 0..<count where slot == 0 || !Interruption.isRequested {
        guard let worker = try source.start(slot) else { throw PoolError.sourceEnded }
        members.append(Member(process: worker.process, socket: worker.socket))
      }
    } catch {
      close(byForceAfter: error)
      throw error
    }
  }

  // A process knows what was there when it was forked.
  func admit(_ addition: Stock.Addition) -> Bool { false }

  // A process can be ended at once.
  var graceSeconds: Double { 0 }

  func place(of worker: Int) -> String { "worker \(worker)" }

  func send(_ frame: [UInt8], to worker: Int) {
    guard let socket = members[worker].socket else { return }
    let wasIdle = !socket.hasOutput
    socket.enqueue(frame)
    if wasIdle { socket.flush(waits: false) }
  }

  func receive(seconds: Double) throws -> TransportEvent? {
    if let event = events.popFirst() { return event }
    if callGuard.timeout != nil { endOverdueCalls() }
    // What came together has been read together; there is hardly more a moment later.
    if seconds <= 0 && wallSeconds() - lastPoll < 1e-5 { return nil }
    let seconds = min(seconds, callGuard.lookSeconds)
    var watched = [pollfd(fd: source.descriptor, events: Int16(POLLIN), revents: 0)]
    for member in members {
      let output = member.socket?.hasOutput ?? false
      watched.append(
        pollfd(
          fd: member.socket?.descriptor ?? -1, events: Int16(output ? POLLIN | POLLOUT : POLLIN), revents: 0))
    }
    let milliseconds = source.hasNews ? 0 : Int32((1000 * min(max(seconds, 0), 1e5)).rounded(.up))
    func look(milliseconds: Int32) -> Int32 { poll(&watched, nfds_t(watched.count), milliseconds) }
    let count =
      milliseconds == 0
      ? look(milliseconds: 0)
      : patience.wait {
        let count = look(milliseconds: 0)
        return count == 0 ? nil : count
      } orSleep: {
        look(milliseconds: milliseconds)
      }
    lastPoll = wallSeconds()
    guard count > 0 || source.hasNews else { return nil }
    for i in members.indices where watched[i + 1].revents != 0 {
      if watched[i + 1].revents & Int16(POLLOUT) != 0 { members[i].socket?.flush(waits: false) }
      if watched[i + 1].revents & ~Int16(POLLOUT) != 0 { try read(from: i) }
    }
    if watched[0].revents != 0 || source.hasNews { try hearOfDeaths() }
    return events.popFirst()
  }

  private func read(from worker: Int) throws {
    guard let socket = members[worker].socket else { return }
    let reading = socket.read(waits: false)
    while let frame = try socket.takeFrame() { events.append(.frame(frame, from: worker)) }
    if reading == .ended {
      members[worker].socket = nil
      // Most are dead by now. One that is not has lost its line, and would never be heard of.
      source.end(members[worker].process)
    }
  }

  private func hearOfDeaths() throws {
    guard let deaths = source.deaths() else { return try renewSource() }
    for death in deaths {
      guard let worker = members.firstIndex(where: { $0.process == death.process }) else { continue }
      try replace(worker, status: death.status)
    }
  }

  /// Puts a fresh worker in the place of a dead one.
  private func replace(_ worker: Int, status: Int32) throws {
    // What it said before it died still counts.
    if let socket = members[worker].socket {
      while socket.read(waits: false) == .some {}
      while let frame = try socket.takeFrame() { events.append(.frame(frame, from: worker)) }
    }
    var loss = Loss(
      worker: worker, how: describeEnd(status), isFromOutside: isFromOutside(status),
      inside: traces[worker].lastMoment)
    if let overdue = members[worker].overdue, let timeout = callGuard.timeout {
      loss.how = CallGuard.describe(timeout: timeout)
      loss.isFromOutside = false
      loss.inside = overdue
    }
    traces[worker].clear()
    let fresh = try source.start(worker)
    members[worker] = Member(process: fresh?.process ?? 0, socket: fresh?.socket)
    events.append(.lost(loss))
    if fresh == nil { try renewSource() }
  }

  /// Starts another source of workers in place of one that has ended. Its workers have died with it.
  private func renewSource() throws(PoolError) {
    renewals += 1
    guard renewals <= Self.renewalsAllowed else { throw PoolError.sourceEnded }
    for worker in members.indices {
      // One that could not be replaced any more has been told of.
      if members[worker].process > 0 {
        hearOut(worker)
        events.append(
          .lost(
            Loss(
              worker: worker, how: "the end of the process that starts the workers", isFromOutside: true,
              inside: traces[worker].lastMoment)))
      }
      members[worker].socket = nil
      traces[worker].clear()
    }
    try source.renew()
    for worker in members.indices {
      guard let fresh = try source.start(worker) else { throw PoolError.sourceEnded }
      members[worker] = Member(process: fresh.process, socket: fresh.socket)
    }
  }

  /// Waits for a worker whose parent has died to die too, and takes in what it said before.
  private func hearOut(_ worker: Int) {
    guard let socket = members[worker].socket else { return }
    let deadline = wallSeconds() + 0.2
    waiting: while wallSeconds() < deadline {
      switch socket.read(waits: false) {
      case .some: continue
      case .none: usleep(500)
      case .ended: break waiting
      }
    }
    while let frame = try? socket.takeFrame() { events.append(.frame(frame, from: worker)) }
  }

  private static let renewalsAllowed = 10

  // The system knows of each process of its own whether it runs or can run at any time, however long a call takes: so workers need no
  // thread for heartbeats, which would make every allocation of a likelihood dearer.
  func silences(at now: Double) -> [Silence] {
    silence.advance(to: now)
    return members.indices.compactMap { worker in
      let process = members[worker].process
      if !ProcessState.isStopped(process) { silence.hear(worker) }
      return silence[worker].map {
        Silence(worker: worker, place: "worker \(worker) (process \(process))", seconds: $0)
      }
    }
  }

  func end(_ worker: Int) -> Bool {
    silence.hear(worker)
    return source.end(members[worker].process)
  }

  /// Kills workers that have been in one call for too long; their deaths are heard of like others.
  private func endOverdueCalls() {
    let now = wallSeconds()
    guard let timeout = callGuard.timeout, now - lastWatch >= callGuard.lookSeconds / 2 else { return }
    lastWatch = now
    for i in members.indices where members[i].overdue == nil {
      guard let moment = traces[i].callBegun(before: now - timeout) else { continue }
      members[i].overdue = moment
      source.end(members[i].process)
    }
  }

  func close(byForceAfter error: (any Error)?) {
    // They are told, for the end of their lines might not be seen: processes forked for another crew have inherited this end of them.
    for worker in members.indices where error == nil { send(Order.leave.frame, to: worker) }
    members.removeAll()
    source.close(byForce: error != nil)
  }
}

/// Whether a process was ended by a signal that others send, not one that a program brings on itself.
private func isFromOutside(_ status: Int32) -> Bool {
  rookery_signaled(status) != 0
    && [SIGKILL, SIGTERM, SIGHUP, SIGINT, SIGQUIT].contains(rookery_signal(status))
}

/// How a process ended, in words.
private func describeEnd(_ status: Int32) -> String {
  if rookery_exited(status) != 0 { return "exit code \(rookery_exit_code(status))" }
  let signal = rookery_signal(status)
  let hint =
    switch signal {
    case SIGILL, SIGTRAP: " (so ends a failed Swift precondition)"
    case SIGKILL: " (so ends a process for which there was no memory)"
    default: ""
    }
  let name = strsignal(signal).map { String(cString: $0).lowercased() } ?? "unknown"
  return "signal \(signal), \(name)\(hint)"
}
