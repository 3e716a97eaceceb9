import Glibc

extension Scheduler {
  /// From so many stray deaths on it is no chance, and said.
  private static var strayDeathsUnsaid: Int { 5 }

  /// Puts the work of a dead worker back at the head of the queue.
  ///
  /// What was merely queued there, or done and not yet told, is no worse for it. The piece that was being carried out is
  /// suspect, and the point at which it was: where that point alone kills another worker it is refused, or the run stops.
  mutating func replace(_ loss: Loss, place: String) throws {
    replaced += 1
    let (messages, firstTrial) = (members[loss.worker].messages, members[loss.worker].firstTrial)
    messagesUnderWay -= messages.count
    if !messages.isEmpty { idleMembers += 1 }
    members[loss.worker] = Member()
    var suspect: Int?
    if var inside = loss.inside, let held = messages.first, held.contains(inside.sequence) {
      suspect = inside.sequence
      inside.isTrial = inside.isTrial && inside.sequence == firstTrial
      try blame(inside, for: loss, place: place)
    } else {
      idleDeaths += 1
      if idleDeaths > 2 * members.count + Suspicion.killsAllowed {
        throw PoolError(
          "workers keep dying before they have done any work; the last, \(place), by \(loss.how)")
      }
    }
    for i in (0..<messages.count).reversed() {
      for sequence in messages[i].reversed() where sequence != suspect { waiting.prepend(sequence) }
    }
    // Before all others: the fresh worker is the one to try it, and once it has done anything else it is not.
    if let suspect { waiting.prepend(suspect) }
  }

  private mutating func blame(_ inside: WorkerTrace.Moment, for loss: Loss, place: String) throws {
    let at = inside.sequence
    guard isOut(at) else { return }
    let verdict = self[at].suspicion.note(inside, isFromOutside: loss.isFromOutside)
    switch verdict {
    case .none: if !loss.isFromOutside { countStray(loss, place: place) }
    case .guilty(let times): try convict(inside, times: times, of: at, for: loss, place: place)
    case .hopeless:
      throw PoolError(
        "workers keep dying at one and the same piece of work, but not of one point (the last, \(place), by \(loss.how)): "
          + Self.strayAdvice)
    }
  }

  private mutating func convict(
    _ inside: WorkerTrace.Moment, times: String, of at: Int, for loss: Loss, place: String
  ) throws {
    guard let point = inside.point else {
      throw PoolError(
        "a piece of work, outside of the likelihood, killed its worker \(times), the last time \(place) "
          + "(\(loss.how)); a prior that is a closure may be at fault")
    }
    guard inside.rows == 1 else {
      throw LikelihoodFailure(
        reason:
          "\(inside.rows) points evaluated at once killed their worker \(times) (\(loss.how)), and none of them does by itself; "
          + "a smaller batch may help",
        point: problem.describe(point), place: place)
    }
    guard onCrash == .refuse else {
      throw LikelihoodFailure(
        reason: "it killed its worker \(times) (\(loss.how))", point: problem.describe(point), place: place)
    }
    // The first of its deaths, and before it that at its block, were counted before it was known to be guilty.
    if !loss.isFromOutside { strayDeaths = max(0, strayDeaths - (self[at].suspicion.isWary ? 2 : 1)) }
    avoided.append(point)
    self[at].suspicion = Suspicion()
  }

  private mutating func countStray(_ loss: Loss, place: String) {
    strayDeaths += 1
    guard strayDeaths == Self.strayDeathsUnsaid else { return }
    put(
      "rookery: warning: \(strayDeaths) workers have died, each at another point (the last, \(place), by \(loss.how)); they are "
        + "replaced and their work is done again, but \(Self.strayAdvice)\n", to: STDERR_FILENO)
  }

  private static var strayAdvice: String {
    "workers that die every so many calls point to what adds up from call to call: memory, open files, a counter of a library that "
      + "ends the program"
  }
}
