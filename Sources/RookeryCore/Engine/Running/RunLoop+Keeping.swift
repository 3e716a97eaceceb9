import Glibc

/// Keeping the state of a run.
extension RunLoop {
  /// A disk that is full for a while is no reason to end a run: it is said, and tried again later.
  mutating func saveOrWarn(_ scheduler: borrowing Scheduler<S.Piece>) {
    do { try save(scheduler) } catch {
      observers.makeWay()
      observers.hear(Finding("no-checkpoint"))
      put("rookery: warning: no checkpoint: \(error); the last one stays\n", to: STDERR_FILENO)
    }
  }

  /// - Throws: ``OutputError``.
  mutating func save(_ scheduler: borrowing Scheduler<S.Piece>) throws {
    guard let state = keeper.map({ checkpoint($0, scheduler) }) else { return }
    try keeper?.save(state)
  }

  func checkpoint(_ keeper: CheckpointKeeper, _ scheduler: borrowing Scheduler<S.Piece>)
    -> Checkpoint<S>
  {
    var sum = before.cost
    sum += cost
    return keeper.checkpoint(
      sampler, out: scheduler.pieces, contexts: scheduler.contexts.saved,
      cost: sum, pieces: pieces, wallSeconds: before.wallSeconds + wallSeconds() - start,
      cpuSeconds: before.cpuSeconds + processSeconds() - processSecondsAtStart, timeline: wholeTimeline)
  }
}
