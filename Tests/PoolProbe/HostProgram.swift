#if MPI
  internal import CMPI
  internal import Rookery

  /// What a program does that runs MPI itself, and hands a part of its ranks to each of several runs.
  enum HostProgram {
    /// Initialises MPI, and puts every so manyth rank into one part.
    static func pool(parts: Int) -> Pool {
      var (level, rank, handle): (Int32, Int32, Int32) = (0, 0, 0)
      var world = rookery_mpi_comm()
      _ = rookery_mpi_init(&level)
      _ = rookery_mpi_own_world(&world)
      _ = rookery_mpi_rank(world, &rank)
      _ = rookery_mpi_part(world, rank % Int32(parts), rank, &handle)
      return .mpi(communicator: handle)
    }

    static func end() { _ = MPI_Finalize() }
  }
#endif
