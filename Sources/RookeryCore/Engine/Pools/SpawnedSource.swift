internal import CPosix
import Glibc

/// Workers that are other starts of this program: see ``SpawnedWorker``. To start one is safe however many threads there are.
final class SpawnedSource: WorkerSource {
  private let traces: TracePages
  private let call: SpawnedWorker.Call
  /// What each is sent first: what earlier runs have found, and what problems it must have come to.
  private let prelude: [[UInt8]]
  private var living: [pid_t] = []
  private var dead: [WorkerDeath] = []
  private var lastLook = 0.0

  private static let lookSeconds = 0.05
  private static let patienceSeconds = 1.0

  let descriptor: Int32 = -1

  init(_ stock: Stock, _ traces: TracePages, after outcomes: [[UInt8]]) {
    self.traces = traces
    call = SpawnedWorker.Call(runs: outcomes.count, traces: traces)
    var problems = WireWriter()
    problems.write(stock.problems.map(\.fingerprint))
    prelude = outcomes + [problems.bytes]
  }

  func start(_ slot: Int) throws(PoolError) -> (process: pid_t, socket: FrameSocket)? {
    var ends: [Int32] = [-1, -1]
    guard rookery_socket_pair(rookery_stream(), &ends) == 0 else {
      throw PoolError("worker \(slot) could not be reached: \(String(cString: strerror(errno)))")
    }
    defer { Glibc.close(ends[1]) }
    let socket = FrameSocket(descriptor: ends[0])
    // What is buffered now is this process's to write.
    fflush(nil)
    var process: pid_t = 0
    let status = Self.withStrings(CommandLine.arguments) { arguments in
      Self.withStrings(call.environment(slot: slot)) { environment in
        rookery_spawn(arguments, environment, ends[1], traces.file, &process)
      }
    }
    if status != 0 {
      throw PoolError("worker \(slot) could not be started: \(String(cString: strerror(status)))")
    }
    living.append(process)
    for frame in prelude { socket.enqueue(frame) }
    socket.flush(waits: false)
    return (process, socket)
  }

  private static func withStrings<T>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T
  ) -> T {
    let strings = texts.map { strdup($0) }
    defer { for string in strings { free(string) } }
    return body(strings + [nil])
  }

  func end(_ worker: pid_t) -> Bool {
    guard living.contains(worker), kill(worker, SIGKILL) == 0 else { return false }
    // It is told of at the next look.
    lastLook = 0
    return true
  }

  var hasNews: Bool {
    let now = wallSeconds()
    if now - lastLook >= Self.lookSeconds {
      lastLook = now
      reap()
    }
    return !dead.isEmpty
  }

  /// A host may have reaped them itself: then it is known that they are gone, and not how.
  private func reap() {
    living.removeAll { process in
      var status: Int32 = 0
      let result = waitpid(process, &status, WNOHANG)
      guard result == process || result < 0 && errno == ECHILD else { return false }
      dead.append(WorkerDeath(process: process, status: status))
      return true
    }
  }

  func deaths() -> [WorkerDeath]? {
    defer { dead = [] }
    return dead
  }

  func renew() {}

  func close(byForce: Bool) {
    let deadline = wallSeconds() + (byForce ? 0 : Self.patienceSeconds)
    reap()
    while !living.isEmpty, wallSeconds() < deadline {
      usleep(500)
      reap()
    }
    for process in living {
      kill(process, SIGKILL)
      while waitpid(process, nil, 0) < 0, errno == EINTR {}
    }
  }
}
