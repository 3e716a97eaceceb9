import Foundation

/// One run of a program of this package, alone or under mpirun, ended by force after a time limit.
public struct ProgramRun: Sendable {
  public let status: Int32
  public let output: [String]
  public let errors: [String]
  public let seconds: Double
  public let wasEnded: Bool
  /// Processes of this run that were still there a moment after its end.
  public let orphans: [Int]
  /// Temporary files and shared memory of this run that were still there.
  public let leftFiles: [String]

  public static let mpirun = ["/usr/bin/mpirun", "/usr/local/bin/mpirun"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Programs are built into the directory of the tests, for which they are a little slower than others: measurements name
  /// another.
  private static let directory =
    ProcessInfo.processInfo.environment["ROOKERY_TEST_PROGRAMS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

  /// - Parameters:
  ///   - program: its name.
  ///   - ranks: how many to start under mpirun; nil for none.
  ///   - prefix: a command that runs the program.
  ///   - meanwhile: called with the process's number once it runs, before its end is waited for.
  ///   - limit: after how many seconds a run counts as one that hangs. On a busy machine all take longer, so it is far above what they
  ///     need.
  ///   - interruption: after how many seconds to send SIGTERM to the process group, as a batch system does.
  public init(
    _ program: String, _ arguments: [String], ranks: Int? = nil, prefix: [String] = [],
    environment: [String: String] = [:],
    terminatingGroupAfter interruption: Double? = nil, limit: Double = 100,
    meanwhile: ((Int32) -> Void)? = nil
  ) throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("probe-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    // Part of each process's environment, so that orphans can be told.
    let marker = directory.appendingPathComponent("marker").path
    var command = prefix
    if let ranks, let mpirun = Self.mpirun {
      command += [mpirun, "--allow-run-as-root", "--oversubscribe", "-n", "\(ranks)"]
    }
    command += [Self.directory.appendingPathComponent(program).path] + arguments

    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    // The runtime's backtraces of workers under MPI would only be noise here.
    // Open MPI keeps its files and shared memory where what is left of them can be told.
    let own = [
      "SWIFT_BACKTRACE": "enable=no", Self.markerName: marker, "TMPDIR": directory.path,
      "OMPI_MCA_btl_vader_backing_directory": directory.path,
    ]
    let base = ProcessInfo.processInfo.environment.merging(own) { $1 }
    process.environment = base.merging(environment) { $1 }
    // Files, not pipes: an orphan that holds a pipe open would hold up the test.
    let (output, errors) = (
      directory.appendingPathComponent("output"), directory.appendingPathComponent("errors")
    )
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    let start = Date()
    // Tests run on threads that block all signals, which a child would inherit: mpirun could not see its
    // ranks end.
    var (none, previous) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &previous)
    try process.run()
    pthread_sigmask(SIG_SETMASK, &previous, nil)
    meanwhile?(process.processIdentifier)
    if let interruption {
      usleep(UInt32(1e6 * interruption))
      kill(-process.processIdentifier, SIGTERM)
    }
    while process.isRunning && Date().timeIntervalSince(start) < limit { usleep(5000) }
    wasEnded = process.isRunning
    if wasEnded {
      process.terminate()
      usleep(1_000_000)
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
    process.waitUntilExit()
    seconds = Date().timeIntervalSince(start)
    status = process.terminationStatus
    var left = Self.processes(naming: marker)
    // On a busy machine it takes them a while to end.
    for _ in 0..<1000 where !left.isEmpty {
      usleep(10_000)
      left = Self.processes(naming: marker)
    }
    orphans = left
    let known = ["output", "errors", "marker"]
    leftFiles = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter {
      !known.contains($0)
    }
    for orphan in left { kill(pid_t(orphan), SIGKILL) }
    self.output = try Self.lines(output)
    self.errors = try Self.lines(errors)
  }

  private static let markerName = "ROOKERY_TEST_MARKER"

  private static func lines(_ file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  private static func processes(naming marker: String) -> [Int] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { Int($0) }.filter { process in
      let text = FileManager.default.contents(atPath: "/proc/\(process)/environ") ?? Data()
      return String(decoding: text, as: UTF8.self).contains(marker)
    }
  }

  /// What this program said went wrong, without what mpirun adds to it.
  public var messages: [String] { errors.filter { $0.hasPrefix("error: ") || $0.hasPrefix("rookery: ") } }

  /// The value after a word in each line of the output.
  public func values(_ word: String) -> [String] {
    output.compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      return words.firstIndex(of: word).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    }
  }
}

/// A pool and, where it needs them, ranks.
public struct PoolCase: CustomStringConvertible, Sendable {
  public var pool: String
  public var ranks: Int?
  public var description: String { ranks.map { "mpirun -n \($0), pool \(pool)" } ?? pool }

  public init(pool: String, ranks: Int? = nil) {
    self.pool = pool
    self.ranks = ranks
  }

  public static let serial = PoolCase(pool: "serial")
  public static let threads = PoolCase(pool: "threads:3")
  public static let processes = PoolCase(pool: "processes:3")
  /// Other starts of the program.
  public static let spawned = PoolCase(pool: "spawned:3")
  public static let local = [serial, threads, processes]
  public static let mpi =
    ProgramRun.mpirun == nil ? [] : [1, 2, 5].map { PoolCase(pool: "mpi", ranks: $0) }
  /// Two ranks of two threads each.
  public static let hybrid = ProgramRun.mpirun == nil ? [] : [PoolCase(pool: "mpi:threads=2", ranks: 2)]
  public static let mpi3 = ProgramRun.mpirun == nil ? [] : [PoolCase(pool: "mpi", ranks: 3)]
}

/// Waits until something is so, as on a busy machine nobody knows how long it takes; whether it came to be.
@discardableResult
public func waitUntil(_ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = Date().addingTimeInterval(120)
  while Date() < deadline {
    if try condition() { return true }
    usleep(5000)
  }
  return false
}

/// Waits until there is a file of this name.
@discardableResult
public func waitForFile(_ path: String) -> Bool { waitUntil { FileManager.default.fileExists(atPath: path) } }
