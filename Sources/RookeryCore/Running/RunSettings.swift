/// What a run is asked for beside the problem and the method. None of it but the seed changes the samples.
public struct RunSettings: Sendable {
  /// The seed of all random numbers. Equal seeds give equal bits, whatever the pool.
  public var seed: UInt64 = 1
  /// Stop once this many likelihood calls have been absorbed.
  public var maxCalls: Int?
  /// Stop after this many seconds.
  public var timeLimit: Double?
  /// Show progress on standard error.
  public var showsProgress = true

  public init() {}
}
