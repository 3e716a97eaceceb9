import Glibc

/// Where a pool of processes has its workers from.
protocol WorkerSource: AnyObject {
  /// Readable when it has something to tell; negative where nothing of the kind is there.
  var descriptor: Int32 { get }
  /// Whether it has something to tell that is not to be waited for.
  var hasNews: Bool { get }

  /// A fresh worker with the line to it; nil where the source has ended.
  func start(_ slot: Int) throws(PoolError) -> (process: pid_t, socket: FrameSocket)?

  /// Ends a worker, which is then told of as dead. Whether that can be done.
  @discardableResult func end(_ worker: pid_t) -> Bool

  /// Workers that have died since it was asked last; nil where the source has ended, and all workers with it.
  func deaths() -> [WorkerDeath]?

  /// Begins anew after its end.
  func renew() throws(PoolError)

  /// Waits for workers that have been let go of, but not for long; or ends them all.
  func close(byForce: Bool)
}

struct WorkerDeath {
  var process: pid_t
  /// How it ended, as `waitpid` says.
  var status: Int32
}

extension PoolError {
  static let sourceEnded = PoolError(
    "the process that starts the workers has ended; it may have been killed for want of memory")
}
