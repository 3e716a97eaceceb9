internal import CPosix
import Glibc

/// The MPI launcher under which this process was started, as its environment tells.
public struct Launcher: Equatable, Sendable {
  public let name: String
  public let rank: Int
  /// How many ranks it started, where it says so.
  public let size: Int?

  /// Whether another rank is there to print what there is to say. Known before MPI is up.
  public static var isQuietRank: Bool { SpawnedWorker.current != nil || isQuietRank(in: environment) }

  package typealias Lookup = (String) -> String?

  package static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  package static func isQuietRank(in lookup: Lookup) -> Bool {
    do {
      return try detect(in: lookup).map { $0.rank > 0 } ?? false
    } catch {
      // A step that is no MPI job still has a first task.
      return (number("SLURM_PROCID", lookup) ?? 0) > 0
    }
  }

  /// The launcher; nil where the program was started by itself.
  ///
  /// Only what a launcher sets for each process counts: SLURM_NTASKS describes an allocation, in which a
  /// program may well run alone.
  /// - Throws: for a Slurm step of several tasks that were not told of each other, which would do the same
  ///   run each.
  package static func detect(in lookup: Lookup = environment) throws(InputError) -> Launcher? {
    if let size = number("OMPI_COMM_WORLD_SIZE", lookup), let rank = number("OMPI_COMM_WORLD_RANK", lookup) {
      return Launcher(name: "Open MPI", rank: rank, size: size)
    }
    if let rank = number("PMI_RANK", lookup), let size = number("PMI_SIZE", lookup) {
      return Launcher(name: "PMI", rank: rank, size: size)
    }
    let tasks = number("SLURM_STEP_NUM_TASKS", lookup)
    if let rank = number("PMIX_RANK", lookup) { return Launcher(name: "PMIx", rank: rank, size: tasks) }
    if let tasks, tasks > 1, lookup("SLURM_PROCID") != nil {
      throw InputError(
        "this is a Slurm step of \(tasks) tasks that know nothing of each other, and each would do the same "
          + "run: start it with srun --mpi=pmix (or --mpi=pmi2), or with mpirun, or as one task with srun -n 1"
      )
    }
    return nil
  }

  private static func number(_ name: String, _ lookup: Lookup) -> Int? { lookup(name).flatMap { Int($0) } }

  /// Whether there may be more ranks than this one.
  package var isParallel: Bool { size.map { $0 > 1 } ?? true }

  /// Throws where a pool of one process is asked for in each of several ranks.
  package static func refuseLocalPool(_ pool: String, in lookup: Lookup = environment) throws(InputError) {
    do throws(InputError) {
      guard let launcher = try detect(in: lookup), launcher.isParallel else { return }
      let ranks = launcher.size.map { "\($0) ranks" } ?? "several ranks"
      throw InputError(
        "pool \(pool) under an MPI launcher (\(launcher.name)) would do the same run on each of \(ranks): "
          + "use pool mpi or auto, or start the program without the launcher")
    } catch {
      letRankZeroSpeakFirst(in: lookup)
      throw error
    }
  }

  /// How long a launcher may take to end its ranks.
  private static let patienceSeconds: Int32 = 10

  /// Sees to it that a launcher on this machine ends soon though some of its hosts do not answer. To be called before it is asked to end
  /// its job.
  package static func endIfItHangs() {
    let parent = getppid()
    guard let file = fopen("/proc/\(parent)/comm", "r") else { return }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 64)
    let count = fread(&text, 1, text.count, file)
    let name = String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // Not a daemon of a batch system, which has other jobs to care for.
    guard ["mpirun", "mpiexec", "orterun", "prterun", "mpiexec.hydra"].contains(name.filter { $0 != "\n" })
    else { return }
    rookery_end_later(parent, patienceSeconds)
  }

  /// Delays an error that all ranks find: a launcher ends its job when the first rank fails, and the one that speaks
  /// must come before that.
  package static func letRankZeroSpeakFirst(in lookup: Lookup = environment) {
    if isQuietRank(in: lookup) { usleep(500_000) }
  }
}
