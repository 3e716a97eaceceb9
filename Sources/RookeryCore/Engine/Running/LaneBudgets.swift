/// The likelihood calls that a run with a limit may still make, dealt out to its lanes.
///
/// Which of several lanes is ahead depends on the pool. So each has a part of the calls to itself, and gets on as far as these go, whatever
/// the others do. When none can go on, and nothing is out but what waits for calls, they stand where they would stand on any pool: then what is
/// left is dealt out anew among those that wait, or the run ends. One lane has all calls from the beginning.
package struct LaneBudgets {
  private let limit: Int
  private let lanes: Int
  private let spentBefore: Int
  /// What lanes get that have not been seen.
  private var share: Int
  /// What has been given to none.
  private var left: Int
  /// By lane. There are few, and with one there is one to look at.
  private var budgets: [(lane: Int32, budget: CallBudget)] = []

  package init(limit: Int, spent: Int, lanes: Int) {
    self.limit = limit
    self.lanes = max(lanes, 1)
    spentBefore = min(spent, limit)
    left = limit - spentBefore
    share = left / self.lanes
  }

  /// Whether there are no calls left. Asked for one lane alone: when that is so of several depends on which is ahead.
  package var isExhausted: Bool { spentBefore + budgets.reduce(0) { $0 + $1.budget.spent } >= limit }

  /// How many calls the next piece of a lane may make; nil where it must wait.
  package mutating func grant(_ piece: some Work, window: Int) -> Int? {
    let place = place(of: piece.lane)
    return budgets[place].budget.grant(piece, window: max(window / lanes, 1))
  }

  /// Takes in what the oldest piece of a lane needed.
  package mutating func settle(_ calls: Int, of piece: some Work) {
    let place = place(of: piece.lane)
    budgets[place].budget.settle(calls, of: piece)
  }

  /// Takes in that the oldest piece of a lane has run out of calls, and gives it more; nil where there are none.
  package mutating func grantMore(_ calls: Int, to piece: some Work) -> Int? {
    let place = place(of: piece.lane)
    return budgets[place].budget.grantMore(calls, to: piece)
  }

  /// Gives the oldest piece of a lane, which has run out of calls, more of those that have been dealt out anew; nil where that does not help.
  package mutating func grantMore(to lane: Int32) -> Int? {
    let place = place(of: lane)
    return budgets[place].budget.grantMore()
  }

  /// Deals out what is left among the lanes that wait. Nothing is out but what waits.
  package mutating func deal(to waiting: [Int32]) {
    let places = Set(waiting).sorted().map { place(of: $0) }
    left = limit - spentBefore
    for i in budgets.indices { left -= budgets[i].budget.giveBack() }
    share = 0
    guard !places.isEmpty else { return }
    let part = left / places.count
    for place in places { budgets[place].budget.take(part) }
    left -= part * places.count
  }

  private mutating func place(of lane: Int32) -> Int {
    if let known = budgets.firstIndex(where: { $0.lane == lane }) { return known }
    // More lanes than were spoken of must not make more calls.
    let part = min(share, left)
    left -= part
    budgets.append((lane, CallBudget(limit: part, spent: 0)))
    return budgets.count - 1
  }
}
