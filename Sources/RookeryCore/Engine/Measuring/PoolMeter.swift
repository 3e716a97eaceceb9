/// Measures what a crew costs and what it brings, on its driver.
package struct PoolMeter {
  let station: Station

  /// Nil where the driver's thread does the work itself.
  package var transport: (any Transport)? { station.transport }
  package var workers: Int { transport?.workers ?? 1 }

  init(_ station: Station) { self.station = station }

  func scheduler(using workers: Int? = nil) -> Scheduler<PointPiece> {
    Scheduler<PointPiece>(station, using: workers)
  }

  /// Seconds it takes to hand out pieces and wait for all of them, per round: the median and the tenth percentile.
  package func dispatchSeconds(
    pieces: Int, pointsPerPiece: Int = 1, using workers: Int? = nil, rounds: Int
  ) throws -> (median: Double, best: Double) {
    var scheduler = scheduler(using: workers)
    var issued: UInt64 = 0
    var times: [Double] = []
    // The first rounds show the scheduler what a piece costs.
    for round in 0..<rounds + 10 {
      let start = wallSeconds()
      for _ in 0..<pieces {
        scheduler.submit(PointPiece(index: issued, points: pointsPerPiece))
        issued += 1
      }
      while scheduler.outstanding > 0 { _ = try scheduler.next(seconds: 1) }
      if round >= 10 { times.append(wallSeconds() - start) }
    }
    times.sort()
    return (times[times.count / 2], times[times.count / 10])
  }

  /// What a stream of pieces came to.
  package struct Stream {
    package var pieces = 0
    package var calls = 0
    package var seconds = 0.0
    package var cost = PieceCost()
    /// Time inside pieces, over workers and time.
    package var busy = 0.0
    package var callsPerSecond: Double { seconds > 0 ? Double(calls) / seconds : 0 }
  }

  /// Keeps a window of pieces out for a time, taking outcomes in order as a run does.
  package func stream(
    _ piece: PointPiece, window: Int, using workers: Int? = nil, seconds: Double, pieces: Int = .max
  ) throws -> Stream {
    var scheduler = scheduler(using: workers)
    var result = Stream()
    var issued = 0
    let start = wallSeconds()
    while true {
      let mayIssue = issued < pieces && wallSeconds() - start < seconds
      if mayIssue && scheduler.outstanding < window {
        var next = piece
        next.index = UInt64(issued)
        scheduler.submit(next)
        issued += 1
        continue
      }
      if scheduler.outstanding == 0 { break }
      guard let done = try scheduler.next(seconds: 1)?.done else { continue }
      result.pieces += 1
      result.cost += done.cost
      // The end, where workers fall idle one by one, is no part of what is measured.
      if mayIssue || pieces < .max { result.seconds = wallSeconds() - start }
    }
    result.calls = result.cost.calls
    result.busy = min(1, result.cost.busySeconds / (Double(scheduler.workers) * max(result.seconds, 1e-9)))
    return result
  }
}

/// Amdahl's law: on n workers a run takes s + (1 - s)/n of its time on one, s being the serial fraction (Amdahl 1967).
///
/// - Parameter times: times by number of workers, among them that of one worker.
/// - Returns: the least-squares s between 0 and 1; nil where there is not enough to tell.
package func serialFraction(_ times: [(workers: Int, seconds: Double)]) -> Double? {
  guard let one = times.first(where: { $0.workers == 1 })?.seconds, one > 0 else { return nil }
  var (numerator, denominator) = (0.0, 0.0)
  for (workers, seconds) in times where workers > 1 {
    let parallel = 1 / Double(workers)
    numerator += (seconds / one - parallel) * (1 - parallel)
    denominator += (1 - parallel) * (1 - parallel)
  }
  return denominator > 0 ? min(max(numerator / denominator, 0), 1) : nil
}
