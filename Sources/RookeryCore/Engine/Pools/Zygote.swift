internal import CPosix
import Glibc

/// What the driver and the zygote tell each other, in one packet.
struct ZygoteMessage {
  enum Kind: Int32 {
    /// To the zygote: fork a worker for a slot. Back: done, with the driver's end of its socket.
    case spawn = 1
    /// To the zygote: kill the worker in a slot.
    case kill
    /// To the zygote: kill all workers and end.
    case end
    /// To the zygote: wait for the workers to end, and end.
    case leave
    /// From the zygote: the worker in a slot has died, with the given status.
    case died
    /// From the zygote: no worker could be forked; the status is the error.
    case failed
  }

  var kind: Kind
  var slot = 0
  var process: pid_t = 0
  var status: Int32 = 0

  func send(over socket: Int32, descriptor: Int32 = -1) -> Bool {
    let words = SIMD4(kind.rawValue, Int32(truncatingIfNeeded: slot), process, status)
    return withUnsafeBytes(of: words) {
      rookery_send_message(socket, $0.baseAddress, $0.count, descriptor) == $0.count
    }
  }

  enum Receipt {
    case message(ZygoteMessage, descriptor: Int32)
    case none
    case ended
  }

  static func receive(from socket: Int32, waits: Bool) -> Receipt {
    var words = SIMD4<Int32>.zero
    var descriptor: Int32 = -1
    let size = MemoryLayout.size(ofValue: words)
    let count = withUnsafeMutableBytes(of: &words) {
      rookery_receive_message(socket, $0.baseAddress, size, waits ? 0 : rookery_dont_wait(), &descriptor)
    }
    if count < 0 && errno == EAGAIN { return .none }
    guard count == size, let kind = Kind(rawValue: words.x) else { return .ended }
    return .message(
      ZygoteMessage(kind: kind, slot: Int(words.y), process: words.z, status: words.w), descriptor: descriptor
    )
  }
}

/// A child of the driver that forks the workers, and reaps them.
///
/// It is forked while the program has one thread and never starts another, so a worker can be replaced safely
/// however many threads the driver has by then. It watches its children through a signal descriptor: one for
/// all, where a process descriptor each would double what a pool needs.
struct Zygote {
  private let control: Int32
  private let children: Int32
  private let originalMask: sigset_t
  private let process = getpid()
  private let serve: (_ descriptor: Int32, _ slot: Int) -> Void
  private var slots: [pid_t: Int] = [:]

  /// How long workers that have been let go may take to end by themselves.
  private static let patienceSeconds = 1.0

  /// Forks the zygote. Returns in the driver only.
  ///
  /// - Parameters:
  ///   - serve: what a worker does with its end of a socket.
  static func start(
    serve: @escaping (_ descriptor: Int32, _ slot: Int) -> Void
  ) throws(PoolError) -> (process: pid_t, control: Int32) {
    var ends: [Int32] = [-1, -1]
    guard rookery_socket_pair(rookery_packets(), &ends) == 0 else {
      throw PoolError("a local process pool could not be opened: \(String(cString: strerror(errno)))")
    }
    let driver = getpid()
    // What is buffered now would be written by each child again.
    fflush(nil)
    let process = rookery_fork()
    if process < 0 {
      let reason = String(cString: strerror(errno))
      for end in ends { close(end) }
      throw PoolError("a worker process could not be forked: \(reason)")
    }
    if process == 0 {
      close(ends[0])
      _ = rookery_die_with_parent()
      if getppid() != driver { _exit(1) }
      prepareSignals()
      var zygote = Zygote(control: ends[1], serve: serve)
      zygote.attend()
      _exit(0)
    }
    close(ends[1])
    return (process, ends[0])
  }

  /// The driver decides what a signal means; a terminal or a batch system sends it to the whole group.
  static func prepareSignals() {
    for number in [SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGHUP] { rookery_ignore_signal(number) }
    rookery_default_signal(SIGCHLD)
    rookery_default_crash_signals()
  }

  private init(control: Int32, serve: @escaping (_ descriptor: Int32, _ slot: Int) -> Void) {
    self.control = control
    self.serve = serve
    var mask = sigset_t()
    children = rookery_watch_children(&mask)
    originalMask = mask
  }

  private mutating func attend() {
    while true {
      var watched = [
        pollfd(fd: control, events: Int16(POLLIN), revents: 0),
        pollfd(fd: children, events: Int16(POLLIN), revents: 0),
      ]
      _ = poll(&watched, 2, -1)
      reap()
      guard watched[0].revents != 0 else { continue }
      switch ZygoteMessage.receive(from: control, waits: false) {
      case .none: continue
      case .ended: return letGo(patience: Self.patienceSeconds)
      case .message(let message, _):
        switch message.kind {
        case .spawn: spawn(message.slot)
        // Only a child that has not been reaped: its number cannot have passed to another process.
        case .kill: if slots[message.process] != nil { kill(message.process, SIGKILL) }
        case .leave: return letGo(patience: Self.patienceSeconds)
        default: return letGo(patience: 0)
        }
      }
    }
  }

  private mutating func spawn(_ slot: Int) {
    var ends: [Int32] = [-1, -1]
    guard rookery_socket_pair(rookery_stream(), &ends) == 0 else { return refuse(slot) }
    let worker = rookery_fork()
    if worker == 0 {
      _ = rookery_die_with_parent()
      if getppid() != process { _exit(1) }
      close(ends[0])
      close(control)
      close(children)
      var mask = originalMask
      rookery_restore_mask(&mask)
      serve(ends[1], slot)
      // Only what the likelihood printed in this process: the driver's buffers were empty when it was forked.
      fflush(nil)
      _exit(0)
    }
    if worker < 0 {
      refuse(slot)
    } else {
      slots[worker] = slot
      _ = ZygoteMessage(kind: .spawn, slot: slot, process: worker).send(over: control, descriptor: ends[0])
    }
    for end in ends { close(end) }
  }

  private func refuse(_ slot: Int) {
    _ = ZygoteMessage(kind: .failed, slot: slot, status: errno).send(over: control)
  }

  /// Reaps all children that have died, and tells the driver.
  private mutating func reap() {
    var drained = [UInt8](repeating: 0, count: 1024)
    while read(children, &drained, drained.count) > 0 {}
    var status: Int32 = 0
    while case let child = waitpid(-1, &status, WNOHANG), child > 0 {
      guard let slot = slots.removeValue(forKey: child) else { continue }
      _ = ZygoteMessage(kind: .died, slot: slot, process: child, status: status).send(over: control)
    }
  }

  /// Waits for the workers to end, and kills those that do not in time.
  private mutating func letGo(patience: Double) {
    let deadline = wallSeconds() + patience
    while !slots.isEmpty, wallSeconds() < deadline {
      var watched = pollfd(fd: children, events: Int16(POLLIN), revents: 0)
      _ = poll(&watched, 1, 20)
      reap()
    }
    for child in slots.keys { kill(child, SIGKILL) }
    for child in slots.keys { waitpid(child, nil, 0) }
  }
}
