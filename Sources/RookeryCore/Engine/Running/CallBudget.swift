/// The likelihood calls that one lane of a run with a limit may still make.
///
/// Calls are set aside when a piece goes out and settled when it is absorbed, in the order of issue: so a run never makes more than
/// it may, and stops at the same piece on every pool. A chain may need any number of calls, and to set aside the most would leave
/// workers idle; so it is given a good deal more than any has needed, and one that runs out all the same is done again with more.
package struct CallBudget {
  private var limit: Int
  private(set) var spent: Int
  private var setAside = 0
  /// What each piece that is out was given, oldest first.
  private var grants = Queue<Int>()
  /// What the oldest had where it has run out and got no more.
  private var ranOutAt = 0
  /// The most that a piece of each kind has needed so far.
  private var largest: [Int: Int] = [:]

  /// A chain gets so many times what the longest has needed.
  private static let spare = 2
  /// So much more than a chain's grant must be left, lest one that has to be done again find nothing.
  private static let reserve = 3

  package init(limit: Int, spent: Int) {
    self.limit = limit
    self.spent = min(spent, limit)
  }

  package var isExhausted: Bool { spent >= limit }
  private var free: Int { limit - spent - setAside }

  /// How many calls the next piece may make; nil where it must wait for what is out.
  ///
  /// - Parameter window: how many pieces may be out.
  package mutating func grant(_ piece: some Work, window: Int) -> Int? {
    let most = piece.mostCalls
    var wanted = most
    if most > free / (2 * max(window, 1)) {
      let usual = max(min(largest[piece.kind] ?? 0, Int.max / 8) * Self.spare, piece.likelyCalls)
      wanted = min(most, usual)
      if wanted > free || wanted < most && wanted > free / Self.reserve {
        // The oldest gets what there is, for there is nothing to wait for.
        guard grants.isEmpty, free > 0 else { return nil }
        wanted = min(most, free)
      }
    }
    grants.append(wanted)
    setAside += wanted
    return wanted
  }

  /// Takes in what the oldest piece needed.
  package mutating func settle(_ calls: Int, of piece: some Work) {
    setAside -= grants.popFirst() ?? 0
    spent += calls
    largest[piece.kind] = max(largest[piece.kind] ?? 0, calls)
  }

  /// Takes in that the oldest piece has run out of calls, and gives it more; nil where there are none.
  package mutating func grantMore(_ calls: Int, to piece: some Work) -> Int? {
    guard let before = grants.first else { return nil }
    setAside -= before
    spent += calls
    largest[piece.kind] = max(largest[piece.kind] ?? 0, calls)
    (grants[0], ranOutAt) = (0, before)
    return grantMore()
  }

  /// Gives the oldest piece, which has run out of calls, more than it had; nil where there are none.
  package mutating func grantMore() -> Int? {
    let wanted = grants.count == 1 ? free : min(free, 4 * min(ranOutAt, Int.max / 8))
    guard wanted > ranOutAt else { return nil }
    grants[0] = wanted
    setAside += wanted
    return wanted
  }

  /// Takes back the calls that nothing has been promised.
  ///
  /// - Returns: those that are left to it.
  mutating func giveBack() -> Int {
    limit = spent + setAside
    return limit
  }

  mutating func take(_ calls: Int) { limit += calls }
}
