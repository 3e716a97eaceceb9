internal import CPosix
internal import Glibc

extension Pool {
  /// The ranks of an MPI job where there is one; else threads, one per core, for a problem that says it is
  /// thread safe; else the calling thread.
  public static let automatic = Pool(
    "auto",
    choose: { problem in
      if let launcher = try Launcher.detect(), launcher.isParallel { return .mpi }
      let cores = availableCores
      return problem.isThreadSafe && cores > 1 ? .threads(cores) : .serial
    })

  /// The pool that a text names: `auto`, `serial`, `threads`, `threads:N`, `processes`, `processes:N` or
  /// `mpi`.
  ///
  /// Without a number there is one worker for each core the process may use.
  /// - Throws: ``InputError`` for any other text.
  public static func parse(_ text: String) throws(InputError) -> Pool {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map(String.init) ?? ""
    let count = parts.count > 1 ? String(parts[1]) : nil
    switch (name, count) {
    case ("auto", nil): return .automatic
    case ("serial", nil): return .serial
    case ("mpi", nil): return .mpi
    case ("threads", _): return .threads(try workers(count, of: text))
    case ("processes", _): return .processes(try workers(count, of: text))
    default:
      throw InputError("\"\(text)\" is no pool: give auto, serial, threads:N, processes:N or mpi")
    }
  }

  private static func workers(_ count: String?, of text: String) throws(InputError) -> Int {
    guard let count else { return availableCores }
    guard let number = Int(count), number >= 1 else {
      throw InputError("pool \"\(text)\": the number of workers must be a whole number of at least 1")
    }
    return number
  }

  private static var availableCores: Int {
    let allowed = Int(rookery_available_cores())
    return allowed > 0 ? allowed : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }
}
