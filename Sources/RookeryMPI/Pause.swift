#if MPI
  internal import Glibc
  internal import RookeryCore

  /// How to wait for a message: a blocking receive burns a core, so look, and sleep ever longer between
  /// looks.
  ///
  /// A sleep is a sixteenth of the time waited so far, so a message lies unread no longer than that part of
  /// the wait. After a second that may be longer: who has waited for so long is likely to wait on.
  struct Pause {
    private var looksLeft: Int
    private let yields: Bool
    private let start = wallSeconds()
    private static let looks = 100
    private static let shortest = 2e-5
    private static let longest = 1e-3
    private static let longWait = 1.0
    private static let longestOfAll = 4e-3

    /// - Parameter hasCoresToSpare: whether nobody else needs this core. Where somebody may, it is offered to them
    ///   after each look.
    init(hasCoresToSpare: Bool) {
      looksLeft = Self.looks
      yields = !hasCoresToSpare
    }

    /// How long to sleep now; zero at first.
    mutating func next() -> Double {
      if looksLeft > 0 {
        looksLeft -= 1
        if yields { sched_yield() }
        return 0
      }
      let waited = wallSeconds() - start
      return min(max(waited / 16, Self.shortest), waited < Self.longWait ? Self.longest : Self.longestOfAll)
    }

    mutating func sleep() {
      let seconds = next()
      if seconds > 0 { usleep(UInt32(1e6 * seconds)) }
    }
  }
#endif
