internal import CPosix
import Glibc
import Synchronization

/// This process, where a program has started itself again to have one more worker.
///
/// It goes through the program like a rank of an MPI job, but as fast as it can: runs that were before its own it does not work for, and
/// takes what came of them from the process that started it. At its own run it serves for as long as the crew lasts, and ends.
package final class SpawnedWorker: RankLink, @unchecked Sendable {
  /// What a worker is told by its environment: all that it needs before it has a problem.
  struct Call {
    /// How many runs the program had begun before.
    var runs: Int
    var slots: Int
    var values: Int

    fileprivate static let name = "ROOKERY_WORKER"

    init(runs: Int, traces: TracePages) { (self.runs, slots, values) = (runs, traces.slots, traces.capacity) }

    fileprivate init?(_ text: String, slot: inout Int) {
      let numbers = text.split(separator: " ").compactMap { Int($0) }
      guard numbers.count == 5, numbers[0] == Int(getppid()) else { return nil }
      (slot, runs, slots, values) = (numbers[1], numbers[2], numbers[3], numbers[4])
      guard slots > 0, (0..<slots).contains(slot), values > 0, runs >= 0 else { return nil }
    }

    /// The environment of this process, and the call.
    func environment(slot: Int) -> [String] {
      var texts: [String] = []
      var next = environ
      while let text = next.pointee {
        texts.append(String(cString: text))
        next += 1
      }
      return texts.filter { !$0.hasPrefix(Self.name + "=") } + [
        "\(Self.name)=\(getpid()) \(slot) \(runs) \(slots) \(values)"
      ]
    }
  }

  private let slot: Int
  private let runs: Int
  private let link: SocketLink
  private let traces: TracePages
  /// Where output goes once it serves: till then the program says nothing, as its first start says it all.
  private let output: [Int32]

  /// As `rookery_spawn` leaves them.
  private static let (socket, pages): (Int32, Int32) = (3, 4)

  private init?(_ call: Call, slot: Int) {
    (self.slot, runs) = (slot, call.runs)
    var status = stat()
    guard fstat(Self.socket, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK,
      let traces = try? TracePages(opening: Self.pages, slots: call.slots, values: call.values)
    else { return nil }
    self.traces = traces
    link = SocketLink(descriptor: Self.socket, trace: traces[slot])
    // No child of a likelihood is to hold the line.
    for descriptor in [Self.socket, Self.pages] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    output = [STDOUT_FILENO, STDERR_FILENO].map { stream in
      let kept = fcntl(stream, F_DUPFD_CLOEXEC, 10)
      let nowhere = open("/dev/null", O_WRONLY)
      if nowhere >= 0 {
        dup2(nowhere, stream)
        Glibc.close(nowhere)
      }
      return kept
    }
  }

  // MARK: What comes of the program

  private struct Program {
    /// Whether another start of it would become a worker.
    var isMadeForIt = false
    var worker: SpawnedWorker?
    var runsBegun = 0
    /// What came of the runs so far, by number, as far as workers that come later may be told.
    var outcomes: [Int: [UInt8]] = [:]
  }

  private static let program = Mutex(Program())

  /// To be called first of all by a program whose workers may be other starts of it.
  package static func enroll() {
    program.withLock { $0.isMadeForIt = true }
    guard let text = getenv(Call.name).map({ String(cString: $0) }) else { return }
    unsetenv(Call.name)
    var slot = 0
    guard let call = Call(text, slot: &slot) else { return }
    let owner = getppid()
    _ = rookery_die_with_parent()
    if getppid() != owner { _exit(1) }
    guard let worker = SpawnedWorker(call, slot: slot) else { return }
    Interruption.leaveToOwner()
    Zygote.prepareSignals()
    program.withLock { $0.worker = worker }
  }

  /// This process, if it is one.
  static var current: SpawnedWorker? { program.withLock { $0.worker } }

  /// What came of all runs of the program so far; nil where that is not known, and where no other start of the program could become a worker.
  static var outcomesOfEarlierRuns: [[UInt8]]? {
    program.withLock { program in
      let known = (0..<program.runsBegun).compactMap { program.outcomes[$0] }
      return program.isMadeForIt && known.count == program.runsBegun ? known : nil
    }
  }

  /// The number of a run that begins now.
  static func beginRun() -> Int {
    program.withLock { program in
      defer { program.runsBegun += 1 }
      return program.runsBegun
    }
  }

  static func keep(_ outcome: [UInt8], of run: Int) { program.withLock { $0.outcomes[run] = outcome } }

  // MARK: As a worker

  var number: Int { slot + 1 }
  package var place: String { "worker \(slot)" }

  /// Serves if the run that is about to begin is its own, and ends the process then.
  func serveIfDue(_ stock: Stock) {
    guard Self.program.withLock({ $0.runsBegun }) == runs else { return }
    do {
      var theirs = WireReader(try link.receive())
      for (mine, its) in zip(stock.problems.map(\.fingerprint), try theirs.read([Fingerprint].self)) {
        guard let difference = its.difference(to: mine, called: "worker \(slot)") else { continue }
        link.send(
          Answer.confused("another start of the program has come to another problem: \(difference)").frame)
        while true { _ = try link.receive() }
      }
    } catch {
      _exit(1)
    }
    fflush(nil)
    for (kept, stream) in zip(output, [STDOUT_FILENO, STDERR_FILENO]) where kept >= 0 {
      dup2(kept, stream)
      Glibc.close(kept)
    }
    stock.serve(link)
    fflush(nil)
    _exit(0)
  }

  // MARK: As a rank in runs before its own

  package func admit(_ addition: Stock.Addition) -> Bool { true }
  package func serveRun(expecting expected: Assignment) {}
  package func outcome() throws -> [UInt8] { try link.receive() }
  package func close(byForceAfter error: (any Error)?) {}
}
