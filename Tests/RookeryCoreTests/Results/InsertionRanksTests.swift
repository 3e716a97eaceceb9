import Glibc
import RookeryCore
import Testing

@Suite struct InsertionRanksTests {
  /// Runs of ln(1 / volume) for log L. A new point lies deeper than its contour by an exponential number where it is drawn evenly, and by the
  /// mean of so many where it is not.
  private func run(live: Int, deaths count: Int, mean terms: Int = 1, seed: UInt64) -> InsertionRanks {
    var stream = RandomStream(seed: seed, purpose: .init(rawValue: 78), index: 0)
    var points = (0..<live).map { _ in (-log(stream.uniform()), -Double.infinity) }
    var dead: [(Double, Double)] = []
    for _ in 0..<count {
      guard let worst = points.indices.min(by: { points[$0].0 < points[$1].0 }) else { break }
      dead.append(points[worst])
      let contour = points[worst].0
      points[worst] = (
        contour + (0..<terms).reduce(0) { sum, _ in sum + stream.exponential() / Double(terms) }, contour
      )
    }
    let all = dead + points
    return InsertionRanks(deaths: all.map(\.0), births: all.map(\.1), seed: 1)
  }

  @Test func exactRunsGiveUniformChances() {
    let chances = (0..<200).map { run(live: 50, deaths: 400, seed: UInt64($0)) }
    for kind in [\InsertionRanks.pValue, \.rollingPValue] {
      let values = chances.map { $0[keyPath: kind] }
      let distance = InsertionRanks.distance(values[...])
      #expect(InsertionRanks.chance(ofDistance: distance, count: values.count) > 0.01)
    }
  }

  /// Half of the volume above a plateau is another: with it dies half of the live points, and as many are born at one contour.
  @Test func exactRunsOverPlateausGiveUniformChances() {
    let chances = (0..<200).map { seed in
      var stream = RandomStream(seed: UInt64(seed), purpose: .init(rawValue: 79), index: 0)
      func tier(above contour: Int) -> Int { contour + 1 + Int(-log2(stream.uniform())) }
      var live = (0..<100).map { _ in (tier(above: -1), -1) }
      var all: [(Int, Int)] = []
      for contour in 0..<12 {
        all += live.filter { $0.0 == contour }
        let left = live.filter { $0.0 > contour }
        live = left + (left.count..<100).map { _ in (tier(above: contour), contour) }
      }
      all += live
      let births = all.map { $0.1 < 0 ? -Double.infinity : Double($0.1) }
      return InsertionRanks(deaths: all.map { Double($0.0) }, births: births, seed: 1)
    }
    for kind in [\InsertionRanks.pValue, \.rollingPValue] {
      let values = chances.map { $0[keyPath: kind] }
      let distance = InsertionRanks.distance(values[...])
      #expect(InsertionRanks.chance(ofDistance: distance, count: values.count) > 0.01)
    }
  }

  @Test(arguments: [2, 3]) func biasedRunsAreSeen(_ terms: Int) {
    #expect(run(live: 200, deaths: 5000, mean: terms, seed: 3).pValue < 1e-6)
  }

  @Test func biasOfOneStretchIsSeenByTheRollingChance() {
    let places = run(live: 100, deaths: 6000, seed: 4)
    #expect(places.rollingPValue > 0.01)
    // 6000 deaths in order; points born in the middle of the run come in at the bottom.
    var stream = RandomStream(seed: 5, purpose: .init(rawValue: 78), index: 0)
    var points = (0..<100).map { _ in (-log(stream.uniform()), -Double.infinity) }
    var all: [(Double, Double)] = []
    for step in 0..<6000 {
      guard let worst = points.indices.min(by: { points[$0].0 < points[$1].0 }) else { break }
      all.append(points[worst])
      let contour = points[worst].0
      let share = (3000..<3200).contains(step) ? 0.3 : 1
      points[worst] = (contour - share * log(stream.uniform()), contour)
    }
    all += points
    let ranks = InsertionRanks(deaths: all.map(\.0), births: all.map(\.1), seed: 1)
    #expect(ranks.rollingPValue < 1e-4)
  }

  @Test func placesCountThoseAliveAtTheContour() {
    // Three from the prior; one born at the contour 1 comes in above 2 and below 4; one born at 2 above all.
    let ranks = InsertionRanks(
      deaths: [1, 2, 4, 3, 5], births: [-.infinity, -.infinity, -.infinity, 1, 2], seed: 1)
    #expect(ranks.liveCounts == [3, 3])
    #expect(ranks.places.map { ($0 * 3).rounded(.down) } == [1, 2])
  }

  /// A coin of two likelihoods: equal places are shared out at random.
  @Test func tiesAreUniformToo() {
    let count = 2000
    let births = [-Double.infinity] + [Double](repeating: 0, count: count)
    let deaths = [0.0] + (0..<count).map { $0 % 2 == 0 ? 1.0 : 2.0 }
    let ranks = InsertionRanks(deaths: deaths, births: births, seed: 2)
    #expect(ranks.liveCounts == Array(1...count))
    #expect(ranks.pValue > 0.01)
  }

  @Test func runsWithoutNewPointsHaveNoChance() {
    let ranks = InsertionRanks(deaths: [1, 2], births: [-.infinity, -.infinity], seed: 1)
    #expect(ranks.places.isEmpty && ranks.pValue.isNaN && ranks.rollingPValue.isNaN)
  }

  /// Table values of Kolmogorov's distribution.
  @Test(arguments: [(1.358, 0.05), (1.628, 0.01), (0.828, 0.5)])
  func chanceOfADistance(_ x: Double, _ chance: Double) {
    let found = InsertionRanks.chance(ofDistance: x / 1e4, count: 100_000_000)
    #expect(abs(found / chance - 1) < 0.01)
  }
}

@Suite struct WarningsTests {
  @Test func aBiasedRunIsWarnedOf() throws {
    // All new points come in just above their contour.
    let live = (0..<200).map { Double($0) }
    let steps = (0..<2000).map { 200 + Double($0) }
    let births = live.map { _ in -Double.infinity } + steps.map { $0 - 200.25 }
    let deaths = live + steps.map { $0 - 200.2 }
    let made = try MadeResult.nested(logLikelihoods: deaths, births: births)
    #expect(made.warnings().contains { $0.contains("insertion ranks") })
    #expect(try #require(made.summaryText()).contains("WARNING"))
  }

  @Test func aGoodRunIsNot() throws {
    var settings = RunSettings()
    settings.showsProgress = false
    let problem = try Problem("line", parameters: [Parameter("x", .uniform(-5, 5))]) {
      (theta: Span<Double>) in -0.5 * theta[0] * theta[0]
    }
    let result = try sample(problem, by: .nested(NestedSettings()), settings: settings)
    #expect(result.warnings().isEmpty)
  }
}
