/// What a run has to say of itself.
extension RunLoop {
  /// How busy the workers were, and what to change; nil where there is nothing to say.
  func advice(on statistics: RunStatistics) -> Finding? {
    // Of a run that was taken up again this part alone has been watched; where it had nothing to do there is nothing to say.
    guard lastAbsorption > firstIssue, cost.busySeconds > 0 else { return nil }
    var statistics = statistics
    statistics.wallSeconds -= before.wallSeconds
    statistics.cpuSeconds -= before.cpuSeconds
    return BusyAdvice(
      statistics: statistics, idle: causes,
      pieceSeconds: cost.busySeconds / Double(max(pieces - before.pieces, 1)),
      cores: availableCores
    ).finding
  }

  var wholeTimeline: BusyTimeline { before.timeline.followed(by: timeline, at: before.wallSeconds) }

  func busy(workers: Int) -> Double {
    let span = (lastAbsorption - firstIssue) * Double(workers)
    return span > 0 ? min(cost.busySeconds / span, 1) : 0
  }

  func snapshot(at now: Double, _ scheduler: borrowing Scheduler<S.Piece>) -> RunSnapshot {
    let span = max(now - firstIssue, 1e-9) * Double(scheduler.workers)
    var snapshot = RunSnapshot(
      status: sampler.status, calls: before.cost.calls + cost.calls, seconds: now - start,
      busy: min(scheduler.busySeconds(at: now) / span, 1), workers: scheduler.workers)
    snapshot.silence = scheduler.silence
    (snapshot.earlierCalls, snapshot.earlierSeconds) = (before.cost.calls, before.wallSeconds)
    (snapshot.maxCalls, snapshot.timeLimit) = (settings.maxCalls, settings.timeLimit)
    return snapshot
  }

  func statistics(workers: Int, pool: String) -> RunStatistics {
    var statistics = RunStatistics()
    statistics.calls = before.cost.calls + cost.calls
    statistics.refused = before.cost.refused + cost.refused
    statistics.likelihoodSeconds = before.cost.likelihoodSeconds + cost.likelihoodSeconds
    statistics.wallSeconds = before.wallSeconds + wallSeconds() - start
    statistics.cpuSeconds = before.cpuSeconds + processSeconds() - processSecondsAtStart
    statistics.peakBytes = WorkerUsage.ofThisProcess.peakBytes
    statistics.workers = workers
    statistics.window = sampler.window
    statistics.pool = pool
    statistics.busy = busy(workers: workers)
    statistics.timeline = wholeTimeline
    return statistics
  }
}
