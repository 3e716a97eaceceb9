import Glibc

/// Where new points come in among those alive, watched while a run goes on: the insertion-rank test of ``InsertionRanks`` on what is
/// known when a point comes in.
///
/// Chains that are too short and bounds that are too tight show there before they have spoilt everything that follows. The test is made
/// each time the number of points has doubled, and at the end: at its level, with so few looks, a sound run fails it less often than once
/// in a thousand.
struct RankWatch: Sendable, Equatable {
  /// Below this chance a test has failed.
  static let level = 1e-4
  private static let purpose = RandomStream.Purpose(rawValue: 0x5241_4e4b)

  /// The places of points since chains were last made longer, between 0 and 1.
  private(set) var places: [Double] = []
  /// How many places there are at the next look.
  private var nextLook: Int
  /// Log-likelihoods of points that have died; those below the births of all pieces on their way are dropped.
  private var deaths: [Double] = []

  init(live: Int) { nextLook = 2 * live }

  var pValue: Double {
    InsertionRanks.chance(ofDistance: InsertionRanks.distance(places[...]), count: places.count)
  }

  /// Notes that a live point has died.
  mutating func note(death logL: Double) { deaths.append(logL) }

  /// Begins with live points that have nothing to do with those before.
  mutating func startPhase() { deaths = [] }

  /// Notes where a point came in that was drawn above the contour of its birth, before it joins the others.
  ///
  /// Alive there were the live points above that contour and those that have died since. Equal ones, itself among them, share
  /// their places out at random, so that a plateau is no sign of anything.
  mutating func note(
    arrival logL: Double, born contour: Double, among live: [LiveSet.Member], key: (seed: UInt64, row: Int)
  ) {
    deaths.removeAll { $0 <= contour }
    var (alive, below, equal) = (1, 0, 1)
    func compare(_ other: Double) {
      guard other > contour else { return }
      alive += 1
      if other < logL { below += 1 } else if other == logL { equal += 1 }
    }
    for member in live { compare(member.logL) }
    for death in deaths { compare(death) }
    var stream = RandomStream(seed: key.seed, purpose: Self.purpose, index: UInt64(key.row))
    places.append((Double(below) + stream.uniform() * Double(equal)) / Double(alive))
  }

  /// Whether it is time to look, and the test has failed.
  mutating func hasFailed() -> Bool {
    guard places.count >= nextLook else { return false }
    nextLook = 2 * places.count
    return pValue < Self.level
  }
}

extension RankWatch: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(places)
    writer.write(nextLook)
    writer.write(deaths)
  }

  init(from reader: inout WireReader) throws(WireError) {
    places = try reader.read()
    nextLook = try reader.read()
    deaths = try reader.read()
  }
}

extension NestedSampler {
  /// How often a run may begin anew with chains twice as long.
  private static let beginnings = 4

  /// Begins the run anew, with longer chains and wider bounds, or gives up: the points that came in unevenly have spoilt what is known of
  /// the volumes, and no later point makes up for that. What is still out was asked for by the run that is given up, and is dropped.
  mutating func beginAnew() {
    guard explorer.lengthenings < Self.beginnings else {
      stuck = Finding(
        "uneven-insertion", .failure, ["p": ranks.pValue, "times": Double(1 << explorer.lengthenings)],
        remedies: [.explorer, .live])
      return
    }
    var fresh = NestedSampler(
      settings: settings, seed: seed, boundaries: boundaries, derivedCount: derived.columns, batch: batch)
    (fresh.piecesIssued, fresh.firstPiece) = (piecesIssued, piecesIssued)
    fresh.handedOver = handedOver
    fresh.explorer = explorer.strengthened()
    self = fresh
  }

  /// Says that the run had to begin anew.
  var lengtheningFinding: Finding? {
    guard explorer.lengthenings > 0 else { return nil }
    return Finding("chains-lengthened", .note, ["times": Double(1 << explorer.lengthenings)])
  }
}
