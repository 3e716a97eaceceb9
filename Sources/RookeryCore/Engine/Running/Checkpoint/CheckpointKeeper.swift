import Glibc

/// Keeps the state of a run while it goes on: often enough to lose little, seldom enough to cost little.
struct CheckpointKeeper {
  private let store: CheckpointStore
  private let engine: EngineDescription
  private let seed: UInt64
  private let problem: Fingerprint
  private let seconds: Double
  private let ownState: CheckpointSettings.OwnState?
  private var due: Double

  /// A checkpoint takes no more than this share of the time between two.
  private static let largestShare = 0.01

  /// Locks the directory.
  ///
  /// - Throws: what ``CheckpointStore`` throws.
  init(_ settings: CheckpointSettings, engine: EngineDescription, seed: UInt64, problem: Problem) throws {
    store = try CheckpointStore(settings, engine: engine.name)
    self.engine = engine
    self.seed = seed
    self.problem = problem.fingerprint
    seconds = settings.seconds
    ownState = settings.ownState
    due = wallSeconds() + seconds
  }

  /// What an earlier run left; nil where it left nothing.
  ///
  /// - Throws: ``InputError`` where it was another run, ``OutputError`` where it cannot be read.
  func load<S: Sampler>(_: S.Type) throws -> Checkpoint<S>? {
    guard let (checkpoint, warnings) = try store.load(S.self) else { return nil }
    try checkpoint.check(against: engine, seed: seed, problem: problem, path: store.path)
    for warning in warnings { put("rookery: warning: \(warning)\n", to: STDERR_FILENO) }
    try ownState?.restore(checkpoint.own)
    return checkpoint
  }

  var isDue: Bool { wallSeconds() >= due }

  /// - Throws: ``OutputError``.
  mutating func save(_ state: Checkpoint<some Sampler>) throws {
    let start = wallSeconds()
    defer {
      let end = wallSeconds()
      due = end + max(seconds, (end - start) / Self.largestShare)
    }
    try store.save(state)
  }

  func checkpoint<S: Sampler>(
    _ sampler: S, out: [S.Piece], contexts: [LivingContext<S.Piece.Context>], cost: PieceCost, pieces: Int,
    wallSeconds: Double, cpuSeconds: Double, timeline: BusyTimeline
  ) -> Checkpoint<S> {
    Checkpoint(
      engine: engine.name, settings: engine.settings, seed: seed, problem: problem, sampler: sampler,
      out: out, contexts: contexts,
      cost: cost, pieces: pieces, own: ownState?.save() ?? [], wallSeconds: wallSeconds,
      cpuSeconds: cpuSeconds, timeline: timeline)
  }
}
