internal import CPosix
import Glibc

extension Pool {
  /// Work on local processes, which are forked when a run or a ``Crew`` begins and inherit the problem.
  ///
  /// A likelihood that crashes, is killed or runs out of memory takes only its worker with it, which is
  /// replaced.
  public static func processes(_ count: Int) -> Pool {
    Pool("processes:\(count)") { stock in
      try requireWorkers(count, in: "processes:\(count)", filesPerWorker: 1)
      try Launcher.refuseLocalPool("processes:\(count)")
      try requireSingleThread()
      return .driver(try ProcessTransport(stock, count: count))
    }
  }

  /// A lock that another thread holds at a fork is held forever in the child.
  fileprivate static func requireSingleThread() throws(PoolError) {
    LinearAlgebra.useSingleThread()
    // A thread that has been joined is still listed for a moment, such as those that BLAS has just ended.
    let deadline = wallSeconds() + 0.2
    var threads = threadCount
    while threads > 1 && wallSeconds() < deadline {
      usleep(500)
      threads = threadCount
    }
    if threads > 1 {
      throw PoolError(
        "worker processes are forked, which is only safe while a program has one thread; this one has "
          + "\(threads). Start the run before anything that starts threads (Dispatch, Task, other libraries), "
          + "or use a pool of threads or mpirun")
    }
  }

  /// How many threads this process has; 0 where the system does not say.
  private static var threadCount: Int {
    guard let directory = opendir("/proc/self/task") else { return 0 }
    defer { closedir(directory) }
    var threads = -2
    while readdir(directory) != nil { threads += 1 }
    return threads
  }
}

/// Workers in processes forked from this one, over socket pairs.
final class ProcessTransport: Transport {
  private struct Member {
    var process: pid_t
    /// What it was at when it was ended because a call took too long.
    var overdue: WorkerTrace.Moment?
    /// Nil once the socket has ended, until the zygote tells how the process did.
    var socket: FrameSocket?
  }

  var workers: Int { members.count }
  private let stock: Stock
  private let traces: TracePages
  private var callGuard: CallGuard { stock.callGuard }
  private var lastWatch = 0.0
  private var lastPoll = 0.0
  private var patience = Patience()
  private var zygote: pid_t = 0
  private var control: Int32 = -1
  /// How often the zygote has been replaced.
  private var renewals = 0
  private var members: [Member] = []
  private var events = Queue<TransportEvent>()
  private var silence: SilenceClock
  /// Deaths that the zygote has told of and that have not been seen to.
  private var deaths = Queue<ZygoteMessage>()

  init(_ stock: Stock, count: Int) throws(PoolError) {
    self.stock = stock
    silence = SilenceClock(count: count)
    traces = try TracePages(slots: count, values: stock.values, guardedBy: stock.callGuard)
    try startZygote()
    do throws(PoolError) {
      // A program that is to stop needs no more workers than one to do so.
      for slot in 0..<count where slot == 0 || !Interruption.isRequested {
        guard let member = try spawn(slot) else { throw zygoteEnded }
        members.append(member)
      }
    } catch {
      close(byForceAfter: error)
      throw error
    }
  }

  private func startZygote() throws(PoolError) {
    let (stock, traces) = (stock, traces)
    (zygote, control) = try Zygote.start { descriptor, slot in
      stock.serve(SocketLink(descriptor: descriptor, trace: traces[slot]))
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
    var watched = [pollfd(fd: control, events: Int16(POLLIN), revents: 0)]
    for member in members {
      let output = member.socket?.hasOutput ?? false
      watched.append(
        pollfd(
          fd: member.socket?.descriptor ?? -1, events: Int16(output ? POLLIN | POLLOUT : POLLIN), revents: 0))
    }
    let milliseconds = deaths.isEmpty ? Int32((1000 * min(max(seconds, 0), 1e5)).rounded(.up)) : 0
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
    guard count > 0 || !deaths.isEmpty else { return nil }
    for i in members.indices where watched[i + 1].revents != 0 {
      if watched[i + 1].revents & Int16(POLLOUT) != 0 { members[i].socket?.flush(waits: false) }
      if watched[i + 1].revents & ~Int16(POLLOUT) != 0 { try read(from: i) }
    }
    if watched[0].revents != 0 { try hearZygote() }
    while let death = deaths.popFirst() {
      if members[death.slot].process == death.process { try replace(death.slot, status: death.status) }
    }
    return events.popFirst()
  }

  private func read(from worker: Int) throws {
    guard let socket = members[worker].socket else { return }
    let reading = socket.read(waits: false)
    while let frame = try socket.takeFrame() { events.append(.frame(frame, from: worker)) }
    if reading == .ended {
      members[worker].socket = nil
      // Most are dead by now. One that is not has lost its line, and would never be heard of.
      _ = ZygoteMessage(kind: .kill, process: members[worker].process).send(over: control)
    }
  }

  private func hearZygote() throws(PoolError) {
    hearing: while true {
      switch ZygoteMessage.receive(from: control, waits: false) {
      case .message(let message, _): deaths.append(message)
      case .none: break hearing
      case .ended: return try renewZygote()
      }
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
    let fresh = try spawn(worker)
    members[worker] = fresh ?? Member(process: 0, socket: nil)
    events.append(.lost(loss))
    if fresh == nil { try renewZygote() }
  }

  /// Starts another zygote in place of one that has ended. Its workers have died with it.
  private func renewZygote() throws(PoolError) {
    renewals += 1
    guard renewals <= Self.renewalsAllowed else { throw zygoteEnded }
    try Pool.requireSingleThread()
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
    deaths.removeAll()
    Glibc.close(control)
    control = -1
    while waitpid(zygote, nil, 0) < 0, errno == EINTR {}
    try startZygote()
    for worker in members.indices {
      guard let member = try spawn(worker) else { throw zygoteEnded }
      members[worker] = member
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
    return ZygoteMessage(kind: .kill, process: members[worker].process).send(over: control)
  }

  /// Kills workers that have been in one call for too long; their deaths are heard of like others.
  private func endOverdueCalls() {
    let now = wallSeconds()
    guard let timeout = callGuard.timeout, now - lastWatch >= callGuard.lookSeconds / 2 else { return }
    lastWatch = now
    for i in members.indices where members[i].overdue == nil {
      guard let moment = traces[i].callBegun(before: now - timeout) else { continue }
      members[i].overdue = moment
      _ = ZygoteMessage(kind: .kill, process: members[i].process).send(over: control)
    }
  }

  /// A fresh worker; nil where the zygote has ended.
  private func spawn(_ slot: Int) throws(PoolError) -> Member? {
    guard ZygoteMessage(kind: .spawn, slot: slot).send(over: control) else { return nil }
    while true {
      waitForZygote()
      guard case .message(let message, let descriptor) = ZygoteMessage.receive(from: control, waits: true)
      else { return nil }
      switch message.kind {
      case .spawn:
        guard descriptor >= 0 else {
          throw PoolError("worker \(slot) could not be reached: too many open files (see ulimit -n)")
        }
        return Member(process: message.process, socket: FrameSocket(descriptor: descriptor))
      case .failed:
        throw PoolError("worker \(slot) could not be forked: \(String(cString: strerror(message.status)))")
      default: deaths.append(message)
      }
    }
  }

  /// Waits until the zygote has something to say. One that has been stopped is of no use any more and is ended.
  private func waitForZygote() {
    var looksStopped = 0
    var watched = pollfd(fd: control, events: Int16(POLLIN), revents: 0)
    while poll(&watched, 1, 1000) == 0 {
      looksStopped = ProcessState.isStopped(zygote) ? looksStopped + 1 : 0
      if looksStopped == 5 { kill(zygote, SIGKILL) }
    }
  }

  private var zygoteEnded: PoolError {
    PoolError("the process that starts the workers has ended; it may have been killed for want of memory")
  }

  func close(byForceAfter error: (any Error)?) {
    // They are told, for the end of their lines might not be seen: processes forked for another crew have inherited this end of them.
    for worker in members.indices where error == nil { send(Order.leave.frame, to: worker) }
    _ = ZygoteMessage(kind: error == nil ? .leave : .end).send(over: control)
    members.removeAll()
    if control >= 0 { Glibc.close(control) }
    while waitpid(zygote, nil, 0) < 0, errno == EINTR {}
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
