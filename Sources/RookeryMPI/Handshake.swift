#if MPI
  internal import RookeryCore

  /// Makes sure that all ranks have built the same problem.
  ///
  /// - Returns: on rank 0 what each rank is called, elsewhere nil.
  /// - Throws: ``PoolError`` on every rank where one differs.
  func shakeHands(_ session: MPISession, _ problem: Problem, partBytes: Int) throws -> [String]? {
    let fingerprint = problem.fingerprint
    if session.rank > 0 {
      var greeting = WireWriter()
      greeting.write(session.place)
      greeting.write(fingerprint)
      try session.send(greeting.bytes, to: 0, partBytes: partBytes)
      var verdict = WireReader(try session.nextFrame(from: 0))
      let complaint = try verdict.read(String.self)
      if !complaint.isEmpty { throw PoolError(complaint) }
      return nil
    }
    var places = [session.place]
    var complaint = ""
    for rank in 1..<session.size {
      var greeting = WireReader(try session.nextFrame(from: rank))
      places.append(try greeting.read())
      let other = try greeting.read(Fingerprint.self)
      if complaint.isEmpty, let difference = fingerprint.difference(to: other, called: places[rank]) {
        complaint =
          "the ranks have built different problems: \(difference) (here is rank 0); "
          + "build it from the same input on every rank"
      }
    }
    var verdict = WireWriter()
    verdict.write(complaint)
    for rank in 1..<session.size { try session.send(verdict.bytes, to: rank, partBytes: partBytes) }
    if !complaint.isEmpty { throw PoolError(complaint) }
    return places
  }

  extension MPISession {
    /// The next frame from a rank.
    func nextFrame(from rank: Int) throws(MPIError) -> [UInt8] {
      var pause = Pause(spins: hasCoresToSpare)
      while true {
        let (frame, _, hasNews) = try receive(from: rank)
        if let frame { return frame }
        if !hasNews { pause.sleep() }
      }
    }
  }
#endif
