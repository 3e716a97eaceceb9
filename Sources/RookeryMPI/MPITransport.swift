#if MPI
  internal import CMPI
  internal import Glibc
  internal import RookeryCore

  /// The driver's end: rank 0 sends to the others, and to worker threads of its own where ranks are few.
  final class MPITransport: Transport {
    private let session: MPISession
    private let stock: Stock
    private let options: MPIOptions
    private let outbox: MPIOutbox
    /// What each rank is called, by rank.
    private let places: [String]
    /// Workers of each other rank.
    private let lanes: Int
    /// Workers of this rank: as many, or one less to leave the driver a core.
    private var own: RankThreads
    private var silence: SilenceClock
    /// How long to wait for the first heartbeats before it is said that none come.
    private static let firstBeatSeconds = 30.0
    private let start = wallSeconds()
    private var isDeafnessSaid: Bool
    /// Of the wait for the next event, however often it is asked for; nil until it is.
    private var pause: Pause?

    /// With more ranks than this, an evaluating rank 0 gains less than it may cost where likelihoods are
    /// cheap.
    private static let ranksWithHelper = 8

    init(_ session: MPISession, stock: Stock, places: [String], options: MPIOptions) throws {
      (self.session, self.stock, self.options) = (session, stock, options)
      self.places = places
      lanes = options.threads
      outbox = MPIOutbox(session, partBytes: options.partBytes)
      let helpers = session.size <= Self.ranksWithHelper ? lanes : lanes - 1
      silence = SilenceClock(count: session.size)
      // Who asks for no limit need not know that none could be kept.
      isDeafnessSaid = stock.callGuard.silenceTimeout == nil
      own = try RankThreads(stock, count: session.allowsThreads ? helpers : 0, isCountedElsewhere: true)
    }

    var workers: Int { own.count + (session.size - 1) * lanes }
    var ranks: Int { session.size }
    // Both ends sleep while they wait, so a round trip is longer than over a socket.
    var prefetchSeconds: Double { 1e-2 }
    // A rank cannot be ended alone.
    var patienceSeconds: Double { .infinity }
    var driverPlace: String { session.place }

    private func address(of worker: Int) -> (rank: Int, lane: Int) {
      if worker < own.count { return (0, worker) }
      let place = worker - own.count
      return (1 + place / lanes, place % lanes)
    }

    func place(of worker: Int) -> String { places[address(of: worker).rank] }

    func admit(_ addition: Stock.Addition) throws -> Bool {
      guard let problem = addition.problem else { return true }
      try options.requireThreadSafe(problem)
      _ = try shakeHands(session, [problem], options)
      try own.makeRoom(for: problem)
      return true
    }

    func beginRun() { session.isInRun = true }

    func endRun(_ outcome: [UInt8]) throws {
      do {
        // Every rank has read all that was sent to it, so this only collects the requests.
        outbox.drain()
        // Ranks wait for this word: one that went on to its next run would talk into the end of this one.
        _ = try session.spread(outcome, partBytes: options.partBytes)
        session.isInRun = false
      } catch {
        session.abort("\(error)")
        throw error
      }
    }

    func send(_ frame: [UInt8], to worker: Int) throws {
      let (rank, lane) = address(of: worker)
      if rank == 0 { own.send(frame, to: lane) } else { try outbox.send(frame, to: rank, lane: lane) }
    }

    func silences(at now: Double) -> [Silence] {
      silence.advance(to: now)
      for rank in session.listener?.ranks() ?? [] where rank > 0 && rank < session.size { silence.hear(rank) }
      let others = 1..<session.size
      if !isDeafnessSaid, now - start > Self.firstBeatSeconds {
        isDeafnessSaid = true
        if let deaf = others.first(where: { !silence.heard($0) }) {
          put(
            "rookery: warning: no heartbeat comes from \(places[deaf]), so it cannot be told whether it is alive: the network lets no UDP "
              + "through to \(session.place)\n", to: STDERR_FILENO)
        }
      }
      return others.compactMap { rank in
        silence[rank].map {
          Silence(worker: own.count + (rank - 1) * lanes, place: places[rank], seconds: $0)
        }
      }
    }

    func receive(seconds: Double) throws -> TransportEvent? {
      let event = try wait(seconds: seconds)
      if event != nil { pause = nil }
      return event
    }

    private func wait(seconds: Double) throws -> TransportEvent? {
      let deadline = wallSeconds() + seconds
      var pause = self.pause ?? Pause(hasCoresToSpare: session.hasCoresToSpare)
      defer { self.pause = pause }
      while true {
        if let answer = own.take(seconds: 0) { return .frame(answer.frame, from: answer.lane) }
        if let arrival = try session.receive(from: nil) {
          guard let frame = arrival.frame else { continue }
          return .frame(frame, from: own.count + (arrival.sender - 1) * lanes + arrival.lane)
        }
        try outbox.settle()
        if let overdue = own.overdue() {
          return .overdue(worker: overdue.lane, how: overdue.how, point: overdue.point)
        }
        let left = deadline - wallSeconds()
        if left <= 0 { return nil }
        let sleep = min(pause.next(), left)
        if sleep == 0 { continue }
        // The threads share this process, so their answers need not wait for the end of a sleep.
        if let answer = own.take(seconds: sleep) { return .frame(answer.frame, from: answer.lane) }
      }
    }

    func close(byForceAfter error: (any Error)?) {
      if let error {
        if error is PoolError { Launcher.endIfItHangs() }
        session.abort("\(error)")
      }
      own.close(areStuck: error != nil)
      session.leaveCrew()
    }
  }
#endif
