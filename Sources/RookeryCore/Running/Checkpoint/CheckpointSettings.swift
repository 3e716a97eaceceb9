/// Where and how often the state of a run is kept, and what is done about what an earlier run left there.
public struct CheckpointSettings: Sendable, Equatable {
  public enum Policy: Sendable, Equatable {
    /// Neither: an error where there is something.
    case refuse
    /// Goes on from the state that is there; begins where there is none.
    case resume
    /// Begins anew and replaces what is there.
    case overwrite
  }

  /// The directory. Only rank 0 reads and writes there.
  public var directory: String
  /// Seconds between two checkpoints. They come less often where one takes more than a hundredth of that time.
  public var seconds = 60.0
  public var policy = Policy.refuse
  /// Whether the run stands in for one of another method, whose state may lie beside its own.
  var isStandIn = false

  public init(directory: String, seconds: Double = 60, policy: Policy = .refuse) {
    self.directory = directory
    self.seconds = seconds
    self.policy = policy
  }
}
