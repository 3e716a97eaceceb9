/// Who gets what a run found.
public enum ResultShare: Sendable {
  /// Every rank holds the same result.
  case everyRank
  /// Rank 0 holds it; other ranks get its head, with the ending and what it cost, and the evidence, but no draws: what a program does with
  /// these it must then do on rank 0. It spares memory where results are large and many ranks share a machine.
  case root
}

/// What a run is asked for beside the problem and the method. None of it but the seed changes the samples.
public struct RunSettings: Sendable {
  /// The seed of all random numbers. Equal seeds give equal bits, whatever the pool.
  public var seed: UInt64 = 1
  /// Stop once this many likelihood calls have been absorbed.
  public var maxCalls: Int?
  /// Stop after this many seconds.
  public var timeLimit: Double?
  /// How long one call of the likelihood may take, in seconds. On a pool of processes one that takes longer is ended, and
  /// treated like a crash; on threads and under MPI it ends the run.
  public var callTimeout: Double?
  /// What is done about a point at which the likelihood has crashed its worker twice. Only a pool of processes can refuse
  /// it; elsewhere a crash is the program's end.
  public var onCrash = CrashPolicy.stop
  /// How long a worker may give no sign of life, in seconds: a process that has been stopped, a rank whose machine or network has
  /// failed. A silent process is then replaced; a silent rank ends the run. Nil for any time: it is only said.
  public var silenceTimeout: Double?
  /// Where the state of the run is kept; nil for nowhere.
  public var checkpoint: CheckpointSettings?
  /// Which ranks of an MPI job get the draws of the result.
  public var result = ResultShare.everyRank
  /// Show progress on standard error.
  public var showsProgress = true
  /// Who listens to the run beside the progress line; on rank 0 alone.
  public var observers: [any RunObserver] = []

  /// The command that goes on with this run, where it was started from a command line.
  package var resumeCommand: String?
  /// Who chose the method, and why, where it was not the user.
  var choice = ""

  public init() {}

  package var callGuard: CallGuard {
    get { CallGuard(timeout: callTimeout, onCrash: onCrash, silenceTimeout: silenceTimeout) }
    set {
      (callTimeout, onCrash) = (newValue.timeout, newValue.onCrash)
      silenceTimeout = newValue.silenceTimeout
    }
  }
}
