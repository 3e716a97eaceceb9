#if MPI
  internal import RookeryCore

  /// Makes sure that all ranks have built the same problems, and lets the hearts of all but rank 0 beat.
  ///
  /// - Returns: on rank 0 what each rank is called, elsewhere nil.
  /// - Throws: ``PoolError`` on every rank where one differs.
  func shakeHands(_ session: MPISession, _ problems: [Problem], _ options: MPIOptions) throws -> [String]? {
    let partBytes = options.partBytes
    let fingerprints = problems.map(\.fingerprint)
    if session.rank > 0 {
      var greeting = WireWriter()
      greeting.write(session.place)
      greeting.write(fingerprints)
      greeting.write(options.threads)
      try session.send(greeting.bytes, to: 0, partBytes: partBytes)
      var verdict = WireReader(try session.nextFrame(from: 0))
      let complaint = try verdict.read(String.self)
      if !complaint.isEmpty { throw PoolError(complaint) }
      if try verdict.read(Bool.self) {
        let address = try HeartbeatAddress(from: &verdict)
        if session.heartbeat == nil { session.heartbeat = try Heartbeat(of: session.rank, to: address) }
      }
      return nil
    }
    var places = [session.place]
    var complaint = ""
    for rank in 1..<session.size {
      var greeting = WireReader(try session.nextFrame(from: rank))
      places.append(try greeting.read())
      let others = try greeting.read([Fingerprint].self)
      let threads = try greeting.read(Int.self)
      if complaint.isEmpty, threads != options.threads {
        complaint =
          "\(places[rank]) was started with mpi:threads=\(threads) and rank 0 with \(options.threads)"
      }
      if complaint.isEmpty, let difference = difference(fingerprints, others, called: places[rank]) {
        complaint =
          "the ranks have built different problems: \(difference) (here is rank 0); "
          + "build it from the same input on every rank"
      }
    }
    var verdict = WireWriter()
    verdict.write(complaint)
    let listener = session.listener ?? HeartbeatListener()
    session.listener = listener
    verdict.write(listener != nil)
    listener?.address.encode(to: &verdict)
    for rank in 1..<session.size { try session.send(verdict.bytes, to: rank, partBytes: partBytes) }
    if !complaint.isEmpty { throw PoolError(complaint) }
    return places
  }

  private func difference(_ mine: [Fingerprint], _ others: [Fingerprint], called name: String) -> String? {
    if mine.count != others.count { return "\(mine.count) here and \(others.count) on \(name)" }
    return zip(mine, others).lazy.compactMap { $0.difference(to: $1, called: name) }.first
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
