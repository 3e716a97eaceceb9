extension Crew {
  /// Has a body measure the workers, as one run.
  ///
  /// - Returns: what was measured; nil on a rank that served.
  /// - Throws: what the body throws, on the driver; ``PoolError``.
  package func measure<T>(_ problem: Problem, _ body: (PoolMeter) throws -> T) throws -> T? {
    switch try begin(PointPiece.self, on: problem) {
    case .rank(let link, _, let assignment):
      _ = try serve(link, assignment)
      return nil
    case .driver(let station):
      // Ranks learn nothing of it.
      keep([])
      let meter = PoolMeter(station)
      let measured = Result { try body(meter) }
      var last = meter.scheduler()
      switch measured {
      case .success: try end(haveAllLeft: last.finish(), outcome: [])
      case .failure(let error): try end(haveAllLeft: last.abandon(), after: error, outcome: [])
      }
      return try measured.get()
    }
  }
}
