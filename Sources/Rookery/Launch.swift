public import ArgumentParser
import Glibc
public import RookeryCore

/// One start of a program from its command line.
public final class Launch {
  public let options: RunOptions
  /// The code the program will exit with: that of the worst ending so far.
  public private(set) var exitCode = ExitCode.success

  public init(_ options: RunOptions) {
    self.options = options
    nameSettingsAsFlags()
  }

  /// Samples a problem as the command line asks, and writes what it asks for. With `--json` it prints the line of the result,
  /// and the result's `summary()` does nothing.
  ///
  /// - Parameters:
  ///   - problem: what is to be inferred.
  ///   - pool: where to work, where the program and not its user decides.
  ///   - adding: members of the program's own for the line of `--json`; called on every rank, and only for `--json`.
  ///   - change: what the program settles and not its user; on every rank the same.
  /// - Returns: the result, on every rank.
  /// - Throws: what ``sample(_:by:settings:on:)`` throws, and ``InputError`` where both the program and the command line name a pool.
  public func sample(
    _ problem: Problem, on pool: Pool? = nil,
    adding: (RunResult) throws -> KeyValuePairs<String, JSON> = { _ in [:] },
    changing change: (inout RunSettings) -> Void = { _ in }
  ) throws -> RunResult {
    if pool != nil, let named = options.pool {
      throw InputError(
        "the program chooses its own pool, so --pool \(named) cannot be followed; leave out one of them")
    }
    var problem = problem
    if let policy = options.onNan { problem.onNaN = policy }
    if options.doctor {
      throw CleanExit.message(try diagnose(problem, on: pool ?? options.pool.map(Pool.parse)) ?? "")
    }
    let directory = try options.out.map { try OutputDirectory(path: $0, part: problem.name) }
    var settings = try options.settings()
    settings.checkpoint = try directory.map(options.checkpoints)
    settings.resumeCommand = CommandLine.resuming
    change(&settings)
    var result = try RookeryCore.sample(
      problem, by: options.chosenMethod(), settings: settings,
      on: pool ?? self.pool())
    // First it is told, then written: what cannot be written is not lost then.
    if options.json {
      if let line = try result.json(adding: adding(result)) { put(line + "\n", to: STDOUT_FILENO) }
      result.head.printsSummary = false
    }
    note(result.ending)
    // A run that never began has nothing to say, and what an earlier one wrote stays.
    let isEmpty = result.ending == .interrupted && result.logLikelihoods.isEmpty
    if let directory, result.rank == 0, !isEmpty { try save(result, to: directory) }
    return result
  }

  /// Writes a result where it is to go or where it can be kept. Where that fails the program goes on, for what it has to say not to be
  /// lost too, and ends with the code for it.
  private func save(_ result: RunResult, to directory: OutputDirectory) throws {
    let here = realpath(".", nil).map { path in
      defer { free(path) }
      return String(cString: path)
    }
    let temporary = Launcher.environment("TMPDIR") ?? "/tmp"
    let trouble = try directory.save(
      result, formats: options.formats(), fallbacks: [here ?? ".", temporary])
    if let trouble { put("rookery: error: \(printableLines(trouble))\n", to: STDERR_FILENO) }
    if trouble != nil || result.stateError != nil { exitCode = .cannotWrite }
  }

  /// Where the command line wants work to be done.
  public func pool() throws -> Pool { try options.pool.map(Pool.parse) ?? .automatic }

  private func note(_ ending: Ending) {
    let code: ExitCode =
      switch ending {
      case .converged: .success
      case .interrupted: .interrupted
      case .callLimit, .timeLimit, .stuck: .limit
      }
    if code != .success, exitCode != .cannotWrite, exitCode != .interrupted { exitCode = code }
  }
}

/// Runs a script: takes the options from the command line, does what the body says, and ends the process with the
/// documented code. An error is printed once, by rank 0.
///
/// SIGINT, SIGTERM, SIGUSR1, SIGUSR2 and SIGHUP ask the program to stop: the run under way ends with its state saved, later runs end
/// at once, and the code is 130.
///
/// ```swift
/// launch { run in
///   let result = try run.sample(problem)
///   result.summary()
/// }
/// ```
///
/// Under MPI every rank goes through the body, and so does, silently, each worker that is another start of the program (``Pool/spawned(_:)``).
///
/// - Parameters:
///   - about: what the program does, for `--help`.
///   - formats: forms of the program's own for its results, beside those of this package: `--format` takes their names.
public func launch(
  about: String = "", formats: [any ResultFormat] = [], _ body: (Launch) throws -> Void
) -> Never {
  launch(NoArguments.self, about: about, formats: formats) { run, _ in try body(run) }
}

/// The same for a program with arguments of its own, which `--help` lists before those of a run.
///
/// ```swift
/// struct FitOptions: ParsableArguments {
///   @Argument var data: String
///   @Option var degree = 1
/// }
/// launch(FitOptions.self) { run, own in
///   let result = try run.sample(polynomial(through: own.data, degree: own.degree))
///   result.summary()
/// }
/// ```
///
/// - Parameter own: may hold a group of `RunOptions` itself, to place them among its own.
public func launch<Own: ParsableArguments>(
  _ own: Own.Type, about: String = "", formats: [any ResultFormat] = [],
  _ body: (Launch, Own) throws -> Void
) -> Never {
  launch(own, about: about, formats: formats) { run, own in
    try body(run, own)
    return ExitCode.success
  }
}

/// The same for a body that ends with a code of its own. Success leaves the code to how the runs ended.
@_disfavoredOverload
public func launch<Own: ParsableArguments>(
  _ own: Own.Type, about: String = "", formats: [any ResultFormat] = [],
  _ body: (Launch, Own) throws -> ExitCode
) -> Never {
  let program = Program<Own>(about: about)
  var exitCode = ExitCode.success
  do {
    StandardOutput.prepare()
    SpawnedWorker.enroll()
    nameSettingsAsFlags()
    try OutputFormat.offer(formats)
    let (options, own) = try program.parse()
    let launch = Launch(options)
    if !options.doctor { Interruption.heedSignals() }
    defer { exitCode = launch.exitCode }
    var code = ExitCode.success
    do { code = try body(launch, own) } catch  where launch.exitCode == .interrupted {
      // What a program does with its results need not be ready for results that are not there.
      if !Launcher.isQuietRank {
        put("rookery: what follows the interrupted run was left out: \(error)\n", to: STDERR_FILENO)
      }
    }
    let isStopped = launch.exitCode == .interrupted
    exit(afterOutput(code == .success || isStopped ? launch.exitCode : code).rawValue)
  } catch {
    let code = report(error, of: program.command)
    exit(afterOutput(code == .success ? exitCode : code).rawValue)
  }
}

/// The code to exit with once all that was printed has gone out: where it has not, that is said, and the code says so too.
package func afterOutput(_ code: ExitCode) -> ExitCode {
  guard let error = StandardOutput.flush() ?? (Launcher.isQuietRank ? nil : LauncherOutput.trouble()) else {
    return code
  }
  put("rookery: error: \(error)\n", to: STDERR_FILENO)
  return .cannotWrite
}

/// Prints an error once, on rank 0, and returns the code to exit with.
///
/// - Parameter command: whose usage belongs to an error of the command line.
public func report(
  _ error: any Error, of command: (any ParsableArguments.Type) = RunOptions.self
) -> ExitCode {
  let isSilent = Launcher.isQuietRank
  Launcher.letRankZeroSpeakFirst()
  func say(_ code: ExitCode) -> ExitCode {
    if !isSilent { put("rookery: error: \(printableLines("\(error)"))\n", to: STDERR_FILENO) }
    return code
  }
  switch error {
  case is InputError: return say(.badInput)
  case is OutputError: return say(.cannotWrite)
  case is LikelihoodFailure, is PoolError: return say(.failure)
  case is Interrupted: return say(.interrupted)
  case let code as ExitCode: return code
  default:
    let code = command.exitCode(for: error)
    if !isSilent {
      var text = command.fullMessage(for: error)
      if code != .success, text.hasPrefix(command._errorPrefix) {
        text = "rookery: error: " + text.dropFirst(command._errorPrefix.count)
      }
      put(text + "\n", to: code == .success ? STDOUT_FILENO : STDERR_FILENO)
    }
    return code
  }
}

extension ExitCode {
  /// Stopped at a limit.
  public static let limit = ExitCode(2)
  public static let usage = ExitCode(64)
  public static let badInput = ExitCode(65)
  public static let cannotWrite = ExitCode(74)
  public static let interrupted = ExitCode(130)
}
