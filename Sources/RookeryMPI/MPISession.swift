#if MPI
  internal import CMPI
  internal import CPosix
  internal import Glibc
  internal import RookeryCore
  internal import Synchronization

  /// MPI, from its start, at the first run that needs it, to its end with the process, or for one crew on a communicator that
  /// a host program hands in. All its calls are made by one thread, as a rule the main one.
  final class MPISession: @unchecked Sendable {
    let rank: Int
    let size: Int
    let host: String
    /// Whether all ranks of this node have a core each, so that one may spin while it waits.
    let hasCoresToSpare: Bool
    /// Whether a thread beside the main one is allowed.
    let allowsThreads: Bool
    /// Whether this rank takes part in a run, so that it cannot leave without the others.
    var isInRun = false

    /// Tells rank 0 while a crew lasts that this rank is alive.
    var heartbeat: Heartbeat?
    /// Of rank 0.
    var listener: HeartbeatListener?

    private var comm: rookery_mpi_comm
    private let isForOneCrew: Bool
    private let thread = pthread_self()
    /// Parts of frames that have not come to their end, by rank and lane.
    private var partial: [SIMD2<Int>: [UInt8]] = [:]

    private static let current = Mutex<MPISession?>(nil)

    /// Counts in MPI are 32 bits wide, and a receiver holds a frame twice while its parts come in.
    static let maximumPartBytes = 1 << 26

    /// The session over all ranks, of which a process has one.
    static func open() throws -> MPISession {
      try current.withLock { current in
        if let current { return current }
        let session = try MPISession(communicator: nil)
        current = session
        return session
      }
    }

    /// - Parameter communicator: the Fortran handle of that of a host program; nil for all ranks.
    init(communicator: Int32?) throws {
      // Before any call that takes or gives a handle.
      if let mismatch = MPILibrary.current?.mismatch { throw PoolError(mismatch) }
      var flag: Int32 = 0
      try check(MPI_Finalized(&flag), "MPI_Finalized")
      if flag != 0 { throw PoolError("MPI has been finalised; a run must come before that") }
      try check(MPI_Initialized(&flag), "MPI_Initialized")
      isForOneCrew = communicator != nil
      var level: Int32 = 0
      if flag == 0 {
        if isForOneCrew {
          throw PoolError(
            "a communicator was handed in, but MPI has not been initialised: call MPI_Init first")
        }
        // Ranks that outlive a launcher which was killed would hold the directory of a run that is to be resumed.
        if (try? Launcher.detect()) ?? nil != nil { _ = rookery_die_with_parent() }
        try check(rookery_mpi_init(&level), "MPI_Init_thread")
        atexit { MPISession.end() }
      } else {
        try check(MPI_Query_thread(&level), "MPI_Query_thread")
      }
      allowsThreads = level >= rookery_mpi_thread_funneled()
      var comm = rookery_mpi_comm()
      if let communicator {
        try check(rookery_mpi_own_copy(communicator, &comm), "MPI_Comm_dup")
      } else {
        try check(rookery_mpi_own_world(&comm), "MPI_Comm_dup")
      }
      makeSleepsPrecise()
      if let version = mpiLibraryVersion { Provenance.note(library: "MPI", version) }
      var (rank, size, neighbours): (Int32, Int32, Int32) = (0, 1, 1)
      try check(rookery_mpi_rank(comm, &rank), "MPI_Comm_rank")
      try check(rookery_mpi_size(comm, &size), "MPI_Comm_size")
      try check(rookery_mpi_ranks_on_node(comm, &neighbours), "MPI_Comm_split_type")
      self.comm = comm
      self.rank = Int(rank)
      self.size = Int(size)
      hasCoresToSpare = Int(neighbours) <= sysconf(Int32(_SC_NPROCESSORS_ONLN))
      var name = [CChar](repeating: 0, count: Int(rookery_mpi_max_processor_name()) + 1)
      var length: Int32 = 0
      try check(MPI_Get_processor_name(&name, &length), "MPI_Get_processor_name")
      host = String(decoding: name.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Called at the end of the process.
    private static func end() {
      guard let session = current.withLock({ $0 }) else { return }
      var isFinalized: Int32 = 0
      MPI_Finalized(&isFinalized)
      if isFinalized != 0 { return }
      if session.isInRun {
        // Finalising would wait for ranks that wait for this one.
        var message = "error: \(session.place) left the program in the middle of a run"
        if let point = CrashReport.whereThisThreadIs { message += "; the likelihood ended it \(point)" }
        if pthread_equal(pthread_self(), session.thread) == 0 {
          // Only the other thread may call MPI, and it may be at it. A launcher ends a job that loses a rank like this.
          put("rookery: \(message)\n", to: STDERR_FILENO)
          _exit(1)
        }
        session.abort(message)
      } else {
        MPI_Finalize()
      }
    }

    /// Ends this rank's part in a crew.
    func leaveCrew() {
      isInRun = false
      heartbeat?.stop()
      (heartbeat, listener) = (nil, nil)
      if isForOneCrew { _ = rookery_mpi_free(&comm) }
    }

    var place: String { "rank \(rank) on \(host)" }

    /// Ends all ranks, with exit code 1. The last resort: ranks that are stuck cannot be told anything.
    func abort(_ message: String) {
      isInRun = false
      put("rookery: \(message)\n", to: STDERR_FILENO)
      _ = rookery_mpi_abort(comm, 1)
    }
  }

  // MARK: - Frames

  extension MPISession {
    /// Starts to send a frame, in parts if it is long. The buffer must be kept until all requests are done.
    ///
    /// - Parameter lane: which worker of the rank it goes to or comes from.
    func startSending(
      _ buffer: FrameBuffer, to rank: Int, lane: Int, partBytes: Int
    ) throws(MPIError) -> [rookery_mpi_request] {
      var requests: [rookery_mpi_request] = []
      var start = 0
      repeat {
        let count = min(partBytes, buffer.count - start)
        let isLast = start + count == buffer.count
        let tag = Int32(2 * lane + (isLast ? 1 : 0))
        var request = rookery_mpi_request()
        try check(
          rookery_mpi_isend(buffer.base + start, Int32(count), Int32(rank), tag, comm, &request), "MPI_Isend")
        requests.append(request)
        start += count
      } while start < buffer.count
      return requests
    }

    static func isDone(_ request: inout rookery_mpi_request) throws(MPIError) -> Bool {
      var done: Int32 = 0
      try check(rookery_mpi_test(&request, &done), "MPI_Test")
      return done != 0
    }

    /// What has come: a whole frame, or part of one.
    struct Arrival {
      var frame: [UInt8]?
      var sender: Int
      var lane: Int
    }

    /// Takes in what has come from a rank, or from any; nil where nothing has.
    func receive(from source: Int?) throws(MPIError) -> Arrival? {
      var (found, sender, tag, count): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
      let wanted = source.map { Int32($0) } ?? rookery_mpi_any_source()
      try check(rookery_mpi_iprobe(wanted, comm, &found, &sender, &tag, &count), "MPI_Iprobe")
      guard found != 0 else { return nil }
      var part = [UInt8](repeating: 0, count: Int(count))
      try check(rookery_mpi_recv(&part, count, sender, tag, comm), "MPI_Recv")
      var arrival = Arrival(frame: nil, sender: Int(sender), lane: Int(tag / 2))
      let stream = SIMD2(arrival.sender, arrival.lane)
      if tag % 2 == 0 {
        partial[stream, default: []].append(contentsOf: part)
      } else if partial.isEmpty || partial[stream] == nil {
        arrival.frame = part
      } else {
        arrival.frame = (partial.removeValue(forKey: stream) ?? []) + part
      }
      return arrival
    }

    /// Sends a frame and waits until it is under way.
    func send(_ frame: [UInt8], to rank: Int, partBytes: Int) throws(MPIError) {
      let buffer = FrameBuffer(frame)
      var requests = try startSending(buffer, to: rank, lane: 0, partBytes: partBytes)
      try finishSending(&requests, of: buffer)
    }

    /// Waits until a buffer is under way.
    func finishSending(_ requests: inout [rookery_mpi_request], of buffer: FrameBuffer) throws(MPIError) {
      var pause = Pause(hasCoresToSpare: hasCoresToSpare)
      for i in requests.indices {
        while try !Self.isDone(&requests[i]) { pause.sleep() }
      }
      withExtendedLifetime(buffer) {}
    }
  }
#endif
