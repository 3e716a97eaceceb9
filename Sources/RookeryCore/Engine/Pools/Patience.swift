/// Whether to look for a message for a moment before sleeping until it comes.
///
/// To wake a sleeper takes tens of microseconds, longer than many a message is away. Where the latest have come soon,
/// a waiter goes on looking for a moment; elsewhere it sleeps at once, and leaves the core to those that work.
struct Patience {
  private var usual = 0.0
  private static let longest = 5e-5
  /// Messages that are usually as soon as this may be caught looking: those who sleep see them later by the time it takes to wake both
  /// sides.
  private static let soon = 1.5e-4
  private static let weight = 0.25
  private static let isWise = availableCores > 1

  /// Waits by `look` if that is likely to do, else by `sleep`.
  mutating func wait<T>(_ look: () throws -> T?, orSleep sleep: () throws -> T) rethrows -> T {
    if let found = try look() { return found }
    let start = wallSeconds()
    var found: T?
    if Self.isWise && usual < Self.soon {
      repeat { found = try look() } while found == nil && wallSeconds() - start < Self.longest
    }
    let result = try found ?? sleep()
    usual += Self.weight * (min(wallSeconds() - start, 1e-3) - usual)
    return result
  }
}
