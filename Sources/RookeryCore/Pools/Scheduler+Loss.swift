extension Scheduler {
  /// A piece that has been killed from outside so often is taken to be why: it may need more memory than there is.
  private static var killsAllowed: Int { 10 }

  /// Puts the work of a dead worker back at the head of the queue.
  ///
  /// What was merely queued there, or done and not yet told, is no worse for it. The piece that was being carried out is
  /// suspect: at its second death the point at fault is refused, or the run stops.
  mutating func replace(_ loss: Loss, place: String) throws {
    replaced += 1
    let messages = members[loss.worker].messages
    messagesUnderWay -= messages.count
    if !messages.isEmpty { idleMembers += 1 }
    members[loss.worker] = Member()
    if let inside = loss.inside, let held = messages.first, held.contains(inside.sequence) {
      try blame(inside, for: loss, place: place)
    } else {
      idleDeaths += 1
      if idleDeaths > 2 * members.count + Self.killsAllowed {
        throw PoolError(
          "workers keep dying before they have done any work; the last, \(place), by \(loss.how)")
      }
    }
    for i in (0..<messages.count).reversed() {
      for sequence in messages[i].reversed() { waiting.prepend(sequence) }
    }
  }

  private mutating func blame(_ inside: WorkerTrace.Moment, for loss: Loss, place: String) throws {
    let at = inside.sequence - nextDelivery
    guard at >= 0, at < entries.count else { return }
    let times: String
    if loss.isFromOutside {
      entries[at].kills += 1
      guard entries[at].kills >= Self.killsAllowed else { return }
      times = "\(Self.killsAllowed) times"
    } else {
      entries[at].deaths += 1
      guard entries[at].deaths >= 2 else { return }
      times = "twice"
    }
    guard let point = inside.point else {
      throw PoolError(
        "a piece of work, outside of the likelihood, killed its worker \(times), the last time \(place) "
          + "(\(loss.how)); a prior that is a closure may be at fault")
    }
    guard onCrash == .refuse else {
      throw LikelihoodFailure(
        reason: "it killed its worker \(times) (\(loss.how))", point: problem.describe(point), place: place)
    }
    avoided.append(point)
    (entries[at].deaths, entries[at].kills) = (0, 0)
  }
}
