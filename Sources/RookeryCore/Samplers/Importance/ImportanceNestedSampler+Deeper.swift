import Glibc

/// When what stages draw says that bounds have not shown enough.
extension ImportanceNestedSampler {
  /// What bounds may leave, as `remainingEvidence`, where the fits show that they left too much.
  static var littleLeft: Double { 0.3 }
  static var moreLivePoints: Int { 4 }
  /// As many of the highest points of bounds tell whether a fit follows the posterior to its top.
  private static var highest: Int { 10 }
  /// A fit misses the top if at one of these points it has so many times less of the density than it should.
  private static var tooThin: Double { 4 }

  /// Whether the fit follows the posterior so badly that bounds around so few live points may have lost a part of it.
  ///
  /// A thin tail or a small mode may hold less than one live point halfway up, where it has little of the volume,
  /// and yet several hundredths of the evidence at the top. Such posteriors are those that no fit follows well.
  func wantsMoreLivePoints(_ stage: Stage) -> Bool {
    stages.count >= 2 && stage.issued >= stage.quota && stage.efficiency < settings.thoroughBelow
      && exploration.settings.live == settings.live
  }

  /// Whether less evidence was to be left than when the bounds were begun, and they leave more.
  var boundsFallShort: Bool {
    let asked = settings.remainingEvidenceInForce
    return asked < exploration.settings.remainingEvidenceInForce && exploration.remaining > asked
  }

  /// Whether the last fit grows thin towards the highest points that bounds have found, and these left much.
  ///
  /// Down the neck of a funnel a density fitted to what is wide falls behind ever more, and beyond the last point that it was fitted to
  /// hardly any draw tells of it: the weights look even, and the evidence comes out too low.
  func missesTheTop(_ stage: Stage, logZ: Double) -> Bool {
    guard exploration.settings.remainingEvidenceInForce > Self.littleLeft,
      exploration.remaining > Self.littleLeft
    else { return false }
    let rows = points.origins.indices.filter { points.origins[$0] >= 0 }
      .sorted { (points.logL[$0], $1) > (points.logL[$1], $0) }.prefix(Self.highest)
    let cube = points.matrix(Array(rows)).values
    let table = stage.proposal.components.logDensities(cube, unless: Halt<Never>.never)
    return zip(rows, stage.proposal.logDensities(table: table)).contains { row, logQ in
      points.logL[row] - logQ > logZ + log(Self.tooThin)
    }
  }

  /// Builds bounds once more from the cube on. Draws of stages keep their worth; those from
  /// the first bounds would only bias the choice of new ones.
  ///
  /// - Parameter remaining: what bounds may leave, where less is not asked for.
  mutating func exploreAgain(live: Int, remaining: Double? = nil) {
    var thorough = settings
    thorough.live = live
    if let remaining { thorough.remainingEvidence = min(settings.remainingEvidenceInForce, remaining) }
    aside = points.ofStages
    points.removeAll()
    let before = exploration
    exploration = Exploration(settings: thorough, periodic: before.periodic, seed: seed)
    (exploration.streams, exploration.outposts) = (before.streams, before.outposts.begunAnew())
    draw(from: .bound(exploration.bounds[0]))
    phase = .exploring
  }

  /// Goes on building bounds where they ended. Draws of fits to less may be many enough and yet have missed all that is deeper: they
  /// serve the next fit alone.
  mutating func exploreDeeper(remaining: Double) {
    for s in stages.indices { stages[s].isRetired = true }
    aside = points.ofStages
    points = points.ofBounds
    exploration.goOn(remaining: remaining, points: points.count)
    draw(from: .bound(exploration.bounds[exploration.current]))
    phase = .exploring
    due = .lookAround
  }
}
