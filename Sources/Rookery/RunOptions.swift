public import ArgumentParser
public import RookeryCore

/// What every program built on Rookery takes from its command line: pool, method, seed, output and limits.
///
/// `rookery run` has the same flags.
public struct RunOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "How to sample: \(methods), auto for the one that suits the problem. With --help: what belongs to that method.",
      valueName: "name"))
  public var method = MethodName.auto

  @Option(parsing: .unconditional, help: .setting("live"), transform: wholeNumber)
  public var live: Int?

  @Option(name: .customLong("target-ess"), parsing: .unconditional, help: .setting("target_ess"))
  public var targetESS: Double?

  @Option(parsing: .unconditional, help: .setting("networks"), transform: wholeNumber)
  public var networks: Int?

  @Option(help: .setting("explorer"))
  public var explorer: NestedSettings.Explorer?

  @Option(help: .setting("bound"))
  public var bound: NestedSettings.Bound?

  @Option(parsing: .unconditional, help: .setting("bootstrap"), transform: wholeNumber)
  public var bootstrap: Int?

  @Option(parsing: .unconditional, help: .setting("enlarge"))
  public var enlarge: Double?

  @Option(parsing: .unconditional, help: .setting("deletions"), transform: wholeNumber)
  public var deletions: Int?

  @Flag(help: .setting("dynamic"))
  public var dynamic = false

  @Option(parsing: .unconditional, help: .setting("target_error"))
  public var targetError: Double?

  @Option(parsing: .unconditional, help: .setting("batch"), transform: wholeNumber)
  public var batch: Int?

  @Option(parsing: .unconditional, help: .setting("posterior_share"))
  public var posteriorShare: Double?

  @Option(parsing: .unconditional, help: .setting("dlogz"))
  public var dlogz: Double?

  @Option(parsing: .unconditional, help: .setting("walks"), transform: wholeNumber)
  public var walks: Int?

  @Option(parsing: .unconditional, help: .setting("slices"), transform: wholeNumber)
  public var slices: Int?

  @Option(parsing: .unconditional, help: .setting("window"), transform: wholeNumber)
  public var window: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of all random numbers; equal seeds give equal bits on any pool. (default: 1)", valueName: "n"),
    transform: seedNumber)
  public var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Where to work: auto, serial, threads:N, processes:N, spawned:N, mpi or mpi:threads=N. (default: auto, the ranks of an MPI job, else threads on all cores if the likelihood is thread safe)",
      valueName: "name"),
    completion: .list(["auto", "serial", "threads", "processes", "spawned", "mpi"]))
  public var pool: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Stop after this many likelihood calls. (default: no limit)", valueName: "n"),
    transform: wholeNumber)
  public var maxCalls: Int?

  @Option(
    help: ArgumentHelp("Stop after this time: 90s, 30m, 2h. (default: no limit)", valueName: "time"))
  public var timeLimit: String?

  @Option(
    help: ArgumentHelp(
      "What to do where the likelihood is not a number. (default: \(Problem.NaNPolicy.error.rawValue))",
      valueName: "policy"))
  public var onNan: Problem.NaNPolicy?

  @Option(
    help: ArgumentHelp(
      "End a likelihood call that takes longer than this: 30s, 5m. For pool processes:N; elsewhere the run ends. (default: no limit)",
      valueName: "time"))
  public var callTimeout: String?

  @Option(
    help: ArgumentHelp(
      "How long a worker may give no sign of life before it is replaced or, where that cannot be, as of a rank, the run ends: 5m. (default: no limit, it is only said)",
      valueName: "time"))
  public var silenceTimeout: String?

  @Option(
    help: ArgumentHelp(
      "What to do with a point at which the likelihood has crashed its worker twice.", valueName: "policy"))
  public var onCrash = CrashPolicy.stop

  @Option(
    help: ArgumentHelp(
      "Write the samples and a summary to this directory. (default: nothing is written)", valueName: "dir"),
    completion: .directory)
  public var out: String?

  @Option(
    help: ArgumentHelp(
      "What to write to --out beside samples.npz and summary.json: npz for nothing more, \(OutputFormat.allCases.filter { $0 != .npz }.map(\.name).joined(separator: ", ")), or all; several with commas. (default: npz)",
      valueName: "formats"), completion: .list(OutputFormat.allCases.map(\.name) + ["all"]))
  public var format: String?

  @Flag(
    help:
      "Do not sample: measure what this machine or allocation offers this problem, and say what is set wrong."
  )
  public var doctor = false

  @Flag(help: "Go on with the run whose state --out holds; begin where there is none.")
  public var resume = false

  @Flag(help: "Replace what an earlier run left in --out.")
  public var overwrite = false

  @Option(
    help: ArgumentHelp(
      "Time between two checkpoints in --out: 90s, 5m. (default: 60s)", valueName: "time"))
  public var checkpointEvery: String?

  @Flag(help: "Print one line of JSON for each problem instead of its summary.")
  public var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  public var quiet = false

  public init() {}

  /// What to write beside `samples.npz` and `summary.json`.
  public func formats() throws -> [OutputFormat] {
    try format.map(OutputFormat.parse) ?? OutputFormat.standard
  }

  /// Where the state of a run is kept that writes to the given directory.
  func checkpoints(in directory: OutputDirectory) throws -> CheckpointSettings {
    CheckpointSettings(
      directory: directory.path, seconds: try checkpointEvery.map(parseDuration) ?? 60,
      policy: resume ? .resume : overwrite ? .overwrite : .refuse)
  }

  /// Seed, limits and progress.
  public func settings() throws -> RunSettings {
    var settings = RunSettings()
    settings.seed = seed
    settings.maxCalls = maxCalls
    settings.timeLimit = try timeLimit.map(parseDuration)
    settings.callTimeout = try callTimeout.map(parseDuration)
    settings.silenceTimeout = try silenceTimeout.map(parseDuration)
    settings.onCrash = onCrash
    settings.showsProgress = !quiet
    return settings
  }

  public func validate() throws {
    if let maxCalls, maxCalls < 1 { throw ValidationError("--max-calls must be at least 1, not \(maxCalls)") }
    if let timeLimit { _ = try asUsage { try parseDuration(timeLimit) } }
    if let format {
      _ = try asUsage { try OutputFormat.parse(format) }
      guard out != nil else { throw ValidationError("--format says what to write to --out; give --out too") }
    }
    if let callTimeout { _ = try asUsage { try parseDuration(callTimeout) } }
    if let silenceTimeout { _ = try asUsage { try parseDuration(silenceTimeout) } }
    if resume, overwrite { throw ValidationError("--resume and --overwrite cannot both be followed") }
    if out == nil {
      for (isGiven, name) in [
        (resume, "--resume"), (overwrite, "--overwrite"), (checkpointEvery != nil, "--checkpoint-every"),
      ] where isGiven {
        throw ValidationError("\(name) needs --out: the directory that the state is kept in")
      }
    }
    if let checkpointEvery { _ = try asUsage { try parseDuration(checkpointEvery) } }
    if let pool { _ = try asUsage { try Pool.parse(pool) } }
  }

  /// Input errors of option values are usage errors.
  private func asUsage<T>(_ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as InputError { throw ValidationError(error.description) }
  }
}

/// What each method is, for the help on choosing one.
private let methods = MethodDescription.all.map { "\($0.name) for \($0.words)" }.joined(separator: ", ")

extension NestedSettings.Explorer: ExpressibleByArgument {}
extension NestedSettings.Bound: ExpressibleByArgument {}
extension Problem.NaNPolicy: ExpressibleByArgument {}
extension TableFormat: ExpressibleByArgument {}
extension CrashPolicy: ExpressibleByArgument {}
