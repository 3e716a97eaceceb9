import Glibc

/// Workers forked by a child of this process that has one thread: see ``Zygote``.
final class ForkedSource: WorkerSource {
  private let stock: Stock
  private let traces: TracePages
  private var zygote: pid_t = 0
  private var control: Int32 = -1
  /// Deaths that the zygote has told of while something else was asked of it.
  private var early: [WorkerDeath] = []

  var descriptor: Int32 { control }
  var hasNews: Bool { !early.isEmpty }

  init(_ stock: Stock, _ traces: TracePages) throws(PoolError) {
    (self.stock, self.traces) = (stock, traces)
    try startZygote()
  }

  private func startZygote() throws(PoolError) {
    let (stock, traces) = (stock, traces)
    (zygote, control) = try Zygote.start { descriptor, slot in
      stock.serve(SocketLink(descriptor: descriptor, trace: traces[slot]))
    }
  }

  func start(_ slot: Int) throws(PoolError) -> (process: pid_t, socket: FrameSocket)? {
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
        return (message.process, FrameSocket(descriptor: descriptor))
      case .failed:
        throw PoolError("worker \(slot) could not be forked: \(String(cString: strerror(message.status)))")
      default: early.append(WorkerDeath(process: message.process, status: message.status))
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

  func end(_ worker: pid_t) -> Bool { ZygoteMessage(kind: .kill, process: worker).send(over: control) }

  func deaths() -> [WorkerDeath]? {
    while true {
      switch ZygoteMessage.receive(from: control, waits: false) {
      case .message(let message, _):
        early.append(WorkerDeath(process: message.process, status: message.status))
      case .none:
        defer { early = [] }
        return early
      case .ended: return nil
      }
    }
  }

  func renew() throws(PoolError) {
    try Pool.requireSingleThread()
    early = []
    Glibc.close(control)
    control = -1
    while waitpid(zygote, nil, 0) < 0, errno == EINTR {}
    try startZygote()
  }

  func close(byForce: Bool) {
    _ = ZygoteMessage(kind: byForce ? .end : .leave).send(over: control)
    if control >= 0 { Glibc.close(control) }
    while waitpid(zygote, nil, 0) < 0, errno == EINTR {}
  }
}
