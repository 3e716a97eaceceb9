extension Pool {
  /// The ranks of an MPI job where there is one; else threads, one per core, for a problem that says it is
  /// thread safe; else the calling thread. Processes, one per core, where calls that crash or do not return are to be
  /// ended and survived.
  public static let automatic = Pool(
    "auto",
    choose: { stock in
      if let launcher = try Launcher.detect(), launcher.isParallel { return .mpi }
      let cores = availableCores
      if stock.callGuard.needsProcesses { return .processes(cores) }
      return stock.isThreadSafe && cores > 1 ? .threads(cores) : .serial
    })

  /// The pool that a text names: `auto`, `serial`, `threads`, `threads:N`, `processes`, `processes:N`, `spawned:N`,
  /// `mpi` or `mpi:threads=N`.
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
    case ("mpi", let threads?) where threads.hasPrefix("threads="):
      return .mpi(threads: try workers(String(threads.dropFirst("threads=".count)), of: text))
    case ("threads", _): return .threads(try workers(count, of: text))
    case ("processes", _): return .processes(try workers(count, of: text))
    case ("spawned", _): return .spawned(try workers(count, of: text))
    case (_, nil) where Int(name) != nil:
      throw InputError(
        "\"\(text)\" is no pool: write processes:\(text) for so many local processes, or threads:\(text)")
    default:
      throw InputError(
        "\"\(text)\" is no pool: give auto, serial, threads:N, processes:N, spawned:N, mpi or mpi:threads=N")
    }
  }

  private static func workers(_ count: String?, of text: String) throws(InputError) -> Int {
    guard let count else { return availableCores }
    guard let number = Int(count), number >= 1 else {
      throw InputError("pool \"\(text)\": the number of workers must be a whole number of at least 1")
    }
    return number
  }
}
