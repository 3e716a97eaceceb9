import Testing

@testable import RookeryCore

/// Where networks end a bound: below the least score of what belongs inside, by a margin that grows with what was lost.
@Suite struct BoundCutsTests {
  private static let disc = Ellipsoid(centre: [0.5, 0.5], factor: [0.4, 0, 0, 0.4])

  private static func network() -> Network {
    var stream = RandomStream(seed: 3, purpose: .init(rawValue: 7), index: 1)
    return Network(inputs: 4, hidden: [8, 4], stream: &stream)
  }

  private static func bound(_ disc: Ellipsoid) -> Bound {
    Bound(
      dimension: 2, seam: .none,
      regions: [Bound.Region(ellipsoids: [disc], frame: disc, networks: [network()], cut: 0)])
  }

  /// Points of the disc with their scores, in rising order of these.
  private static func scored(_ disc: Ellipsoid) -> [(point: [Double], score: Float)] {
    var stream = RandomStream(seed: 3, purpose: .init(rawValue: 7), index: 2)
    let values = (0..<200).flatMap { _ in (0..<2).map { _ in 0.3 + 0.4 * stream.uniform() } }
    let region = bound(disc).regions[0]
    let scores = values.withUnsafeBufferPointer { values in
      values.baseAddress.map { region.scores($0, rows: Array(0..<200)) } ?? []
    }
    return scores.enumerated().map { (Array(values[2 * $0..<2 * $0 + 2]), $1) }.sorted { $0.score < $1.score }
  }

  @Test func cutsLieBelowTheLeastScoreByTheMargin() throws {
    let disc = try #require(Self.disc)
    let points = Self.scored(disc)
    let inside = points[100...]
    let least = try #require(inside.first?.score)
    for margin in [0, 0.25] {
      var bound = Self.bound(disc)
      bound.setCuts(
        live: PointMatrix(columns: 2, values: inside.flatMap(\.point)), loss: 0, margin: margin)
      #expect(abs(bound.regions[0].cut - (min(least, 0) - Float(margin))) < 1e-5)
    }
    // Of a hundred points a twentieth may be lost: the sixth from below is the least that counts.
    var bound = Self.bound(disc)
    bound.setCuts(live: PointMatrix(columns: 2, values: inside.flatMap(\.point)), loss: 0.05, margin: 0)
    #expect(abs(bound.regions[0].cut - min(points[105].score, 0)) < 1e-5)
  }

  /// Points that came in while networks were trained, and that the cut would lose, widen it and all that follow.
  @Test func marginsGrowByWhatWasLostAndFade() throws {
    let disc = try #require(Self.disc)
    let points = Self.scored(disc)
    // The networks are shifted so that scores above the middle are positive and below it negative.
    let middle = points[100].score
    var network = Self.network()
    network.weights[network.weights.count - 1] -= middle + 0.5
    var exploration = Exploration(settings: ImportanceNestedSettings(), periodic: [false, false], seed: 1)
    var sampled = SampledPoints(dimension: 2, derivedCount: 0)
    func add(_ chosen: some Sequence<(point: [Double], score: Float)>) {
      for (point, _) in chosen {
        var outcome = ShellOutcome()
        (outcome.points, outcome.logLikelihoods) = (point, [1])
        sampled.append(outcome, origin: 0)
      }
    }
    add(points[150...])
    let known = sampled.count
    // Far below the cut, three of them.
    add([points[0], points[1], points[2]])
    add(points[160..<165])
    func plan() -> BoundPlan {
      BoundPlan(
        threshold: 0.5, bound: Self.bound(disc), sets: [], regions: [0], networks: [network], members: 1,
        live: Array(0..<known), known: known)
    }
    exploration.finish(plan(), points: sampled)
    let lost = exploration.margin
    #expect(abs(lost - 0.09) < 1e-12)
    if exploration.current > 0 {
      let cut = exploration.bounds[1].regions[0].cut
      #expect(abs(cut - (points[0].score - middle - 0.5 - 0.09)) < 1e-4)
    }
    var later = exploration
    var none = plan()
    none.known = sampled.count
    later.finish(none, points: sampled)
    #expect(later.margin < lost && later.margin > 0.5 * lost)
  }
}
