/// Where and how often the state of a run is kept, and what is done about what an earlier run left there.
public struct CheckpointSettings: Sendable {
  public enum Policy: Sendable, Equatable {
    /// Neither: an error where there is something.
    case refuse
    /// Goes on from the state that is there; begins where there is none.
    case resume
    /// Begins anew and replaces what is there.
    case overwrite
  }

  /// Something of the caller's own that is to be as old as the state of the run: a counter, a cache.
  public struct OwnState: Sendable {
    /// Called by the driving process whenever the state is written.
    public var save: @Sendable () -> [UInt8]
    /// Called by the driving process when a run is taken up again, before it goes on, with what was saved last.
    public var restore: @Sendable ([UInt8]) throws -> Void

    public init(
      save: @escaping @Sendable () -> [UInt8], restore: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
      self.save = save
      self.restore = restore
    }
  }

  /// The directory. Only rank 0 reads and writes there.
  public var directory: String
  /// Seconds between two checkpoints. They come less often where one takes more than a hundredth of that time.
  public var seconds = 60.0
  public var policy = Policy.refuse
  public var ownState: OwnState?
  /// The engine of the run that this one takes over from, whose state lies beside its own.
  var engineBefore: String?

  public init(directory: String, seconds: Double = 60, policy: Policy = .refuse) {
    self.directory = directory
    self.seconds = seconds
    self.policy = policy
  }
}
