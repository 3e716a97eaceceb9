public import RookeryCore

extension Pool {
  /// Work on the ranks of the MPI job that this process is part of: start the program with `mpirun`,
  /// `mpiexec` or `srun`.
  ///
  /// Every rank must build the same problem and start the same runs. Rank 0 drives, and evaluates too where
  /// ranks are few; each rank gets the result.
  public static let mpi = mpi(MPIOptions())

  /// Work on MPI ranks, on so many threads each: say one rank a node, or one a socket. The problem must be thread safe.
  ///
  /// Each thread holds its own copy of what the sampler sends, such as bounds.
  public static func mpi(threads: Int) -> Pool { mpi(MPIOptions(threads: threads)) }

  /// Work on the members of a communicator of a program that has initialised MPI itself.
  ///
  /// Every member must start the same runs; its rank in the communicator is that of the result. MPI must be initialised
  /// with `MPI_THREAD_FUNNELED` or more for rank 0 to evaluate too, and all runs be started by the thread that initialised
  /// it. The communicator is duplicated for each run, and left as it was.
  /// - Parameters:
  ///   - communicator: its Fortran handle, an integer in every MPI library: `MPI_Comm_c2f(comm)` in C, `comm.py2f()`
  ///     in mpi4py.
  ///   - threads: threads of each rank that evaluate.
  public static func mpi(communicator: Int32, threads: Int = 1) -> Pool {
    mpi(MPIOptions(threads: threads, communicator: communicator))
  }

  package static func mpi(_ options: MPIOptions) -> Pool {
    Pool(options.threads == 1 ? "mpi" : "mpi:threads=\(options.threads)") { stock in
      do throws(InputError) {
        try requireWorkers(options.threads, in: "mpi:threads=\(options.threads)")
      } catch {
        Launcher.letRankZeroSpeakFirst()
        throw error
      }
      for problem in stock.problems { try options.requireThreadSafe(problem) }
      try stock.callGuard.refuseWhatNeedsProcesses("mpi", watches: true)
      if options.communicator == nil {
        guard let launcher = try Launcher.detect() else {
          throw InputError(
            "pool mpi needs a launcher: start the program with mpirun -n N (or srun --mpi=pmix), "
              + "or use pool processes:N on one machine")
        }
        return try openMPI(stock, launcher, options)
      }
      return try openMPI(stock, nil, options)
    }
  }
}

/// How a pool of MPI ranks works.
package struct MPIOptions: Sendable {
  /// Threads of each rank that evaluate.
  package var threads = 1
  /// The longest message; frames that are longer go in parts. Counts in MPI are 32 bits wide, and a receiver holds a frame
  /// twice while its parts come in.
  package var partBytes = 1 << 26
  /// The Fortran handle of the communicator to work on; nil for all ranks.
  package var communicator: Int32?

  package init(threads: Int = 1, partBytes: Int? = nil, communicator: Int32? = nil) {
    self.threads = threads
    self.partBytes = partBytes ?? self.partBytes
    self.communicator = communicator
  }

  func requireThreadSafe(_ problem: Problem) throws(InputError) {
    if threads > 1 && !problem.isThreadSafe {
      Launcher.letRankZeroSpeakFirst()
      throw InputError(
        "problem \"\(problem.name)\" does not say that its likelihood is thread safe: "
          + "pass threadSafe: true if it is, or use pool mpi with more ranks")
    }
  }
}

#if MPI
  private func openMPI(_ stock: Stock, _ launcher: Launcher?, _ options: MPIOptions) throws -> Membership {
    let session = try options.communicator.map { try MPISession(communicator: $0) } ?? MPISession.open()
    if session.size == 1, let started = launcher?.size, started > 1 {
      throw PoolError(
        "\(launcher?.name ?? "") started \(started) ranks, and the MPI library of this program sees one: "
          + "use the mpirun that belongs to the library the program was built with")
    }
    let usesThreads = options.threads > 1 || stock.callGuard.timeout != nil
    if session.size == 1 {
      session.leaveCrew()
      if usesThreads { return .driver(try ThreadTransport(stock, count: options.threads)) }
      return .alone
    }
    if usesThreads && !session.allowsThreads {
      throw PoolError(
        "threads of a rank need MPI_THREAD_FUNNELED at least, and the host program initialised MPI with less")
    }
    let places: [String]?
    do {
      places = try shakeHands(session, stock.problems, options)
    } catch let error as PoolError {
      // Every rank has been told, so all leave together.
      session.leaveCrew()
      throw error
    }
    do {
      if let places {
        return .driver(try MPITransport(session, stock: stock, places: places, options: options))
      }
      if usesThreads {
        let link = try MPIRankThreadsLink(session, stock: stock, options: options)
        return .rank(link, number: session.rank)
      }
      return .rank(try MPIRankLink(session, stock: stock, options: options), number: session.rank)
    } catch {
      session.abort("\(error)")
      throw error
    }
  }
#else
  private func openMPI(_ stock: Stock, _ launcher: Launcher?, _ options: MPIOptions) throws -> Membership {
    let situation =
      launcher.map { "this program runs under an MPI launcher (\($0.name))" }
      ?? "a communicator was handed in"
    throw PoolError(
      "\(situation), and this program was built without MPI: install "
        + "libopenmpi-dev and openmpi-bin (or load your cluster's MPI module) and build with the package trait MPI: "
        + "swift build --traits MPI, or traits: [\"MPI\"] on the dependency")
  }
#endif
