public import ArgumentParser
public import RookeryCore

/// What every program built on Rookery takes from its command line: pool, method, seed, output and limits.
///
/// `rookery run` has the same flags.
public struct RunOptions: ParsableArguments, Sendable {
  public enum MethodName: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, nautilus, dynesty
  }

  @Option(
    help: ArgumentHelp(
      "How to sample: nautilus for importance nested sampling with shells, dynesty for nested sampling with live points, auto for the one that suits the problem.",
      valueName: "name"))
  public var method = MethodName.auto

  @Option(
    name: .customLong("live"), parsing: .unconditional,
    help: ArgumentHelp(
      "Live points; nautilus: the points each bound is built around. Needs --method. (default: dynesty \(nested.live), nautilus \(shells.live))",
      valueName: "n"), transform: wholeNumber)
  public var live: Int?

  @Option(
    name: .customLong("target-ess"), parsing: .unconditional,
    help: ArgumentHelp(
      "Stop at this effective sample size; of dynesty a dynamic run. (default: nautilus \(Int(shells.targetEffectiveSize)); dynesty none, or 10000 with --dynamic)",
      valueName: "size"))
  public var targetESS: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "nautilus: networks that share in deciding where a bound ends; 0 for ellipsoids alone. (default: \(shells.networks))",
      valueName: "n"), transform: wholeNumber)
  public var networks: Int?

  @Option(
    help: ArgumentHelp(
      "dynesty: how new points are found. (default: \(nested.explorer.rawValue), draws from the bound while that is cheaper, then local slices)",
      valueName: "name"))
  public var explorer: NestedSettings.Explorer?

  @Option(
    help: ArgumentHelp(
      "dynesty: what is drawn around the live points. (default: \(nested.bound.rawValue), as many ellipsoids as pay)",
      valueName: "name"))
  public var bound: NestedSettings.Bound?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "dynesty: how often points are left out to see how much wider a bound must be. (default: 20 in few dimensions and 5 in many where points are drawn from it, 0 where it only guides chains, or 5 beside cliffs of the likelihood)",
      valueName: "n"), transform: wholeNumber)
  public var bootstrap: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "dynesty: by which factor the volume of a bound is made larger. (default: what the explorer needs)",
      valueName: "factor"))
  public var enlarge: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "dynesty: how many of the lowest live points are replaced at once. (default: \(nested.deletions))",
      valueName: "n"), transform: wholeNumber)
  public var deletions: Int?

  @Flag(help: "dynesty: add batches of points where they serve the targets best.")
  public var dynamic = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "dynesty: the error of log Z at which a dynamic run stops. (default: none)", valueName: "error"))
  public var targetError: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "dynesty: live points of one batch of a dynamic run. (default: as many as --live)", valueName: "n"),
    transform: wholeNumber)
  public var batch: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "dynesty: how much batches serve the posterior and not the evidence, 0 to 1. (default: what the targets ask for)",
      valueName: "share"))
  public var posteriorShare: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stop when ln(1 + evidence left / evidence so far) is below this; nautilus: build bounds at least so far, to find what is narrow and high within what is wide. (default: dynesty \(dlogzWords); nautilus no such limit, and 0.3 where the fit turns out thin towards the highest points)",
      valueName: "nats"))
  public var dlogz: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "dynesty: proposals of one random walk. (default: 20 more than dimensions)", valueName: "n"),
    transform: wholeNumber)
  public var walks: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "dynesty: slices of one slice chain. (default: about as many as dimensions, and more where chains get on badly)",
      valueName: "n"), transform: wholeNumber)
  public var slices: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pieces of work out at once; the result depends on it, never on the pool. Needs --method. (default: dynesty a sixteenth of the live points, nautilus \(shells.window))",
      valueName: "n"), transform: wholeNumber)
  public var window: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of all random numbers; equal seeds give equal bits on any pool. (default: 1)", valueName: "n"),
    transform: seedNumber)
  public var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Where to work: auto, serial, threads:N, processes:N, mpi or mpi:threads=N. (default: auto, the ranks of an MPI job, else threads on all cores if the likelihood is thread safe)",
      valueName: "name"),
    completion: .list(["auto", "serial", "threads", "processes", "mpi"]))
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
      "What to write to --out beside samples.npz and summary.json: npz for nothing more, csv, polychord, arviz, bilby, ultranest, or all; several with commas. (default: npz)",
      valueName: "formats"), completion: .list(OutputFormat.allCases.map(\.rawValue) + ["all"]))
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

/// What the defaults that `--help` shows are read from.
private let nested = NestedSettings()
private let shells = ImportanceNestedSettings()
private let dlogzWords =
  "\(nested.remainingEvidenceInForce), and when the live points matter little to the posterior; 0.01 with --dynamic"

extension NestedSettings.Explorer: ExpressibleByArgument {}
extension NestedSettings.Bound: ExpressibleByArgument {}
extension Problem.NaNPolicy: ExpressibleByArgument {}
extension TableFormat: ExpressibleByArgument {}
extension CrashPolicy: ExpressibleByArgument {}
