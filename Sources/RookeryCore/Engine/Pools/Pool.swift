/// Where work is done: this thread, threads, local processes, or MPI ranks. A pool is a wish; what is opened by it is a ``Crew``, which a run
/// has to itself unless it is given one.
///
/// The result of a run does not depend on it.
public struct Pool: Sendable, CustomStringConvertible {
  public let description: String
  package let open: @Sendable (Stock) throws -> Membership

  /// For a pool that is yet to be chosen: the one that suits problems here and now.
  package let choose: (@Sendable (Stock) throws -> Pool)?

  package init(_ description: String, open: @escaping @Sendable (Stock) throws -> Membership) {
    self.description = description
    self.open = open
    choose = nil
  }

  package init(_ description: String, choose: @escaping @Sendable (Stock) throws -> Pool) {
    self.description = description
    self.choose = choose
    open = { try choose($0).open($0) }
  }

  /// All work on the calling thread.
  public static let serial = Pool("serial") { stock in
    try Launcher.refuseLocalPool("serial")
    try stock.callGuard.refuseWhatNeedsProcesses("serial", watches: false)
    return .alone
  }
}

/// What this process is in an open pool.
package enum Membership {
  /// The only member: the driver's thread does the work.
  case alone
  case driver(any Transport)
  /// A rank that serves the driver and learns from it what came of each run.
  case rank(any RankLink, number: Int)
}
