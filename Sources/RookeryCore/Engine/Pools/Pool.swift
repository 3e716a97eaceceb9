/// Where work is done: this thread, threads, local processes, or MPI ranks. A pool is a wish; it opens when a
/// run starts.
///
/// The result of a run does not depend on it.
public struct Pool: Sendable, CustomStringConvertible {
  public let description: String
  package let open: @Sendable (Crew) throws -> Membership

  /// For a pool that is yet to be chosen: the one that suits a problem here and now.
  package let choose: (@Sendable (Problem, CallGuard) throws -> Pool)?

  package init(_ description: String, open: @escaping @Sendable (Crew) throws -> Membership) {
    self.description = description
    self.open = open
    choose = nil
  }

  package init(_ description: String, choose: @escaping @Sendable (Problem, CallGuard) throws -> Pool) {
    self.description = description
    self.choose = choose
    open = { try choose($0.problem, $0.callGuard).open($0) }
  }

  /// All work on the calling thread.
  public static let serial = Pool("serial") { crew in
    try Launcher.refuseLocalPool("serial")
    try crew.callGuard.refuseWhatNeedsProcesses("serial", watches: false)
    return .alone
  }
}

/// Whom a pool is opened for.
package struct Crew: Sendable {
  package let problem: Problem
  package let callGuard: CallGuard
  /// What a local worker does with its link until it is let go.
  package let serve: @Sendable (any WorkerLink) -> Void

  package init(
    problem: Problem, guardedBy callGuard: CallGuard = CallGuard(),
    serve: @escaping @Sendable (any WorkerLink) -> Void
  ) {
    self.problem = problem
    self.callGuard = callGuard
    self.serve = serve
  }
}

/// What this process is in an open pool.
package enum Membership {
  /// The only member: the driver's thread does the work.
  case alone
  case driver(any Transport)
  /// A rank that serves the driver and learns the outcome from it.
  case rank(any WorkerLink, number: Int)
}
