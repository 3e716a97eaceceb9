internal import Glibc
internal import Rookery

/// What it costs to hand out cheap points: 64 at a time with a wait for all, and a stream.
func benchmark(_ pool: Pool, _ problem: Problem, rounds: Int) throws {
  let crew = try Crew(on: pool, for: [problem])
  defer { crew.close() }
  _ = try crew.measure(problem) { meter in
    let dispatch = try meter.dispatchSeconds(pieces: 64, rounds: rounds)
    let stream = try meter.stream(PointPiece(index: 0), window: 64, seconds: 10, pieces: 64 * rounds)
    put(
      "workers \(meter.workers): 64 points in \(fixed(1e6 * dispatch.median, 1)) us (median), "
        + "\(fixed(1e6 * dispatch.best, 1)) us (best tenth); "
        + "stream \(fixed(stream.callsPerSecond / 1e3, 0)) k points/s\n", to: STDOUT_FILENO)
  }
}
