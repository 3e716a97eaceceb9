/// The part of the prior that gives no live points, and how many draws were spent on it.
///
/// A point without likelihood is counted and stays in the record, but there is nothing to climb from. The same holds where most of the
/// prior shares one value, as where a program marks "no model here" by a large negative number: live points that all lie on such a
/// plateau know nothing of what is above it. So draws from the whole prior go on until enough lie above. All of them are in the record, as
/// births in the whole prior, so the volume of the plateau follows from their number as exactly as that of any contour.
struct LowestPlateau: Sendable, Equatable {
  /// Draws from the prior on or below this contour are not live.
  private(set) var contour = -Double.infinity
  /// Draws from the prior before the first live point died.
  private(set) var draws = 0
  /// How many of them were on or below the contour.
  private(set) var below = 0

  /// A plateau counts as one if so large a part of the live points lies on it, and so small a part above.
  private static let leastShare = 0.1
  private static let mostAbove = 0.05

  /// Of the draws so far those above the contour, with a grain of hope.
  var yield: Double { Double(draws - below + 1) / Double(draws + 1) }

  mutating func count(_ logL: Double) {
    draws += 1
    if logL <= contour { below += 1 }
  }

  mutating func rise(to higher: Double, drowning points: Int) {
    contour = higher
    below += points
  }

  /// The highest of the plateaus at the lower end of the points with next to nothing above it, nil for none.
  ///
  /// Below it there may be more plateaus, but nothing else: where values differ at the lower end points know which way is up.
  static func find(_ logL: [Double]) -> Double? {
    let sorted = logL.sorted()
    let all = Double(sorted.count)
    var found: Double?
    var start = 0
    while start < sorted.count {
      let end = sorted[start...].firstIndex { $0 > sorted[start] } ?? sorted.count
      guard Double(end - start) >= leastShare * all, end - start > 1 else { break }
      if Double(sorted.count - end) < mostAbove * all { found = sorted[start] }
      start = end
    }
    return found
  }
}

extension LowestPlateau: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(contour)
    writer.write(draws)
    writer.write(below)
  }

  init(from reader: inout WireReader) throws(WireError) {
    contour = try reader.read()
    draws = try reader.read()
    below = try reader.read()
  }
}

// MARK: - Gathering live points

extension NestedSampler {
  /// Draws from the prior for each live point before the run makes do with what it has.
  private static let mostDraws = 1000
  /// Draws from the prior for each live point if they all lie on one plateau. They find what fills a few thousandths of a percent, and
  /// cost little where the likelihood is the same everywhere.
  private static let drawsOnPlateau = 40
  /// With so few points above a plateau its volume is known well enough for the quoted error to hold.
  private static let leastAbove = 20
  /// A likelihood that is this everywhere is more likely a number that stands for zero.
  private static let doubtful = -100.0

  /// The live points asked for before the first of them dies. Above a plateau a quarter will do: that makes its volume as well known as
  /// the run's other volumes, and the other live points are found above it in less time.
  var firstPointsWanted: Int {
    dynamic.batches == 0 && plateau.contour > -.infinity
      ? max(settings.live / 4, min(2 * problemDimension, settings.live)) : phaseSize
  }

  /// Whether no more draws from the prior are to be made in search of live points.
  var hasSearchedPrior: Bool {
    guard dynamic.batches == 0 else { return false }
    let each = plateau.contour > -.infinity && live.count == 0 ? Self.drawsOnPlateau : Self.mostDraws
    return plateau.draws + out >= max(each * settings.live, drawsAtHand)
  }

  /// Looks at the live points gathered on the first contour of a phase, once all that are out have come in.
  mutating func endFillingIfDone() {
    guard isFilling, out == 0 else { return }
    if live.count >= firstPointsWanted {
      if dynamic.batches == 0, let found = LowestPlateau.find(live.members.map(\.logL)) {
        raisePlateau(to: found)
        endFillingIfDone()
      } else {
        isFilling = false
        if dynamic.batches == 0 { startFromPrior() }
      }
    } else if hasSearchedPrior {
      if live.count >= max(Self.leastAbove, 2 * problemDimension) {
        isFilling = false
        startFromPrior()
      } else if live.count == 0, plateau.contour > Self.doubtful {
        isFilling = false
        isFlat = true
        startFromPrior()
        endPhase()
      } else {
        giveUpOnPrior()
      }
    }
  }

  private mutating func raisePlateau(to contour: Double) {
    var above = LiveSet()
    for member in live.members where member.logL > contour { above.insert(member) }
    plateau.rise(to: contour, drowning: live.count - above.count)
    live = above
    if live.count == 0 { best = -.infinity }
  }

  /// Takes off the volume on and below the plateau; live points that are still missing will be found above it.
  private mutating func startFromPrior() {
    let below = logL.filter { $0 <= plateau.contour }.sorted()
    totals.start(live: live.count, below: below)
    if isFlat { best = plateau.contour }
    guard live.count < settings.live, !isFlat else { return }
    // Births in the whole prior have minus infinity for their contour, so where that is the plateau the next number is.
    threshold = max(plateau.contour, -.greatestFiniteMagnitude)
    vacant = settings.live - live.count
  }

  private mutating func giveUpOnPrior() {
    guard plateau.contour > -.infinity else {
      stuck = Finding(
        "prior-without-likelihood", .failure,
        ["found": Double(live.count), "draws": Double(plateau.draws)])
      return
    }
    stuck = Finding(
      "prior-on-plateau", .failure,
      [
        "found": Double(live.count), "draws": Double(plateau.draws), "log_l": plateau.contour,
        "one_in": Double(plateau.draws / (live.count + 3)),
      ])
  }

  /// What there is to say of a run that ended on the plateau it began on. A likelihood of one everywhere is a run without data, and
  /// nothing is left open; any other number may be meant to stand for something.
  var flatFinding: Finding? {
    guard isFlat, plateau.contour != 0, logL.allSatisfy({ $0 == logL[0] }) else { return nil }
    return Finding(
      "flat-likelihood", .warning,
      [
        "draws": Double(plateau.draws), "log_l": plateau.contour, "one_in": Double(plateau.draws / 3),
      ])
  }
}
