import Glibc

extension Pool {
  /// Work on local processes, which are forked when a run or a ``Crew`` begins and inherit the problem.
  ///
  /// A likelihood that crashes, is killed or runs out of memory takes only its worker with it, which is
  /// replaced.
  /// Where the program has threads, a fork would not be safe: workers are then ``spawned(_:)`` if they can be.
  public static func processes(_ count: Int) -> Pool {
    Pool("processes:\(count)") { stock in
      try requireWorkers(count, in: "processes:\(count)", filesPerWorker: 1)
      try Launcher.refuseLocalPool("processes:\(count)")
      LinearAlgebra.useSingleThread()
      if threadsOtherThanThis > 0, let outcomes = SpawnedWorker.outcomesOfEarlierRuns {
        return .driver(try ProcessTransport(spawning: count, for: stock, after: outcomes))
      }
      return .driver(try ProcessTransport(forking: count, for: stock))
    }
  }

  /// Work on local processes that are other starts of this program, for programs that have threads.
  ///
  /// Each goes through the program as a rank of an MPI job does, silently and with what earlier runs found, up to the run that it works for:
  /// so it must come to the same problems each time. Only programs that go through ``launch(_:)`` can be started so, and those in which all
  /// earlier runs were on such workers too.
  public static func spawned(_ count: Int) -> Pool {
    Pool("spawned:\(count)") { stock in
      try requireWorkers(count, in: "spawned:\(count)", filesPerWorker: 1)
      try Launcher.refuseLocalPool("spawned:\(count)")
      LinearAlgebra.useSingleThread()
      guard let outcomes = SpawnedWorker.outcomesOfEarlierRuns else {
        throw PoolError(
          "pool spawned:\(count) starts this program again for each worker, which it must be made for: go through launch, and start all "
            + "runs of the program on it")
      }
      return .driver(try ProcessTransport(spawning: count, for: stock, after: outcomes))
    }
  }

  /// A lock that another thread holds at a fork is held forever in the child.
  static func requireSingleThread() throws(PoolError) {
    LinearAlgebra.useSingleThread()
    let others = threadsOtherThanThis
    if others > 0 {
      throw PoolError(
        "worker processes are forked, which is only safe while a program has one thread; this one has "
          + "\(others + 1). Start the run before anything that starts threads (Dispatch, Task, other libraries), "
          + "or use a pool of threads or mpirun")
    }
  }

  /// A thread that has been joined is still listed for a moment, such as those that BLAS has just ended.
  private static var threadsOtherThanThis: Int {
    let deadline = wallSeconds() + 0.2
    var threads = threadCount
    while threads > 1 && wallSeconds() < deadline {
      usleep(500)
      threads = threadCount
    }
    return max(threads - 1, 0)
  }

  /// How many threads this process has; 0 where the system does not say.
  private static var threadCount: Int {
    guard let directory = opendir("/proc/self/task") else { return 0 }
    defer { closedir(directory) }
    var threads = -2
    while readdir(directory) != nil { threads += 1 }
    return threads
  }
}
