#if MPI
  internal import RookeryCore

  /// Makes sure that all ranks have built the same problem, and lets the hearts of all but rank 0 beat.
  ///
  /// - Returns: on rank 0 what each rank is called, elsewhere nil.
  /// - Throws: ``PoolError`` on every rank where one differs.
  func shakeHands(_ session: MPISession, _ problem: Problem, _ options: MPIOptions) throws -> [String]? {
    let partBytes = options.partBytes
    let fingerprint = problem.fingerprint
    if session.rank > 0 {
      var greeting = WireWriter()
      greeting.write(session.place)
      greeting.write(fingerprint)
      greeting.write(options.threads)
      try session.send(greeting.bytes, to: 0, partBytes: partBytes)
      var verdict = WireReader(try session.nextFrame(from: 0))
      let complaint = try verdict.read(String.self)
      if !complaint.isEmpty { throw PoolError(complaint) }
      if try verdict.read(Bool.self) {
        session.heartbeat = try Heartbeat(of: session.rank, to: HeartbeatAddress(from: &verdict))
      }
      return nil
    }
    var places = [session.place]
    var complaint = ""
    for rank in 1..<session.size {
      var greeting = WireReader(try session.nextFrame(from: rank))
      places.append(try greeting.read())
      let other = try greeting.read(Fingerprint.self)
      let threads = try greeting.read(Int.self)
      if complaint.isEmpty, threads != options.threads {
        complaint =
          "\(places[rank]) was started with mpi:threads=\(threads) and rank 0 with \(options.threads)"
      }
      if complaint.isEmpty, let difference = fingerprint.difference(to: other, called: places[rank]) {
        complaint =
          "the ranks have built different problems: \(difference) (here is rank 0); "
          + "build it from the same input on every rank"
      }
    }
    var verdict = WireWriter()
    verdict.write(complaint)
    let listener = HeartbeatListener()
    session.listener = listener
    verdict.write(listener != nil)
    listener?.address.encode(to: &verdict)
    for rank in 1..<session.size { try session.send(verdict.bytes, to: rank, partBytes: partBytes) }
    if !complaint.isEmpty { throw PoolError(complaint) }
    return places
  }

  extension MPISession {
    /// The next frame from a rank.
    func nextFrame(from rank: Int) throws(MPIError) -> [UInt8] {
      var pause = Pause(hasCoresToSpare: hasCoresToSpare)
      while true {
        guard let arrival = try receive(from: rank) else {
          pause.sleep()
          continue
        }
        if let frame = arrival.frame { return frame }
      }
    }
  }
#endif
