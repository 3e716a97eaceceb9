#if MPI
  internal import CMPI
  internal import Glibc
  internal import RookeryCore
  internal import Synchronization

  /// MPI, from its start, at the first run that needs it, to its end with the process. All its calls are made
  /// by the main thread.
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

    private let comm: rookery_mpi_comm
    private let isOurs: Bool
    /// Parts of frames that have not come to their end, by rank.
    private var partial: [Int: [UInt8]] = [:]

    private static let current = Mutex<MPISession?>(nil)

    /// Counts in MPI are 32 bits wide, and a receiver holds a frame twice while its parts come in.
    static let maximumPartBytes = 1 << 26
    private static let lastPart: Int32 = 1
    private static let earlierPart: Int32 = 2

    /// The one session of this process.
    static func open() throws -> MPISession {
      try current.withLock { current in
        if let current { return current }
        let session = try MPISession()
        current = session
        return session
      }
    }

    private init() throws {
      var flag: Int32 = 0
      try check(MPI_Finalized(&flag), "MPI_Finalized")
      if flag != 0 { throw PoolError("MPI has been finalised; a run must come before that") }
      try check(MPI_Initialized(&flag), "MPI_Initialized")
      isOurs = flag == 0
      var level: Int32 = 0
      if isOurs {
        try check(rookery_mpi_init(&level), "MPI_Init_thread")
        atexit { MPISession.end() }
      } else {
        try check(MPI_Query_thread(&level), "MPI_Query_thread")
      }
      allowsThreads = level >= rookery_mpi_thread_funneled()
      var comm = rookery_mpi_comm()
      try check(rookery_mpi_own_world(&comm), "MPI_Comm_dup")
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
        session.abort("\(session.place) left the program in the middle of a run")
      } else {
        MPI_Finalize()
      }
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
    func startSending(
      _ buffer: FrameBuffer, to rank: Int, partBytes: Int
    ) throws(MPIError) -> [rookery_mpi_request] {
      var requests: [rookery_mpi_request] = []
      var start = 0
      repeat {
        let count = min(partBytes, buffer.count - start)
        let tag = start + count == buffer.count ? Self.lastPart : Self.earlierPart
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

    /// Takes in what has come from a rank, or from any. `hasNews` tells a part from nothing.
    func receive(from source: Int?) throws(MPIError) -> (frame: [UInt8]?, sender: Int, hasNews: Bool) {
      var (found, sender, tag, count): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
      let wanted = source.map { Int32($0) } ?? rookery_mpi_any_source()
      try check(rookery_mpi_iprobe(wanted, comm, &found, &sender, &tag, &count), "MPI_Iprobe")
      guard found != 0 else { return (nil, 0, false) }
      var part = [UInt8](repeating: 0, count: Int(count))
      try check(rookery_mpi_recv(&part, count, sender, tag, comm), "MPI_Recv")
      let from = Int(sender)
      if tag == Self.lastPart {
        guard var frame = partial.removeValue(forKey: from) else { return (part, from, true) }
        frame.append(contentsOf: part)
        return (frame, from, true)
      }
      partial[from, default: []].append(contentsOf: part)
      return (nil, from, true)
    }

    /// Sends a frame and waits until it is under way.
    func send(_ frame: [UInt8], to rank: Int, partBytes: Int) throws(MPIError) {
      let buffer = FrameBuffer(frame)
      var requests = try startSending(buffer, to: rank, partBytes: partBytes)
      var pause = Pause(spins: hasCoresToSpare)
      for i in requests.indices {
        while try !Self.isDone(&requests[i]) { pause.sleep() }
      }
      withExtendedLifetime(buffer) {}
    }
  }

  /// Bytes that stay where they are while MPI sends them.
  final class FrameBuffer {
    let base: UnsafeMutableRawPointer
    let count: Int

    init(_ frame: [UInt8]) {
      base = .allocate(byteCount: max(frame.count, 1), alignment: 16)
      count = frame.count
      frame.withUnsafeBytes {
        base.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(base), byteCount: $0.count)
      }
    }

    deinit { base.deallocate() }
  }

  /// How to wait for a message: a blocking receive burns a core, so look, and sleep ever longer between
  /// looks.
  ///
  /// A sleep is a sixteenth of the time waited so far, so a message lies unread no longer than that part of
  /// the wait.
  struct Pause {
    private var spinsLeft: Int
    private let start = wallSeconds()
    private static let spins = 200
    private static let shortest = 2e-5
    private static let longest = 1e-3

    init(spins: Bool) { spinsLeft = spins ? Self.spins : 0 }

    /// How long to sleep now; zero while spinning.
    mutating func next() -> Double {
      if spinsLeft > 0 {
        spinsLeft -= 1
        return 0
      }
      return min(max((wallSeconds() - start) / 16, Self.shortest), Self.longest)
    }

    mutating func sleep() {
      let seconds = next()
      if seconds > 0 { usleep(UInt32(1e6 * seconds)) }
    }
  }
#endif
