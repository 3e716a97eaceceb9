public import RookeryCore

extension Pool {
  /// Work on the ranks of the MPI job that this process is part of: start the program with `mpirun`,
  /// `mpiexec` or `srun`.
  ///
  /// Every rank must build the same problem and start the same runs. Rank 0 drives, and evaluates too where
  /// ranks are few; each rank gets the result.
  public static let mpi = mpi(partBytes: nil)

  /// - Parameter partBytes: the longest message; frames that are longer go in parts.
  package static func mpi(partBytes: Int?) -> Pool {
    Pool("mpi") { crew in
      guard let launcher = try Launcher.detect() else {
        throw InputError(
          "pool mpi needs a launcher: start the program with mpirun -n N (or srun --mpi=pmix), "
            + "or use pool processes:N on one machine")
      }
      return try openMPI(crew, launcher: launcher, partBytes: partBytes)
    }
  }
}

#if MPI
  private func openMPI(_ crew: Crew, launcher: Launcher, partBytes: Int?) throws -> Membership {
    let session = try MPISession.open()
    if session.size == 1, let started = launcher.size, started > 1 {
      throw PoolError(
        "\(launcher.name) started \(started) ranks, and the MPI library of this program sees one: "
          + "use the mpirun that belongs to the library the program was built with")
    }
    if session.size == 1 { return .alone }
    let partBytes = partBytes ?? MPISession.maximumPartBytes
    session.isInRun = true
    let places: [String]?
    do {
      places = try shakeHands(session, crew.problem, partBytes: partBytes)
    } catch let error as PoolError {
      // Every rank has been told, so all leave together.
      session.isInRun = false
      throw error
    }
    guard let places else { return .rank(MPIRankLink(session, partBytes: partBytes), number: session.rank) }
    do {
      return .driver(try MPITransport(session, crew: crew, places: places, partBytes: partBytes))
    } catch {
      session.abort("\(error)")
      throw error
    }
  }
#else
  private func openMPI(_ crew: Crew, launcher: Launcher, partBytes: Int?) throws -> Membership {
    throw PoolError(
      "this program runs under an MPI launcher (\(launcher.name)) and was built without MPI: install "
        + "libopenmpi-dev and openmpi-bin (or load your cluster's MPI module) and build with the package trait MPI: "
        + "swift build --traits MPI, or traits: [\"MPI\"] on the dependency")
  }
#endif
