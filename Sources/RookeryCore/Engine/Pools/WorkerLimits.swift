internal import CPosix

extension Pool {
  /// More workers than this for each core, and than `mostAnywhere`, are a slip of the pen.
  private static let mostPerCore = 128
  private static let mostAnywhere = 1024
  /// Files that a process has open beside the lines to its workers, with some to spare.
  private static let otherFiles = 16

  /// Sees to it that a number of workers is one that this machine can have.
  ///
  /// - Parameter filesPerWorker: how many open files each takes.
  /// - Throws: ``InputError`` that names the pool and the limit.
  package static func requireWorkers(
    _ count: Int, in pool: String, filesPerWorker: Int = 0
  ) throws(InputError) {
    if count < 1 { throw InputError("pool \(pool): a pool needs at least 1 worker, not \(count)") }
    let most = max(mostAnywhere, mostPerCore * availableCores)
    guard count <= most else {
      throw InputError(
        "pool \(pool): \(count) workers are more than this machine can have, which with \(availableCores) "
          + "core\(availableCores == 1 ? "" : "s") is at most \(most)")
    }
    let (processes, files) = (rookery_process_limit(), rookery_file_limit())
    if processes >= 0, count >= processes {
      throw InputError(
        "pool \(pool): this user may have \(processes) processes and threads at most: see ulimit -u")
    }
    if filesPerWorker > 0, files >= 0, count * filesPerWorker + otherFiles > files {
      throw InputError(
        "pool \(pool): \(count) workers need \(count * filesPerWorker + otherFiles) open files, and \(files) are allowed: "
          + "raise the limit with ulimit -n, or use fewer workers")
    }
  }
}
