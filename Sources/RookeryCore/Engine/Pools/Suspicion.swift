/// What is known of the workers that have died at work on one piece.
///
/// A point is guilty when a worker dies that has been asked for nothing but that point. A worker that dies at a point in the course of
/// a piece may as well die of what it has done before: of memory that leaks, of a counter that ends the program. So whoever carries
/// out the piece anew is first given the point alone.
struct Suspicion {
  enum Verdict: Equatable {
    case none
    /// The point kills, or what the piece does outside of the likelihood where there is none.
    case guilty(times: String)
    /// Workers have been lost again and again, and not by one point.
    case hopeless
  }

  /// Where the last of them died; nil for outside of the likelihood.
  private(set) var point: [Double]?
  /// Deaths by themselves that speak against the point.
  private var deaths = 0
  /// Deaths by themselves at the piece, wherever.
  private var losses = 0
  /// Whether a worker has died at a block of points. One of them may be at fault, so each is evaluated by itself from then on, before
  /// the block: who dies then has died at a point.
  private(set) var isWary = false
  /// Deaths at a block none of whose points had killed by itself just before.
  private var blockDeaths = 0
  /// Kills from outside at that point, and wherever.
  private var killsThere = 0
  private var kills = 0

  /// A piece that has been killed from outside so often is taken to be why: it may need more memory than there is.
  static let killsAllowed = 10
  /// Who dies every so many calls may be unlucky with a piece a few times, but gets through it if it can be done at all.
  static let lossesAllowed = 12

  /// Whether any has died.
  var isAny: Bool { losses + kills > 0 }

  /// What the next worker is to be asked for by itself, before the piece.
  var pointToTry: [Double]? { deaths > 0 ? point : nil }

  /// Takes in the death of a worker at work on the piece.
  mutating func note(_ inside: WorkerTrace.Moment, isFromOutside: Bool) -> Verdict {
    if !isAny || !isSame(inside.point) { (point, deaths, killsThere) = (inside.point, 0, 0) }
    if isFromOutside {
      isWary = isWary || inside.rows > 1
      (kills, killsThere) = (kills + 1, killsThere + 1)
      if killsThere >= Self.killsAllowed { return .guilty(times: "\(killsThere) times") }
      return kills >= 2 * Self.killsAllowed ? .hopeless : .none
    }
    losses += 1
    if inside.rows > 1 {
      if isWary { blockDeaths += 1 }
      isWary = true
      return blockDeaths >= 2 ? .guilty(times: "twice") : .none
    }
    deaths = inside.isTrial || inside.point == nil ? deaths + 1 : max(deaths, 1)
    if deaths >= 2 { return .guilty(times: "twice") }
    return losses >= Self.lossesAllowed ? .hopeless : .none
  }

  private func isSame(_ other: [Double]?) -> Bool {
    point?.map(\.bitPattern) == other?.map(\.bitPattern)
  }
}
