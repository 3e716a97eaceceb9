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
      "How to sample: nautilus for importance nested sampling with shells, dynesty for nested sampling with live points, auto.",
      valueName: "name"))
  public var method = MethodName.auto

  @Option(name: .customLong("live"), help: "Live points.")
  public var live: Int?

  @Option(
    name: .customLong("target-ess"),
    help: "Stop at this effective sample size; of dynesty a dynamic run.")
  public var targetESS: Double?

  @Option(help: "nautilus: networks that share in deciding where a bound ends; 0 for ellipsoids alone.")
  public var networks: Int?

  @Option(help: "dynesty: how new points are found: auto, unif, rwalk, slice, rslice, mixture or local.")
  public var explorer: NestedSettings.Explorer?

  @Option(
    help: "dynesty: what is drawn around the live points: none, single, multi, balls, cubes or mlfriends.")
  public var bound: NestedSettings.Bound?

  @Option(help: "dynesty: how often points are left out to see how much wider a bound must be.")
  public var bootstrap: Int?

  @Option(help: "dynesty: by which factor the volume of a bound is made larger.")
  public var enlarge: Double?

  @Option(help: "dynesty: how many of the lowest live points are replaced at once.")
  public var deletions: Int?

  @Flag(help: "dynesty: add batches of points where they serve the targets best.")
  public var dynamic = false

  @Option(help: "dynesty: the error of log Z at which a dynamic run stops.")
  public var targetError: Double?

  @Option(help: "dynesty: live points of one batch of a dynamic run.")
  public var batch: Int?

  @Option(help: "dynesty: how much batches serve the posterior and not the evidence, 0 to 1.")
  public var posteriorShare: Double?

  @Option(help: "dynesty: stop when ln(1 + evidence left / evidence so far) is below this.")
  public var dlogz: Double?

  @Option(help: "dynesty: proposals of one random walk.")
  public var walks: Int?

  @Option(help: "dynesty: slices of one slice chain.")
  public var slices: Int?

  @Option(help: "Pieces of work out at once; the result depends on it, never on the pool.")
  public var window: Int?

  @Option(help: "Seed of all random numbers; equal seeds give equal bits on any pool.")
  public var seed: UInt64 = 1

  @Option(help: "Where to work: auto, serial, threads:N, processes:N, mpi or mpi:threads=N.")
  public var pool: String?

  @Option(help: "Stop after this many likelihood calls.")
  public var maxCalls: Int?

  @Option(help: "Stop after this time: 90s, 30m, 2h.")
  public var timeLimit: String?

  @Option(help: "What to do where the likelihood is not a number: error or refuse.")
  public var onNan: Problem.NaNPolicy?

  @Option(
    help:
      "End a likelihood call that takes longer than this: 30s, 5m. For pool processes:N; elsewhere the run ends."
  )
  public var callTimeout: String?

  @Option(
    help: ArgumentHelp(
      "How long a worker may give no sign of life before it is replaced or, where that cannot be, as of a rank, the run ends: 5m. Without it that is only said.",
      valueName: "time"))
  public var silenceTimeout: String?

  @Option(
    help: "What to do with a point at which the likelihood has crashed its worker twice: stop or refuse.")
  public var onCrash = CrashPolicy.stop

  @Option(help: ArgumentHelp("Write the samples and a summary to this directory.", valueName: "dir"))
  public var out: String?

  @Option(
    help: ArgumentHelp(
      "What to write to --out beside samples.npz and summary.json: npz for nothing more, csv, polychord, arviz, bilby, ultranest, or all; several with commas.",
      valueName: "formats"))
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
    help: ArgumentHelp("Time between two checkpoints in --out: 90s, 5m. Default 60s.", valueName: "time"))
  public var checkpointEvery: String?

  @Flag(help: "Print one line of JSON instead of the summary.")
  public var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  public var quiet = false

  public init() {}

  /// The method asked for. Settings of one method choose it; none leaves the choice to the problem.
  ///
  /// - Throws: ``InputError`` for settings of different methods.
  public func chosenMethod() throws -> Method {
    let shells = [("--networks", networks != nil)]
    let nested = [
      ("--explorer", explorer != nil), ("--dlogz", dlogz != nil), ("--walks", walks != nil),
      ("--slices", slices != nil), ("--bound", bound != nil), ("--bootstrap", bootstrap != nil),
      ("--enlarge", enlarge != nil), ("--deletions", deletions != nil), ("--dynamic", dynamic),
      ("--target-error", targetError != nil), ("--batch", batch != nil),
      ("--posterior-share", posteriorShare != nil),
    ]
    let shellOption = shells.first(where: \.1)?.0
    let nestedOption = nested.first(where: \.1)?.0
    if let shellOption, method == .dynesty || nestedOption != nil {
      throw InputError("\(shellOption) belongs to --method nautilus, not to \(nestedOption ?? "dynesty")")
    }
    if let nestedOption, method == .nautilus {
      throw InputError("\(nestedOption) belongs to --method dynesty, not to nautilus")
    }
    if method == .dynesty || nestedOption != nil { return .nested(nestedSettings) }
    if method == .nautilus || shellOption != nil || targetESS != nil {
      return .importanceNested(shellSettings)
    }
    guard live == nil, window == nil else {
      throw InputError(
        "--live and --window mean different things to different methods; name one with --method")
    }
    return .automatic
  }

  private var nestedSettings: NestedSettings {
    var settings = NestedSettings()
    if let live { settings.live = live }
    if let explorer { settings.explorer = explorer }
    if let bound { settings.bound = bound }
    settings.bootstraps = bootstrap
    settings.enlargement = enlarge
    if let deletions { settings.deletions = deletions }
    settings.isDynamic =
      dynamic || targetESS != nil || targetError != nil || batch != nil || posteriorShare != nil
    settings.targetEffectiveSize = targetESS
    settings.targetError = targetError
    settings.batch = batch
    settings.posteriorShare = posteriorShare
    settings.remainingEvidence = dlogz
    settings.walkSteps = walks
    settings.slices = slices
    settings.window = window
    return settings
  }

  private var shellSettings: ImportanceNestedSettings {
    var settings = ImportanceNestedSettings()
    if let live { settings.live = live }
    if let targetESS { settings.targetEffectiveSize = targetESS }
    if let networks { settings.networks = networks }
    if let window { settings.window = window }
    return settings
  }

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

extension NestedSettings.Explorer: ExpressibleByArgument {}
extension NestedSettings.Bound: ExpressibleByArgument {}
extension Problem.NaNPolicy: ExpressibleByArgument {}
extension TableFormat: ExpressibleByArgument {}
extension CrashPolicy: ExpressibleByArgument {}
