internal import Glibc
internal import Rookery

/// What it costs to hand out cheap points: 64 at a time with a wait for all, and a stream.
func benchmark(_ pool: Pool, _ problem: Problem, rounds: Int) throws {
  let membership = try pool.open(
    Crew(problem: problem) { link in _ = try? Worker<ToyPiece>(problem).serve(link) })
  var transport: (any Transport)?
  switch membership {
  case .alone: transport = nil
  case .driver(let opened): transport = opened
  case .rank(let link, _):
    _ = try Worker<ToyPiece>(problem).serve(link)
    return link.close(byForceAfter: nil)
  }
  var scheduler = Scheduler<ToyPiece>(problem: problem, transport: transport)
  scheduler.publish(ToyContext(shift: 0, ballast: []), version: 0)
  var issued: UInt64 = 0
  func piece() -> ToyPiece {
    issued += 1
    return ToyPiece(context: 0, index: issued, seed: 1)
  }
  func drain() throws {
    while scheduler.outstanding > 0 { _ = try scheduler.next(seconds: 1) }
  }
  var times: [Double] = []
  for _ in 0..<rounds {
    let start = wallSeconds()
    for _ in 0..<64 { scheduler.submit(piece()) }
    try drain()
    times.append(wallSeconds() - start)
  }
  times.sort()
  let streamed = 64 * rounds
  let start = wallSeconds()
  for _ in 0..<streamed {
    while scheduler.outstanding >= 64 { _ = try scheduler.next(seconds: 1) }
    scheduler.submit(piece())
  }
  try drain()
  let rate = Double(streamed) / (wallSeconds() - start)
  scheduler.finish([])
  let text =
    "workers \(scheduler.workers): 64 points in \(fixed(1e6 * times[times.count / 2], 1)) us (median), "
    + "\(fixed(1e6 * times[times.count / 10], 1)) us (best tenth); "
    + "stream \(fixed(rate / 1e3, 0)) k points/s\n"
  put(text, to: STDOUT_FILENO)
}
