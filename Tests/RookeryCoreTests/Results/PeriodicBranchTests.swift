import Glibc
import Testing

@testable import RookeryCore

/// Parameters on a circle, drawn where the posterior is to be.
@Suite struct PeriodicBranchTests {
  private static let turn = 2 * Double.pi

  /// Equally weighted draws of an angle, given as angles that may be on any branch.
  private func result(
    lower: Double = 0, period: Double = turn, count: Int = 4000, seed: UInt64 = 3, prior: Prior? = nil,
    angle: (inout RandomStream) -> Double
  ) throws -> RunResult {
    var stream = RandomStream(seed: seed, purpose: .init(rawValue: 9), index: 0)
    let problem = try Problem(
      "made",
      parameters: [
        Parameter("w", prior ?? .uniform(lower, lower + period), boundary: .periodic),
        Parameter("x", .uniform(-1, 1)),
      ]
    ) { (_: [Double]) in 0 }
    let points = PointMatrix(
      columns: 2,
      values: (0..<count).flatMap { _ in
        let share = (angle(&stream) - lower) / period
        return [share - share.rounded(.down), stream.uniform()]
      })
    return try RunResult(
      record: RunRecord(
        cube: points, derived: PointMatrix(columns: 0), logLikelihoods: [Double](repeating: 0, count: count),
        kind: .importance(logPriorToProposal: [Double](repeating: 0, count: count), logZError: 0)),
      problem: problem, engine: EngineDescription(name: "made", live: 0, dimension: 2),
      settings: RunSettings(), ending: .converged, statistics: RunStatistics())
  }

  /// The smallest distance of two angles.
  private func distance(_ a: Double, _ b: Double, period: Double = turn) -> Double {
    abs((a - b) - ((a - b) / period).rounded() * period)
  }

  @Test(
    arguments: [0.0, 0.02, -0.02, 0.3, 1, 2, 3.1, 4.5, 5.9, 6.1],
    [(0.0, turn), (-Double.pi, turn), (10, 360)])
  func momentsWhereverThePosteriorLies(_ place: Double, _ range: (Double, Double)) throws {
    let (lower, period) = range
    let centre = lower + place / Self.turn * period
    let width = 0.04 * period
    let result = try result(lower: lower, period: period) { centre + width * $0.normal() }
    let marginal = result.marginals()[0]
    for value in [marginal.mean, marginal.median] {
      #expect(distance(value, centre, period: period) < 0.1 * width, "\(value) for \(centre)")
    }
    #expect(abs(marginal.deviation / width - 1) < 0.05)
    #expect(abs((marginal.upper - marginal.lower) / (1.99 * width) - 1) < 0.1)
    // As it is said: the median lies in the range, or below it by up to an eighth of it.
    #expect(marginal.median >= lower - period / 8 && marginal.median < lower + period)
    // All other numbers follow.
    #expect(
      try result.quantiles([0.16, 0.5, 0.84], of: "w") == [marginal.lower, marginal.median, marginal.upper])
    let covariance = result.covariance()
    #expect(abs(covariance[0, 0] / (width * width) - 1) < 0.1)
    #expect(abs(covariance[0, 1]) < 0.1 * width)
    #expect(distance(marginal.map, result.samples[result.mapIndex ?? 0, 0], period: period) < 1e-9)
    #expect(abs(marginal.map - marginal.mean) <= period / 2 + 1e-9)
    let bits = try #require(marginal.bits)
    #expect(abs(bits - log2(period / (width * (Self.turn * M_E).squareRoot()))) < 0.1, "\(bits)")
  }

  /// Runs with other seeds are shown on the same branch, also where the middle lies on the seam.
  @Test func oneBranchForAllSeeds() throws {
    for (lower, centre) in [(0.0, 0.0), (-Double.pi, Double.pi)] {
      let means = try (1...20).map { seed in
        try result(lower: lower, count: 300, seed: UInt64(seed)) { centre + 0.5 * $0.normal() }.marginals()[0]
          .mean
      }
      let (least, most) = (means.min() ?? 0, means.max() ?? 0)
      #expect(most - least < 0.5, "\(means)")
    }
  }

  @Test func whatDoesNotCrossTheSeamStaysAsItIs() throws {
    for place in [0.5, 3, 4.7, 5.5] {
      let result = try result { place + 0.1 * $0.normal() }
      let column = result.samples.column(0)
      let branch = try #require(result.branches()[0])
      #expect(column.allSatisfy { branch($0) == $0 }, "\(place): \(branch)")
    }
  }

  /// All around the circle there is no place to begin: the numbers are those of the prior's own range, without false precision.
  @Test(arguments: [60, 300, 4000, 40_000])
  func allAroundTheCircle(_ count: Int) throws {
    for seed in 1...5 {
      let result = try result(count: count, seed: UInt64(seed)) { Self.turn * $0.uniform() }
      let marginal = result.marginals()[0]
      let noise = 4 / Double(count).squareRoot()
      #expect(abs(marginal.deviation - Self.turn / 12.0.squareRoot()) < noise)
      if count >= 300 {
        #expect(marginal.branch?.lower == 0)
        #expect(abs(marginal.mean - Double.pi) < 2 * noise)
      }
      #expect((marginal.bits ?? 0) < 0.15)
    }
  }

  @Test func twoModesAreCutBetweenThem() throws {
    // At 6.2 and at 1.5: the emptiest part is the longer way round.
    let result = try result { ($0.uniform() < 0.5 ? 6.2 : 1.5) + 0.1 * $0.normal() }
    let marginal = result.marginals()[0]
    #expect(abs(marginal.deviation - 0.5 * (1.5 + Self.turn - 6.2)) < 0.05, "\(marginal.deviation)")
  }

  @Test func aBroadPosteriorIsTurnedToItsMiddle() throws {
    // The density 1 + cos x, by rejection.
    let result = try result { stream in
      while true {
        let x = Self.turn * stream.uniform()
        if 2 * stream.uniform() < 1 + cos(x) { return x }
      }
    }
    let marginal = result.marginals()[0]
    #expect(abs(marginal.mean) < 0.3, "\(marginal.mean)")
    // ∫ x² (1 + cos x) / 2π over (-π, π) is π²/3 - 2.
    #expect(abs(marginal.deviation - (Double.pi * Double.pi / 3 - 2).squareRoot()) < 0.1)
  }

  @Test func priorsThatAreNotEven() throws {
    let result = try result(prior: .truncatedNormal(mean: 3, deviation: 2, lower: 0, upper: 6)) {
      Self.turn * (0.05 * $0.normal())
    }
    let marginal = result.marginals()[0]
    #expect(try #require(marginal.bits) > 1)
    #expect(marginal.deviation < 1.5)
    let unbounded = try self.result(prior: .normal(mean: 0, deviation: 1)) { Self.turn * $0.uniform() }
    #expect(unbounded.branches()[0] == nil)
    #expect(abs(unbounded.marginals()[0].mean) < 0.1)
  }

  @Test func everyTableSaysTheSame() throws {
    let result = try result { 0.05 + 0.3 * $0.normal() }
    let marginal = result.marginals()[0]
    let shown = [
      rounded(marginal.mean, toErrorOf: marginal.deviation),
      rounded(marginal.median, toErrorOf: marginal.deviation),
      rounded(marginal.map, toErrorOf: marginal.deviation),
    ]
    for format in [TableFormat.terminal, .markdown, .latex] {
      let text = try #require(result.summaryText(as: format))
      for number in shown { #expect(text.contains(number), "\(format): \(number)") }
    }
    let json = try JSON(parsing: try #require(result.summaryText(as: .json)))
    #expect(json["post_mean"]?.elements?.first?.number == marginal.mean)
    #expect(json["post_std"]?.elements?.first?.number == marginal.deviation)
    #expect(json["parameters"]?.elements?.first?["median"]?.number == marginal.median)
    // The report: table, titles of pictures, MAP and trace.
    let report = try RunReport(result)
    let measured = MathText(measured: marginal.mean, plus: marginal.deviation, minus: marginal.deviation)
    #expect(report.html.contains(measured.html))
    #expect(report.html.contains(MathText.rounded(marginal.map, by: marginal.deviation)))
    let drawn = report.samples.quantities[0]
    #expect(drawn.marginal == marginal)
    #expect(drawn.values.allSatisfy { abs($0 - marginal.mean) < Double.pi })
  }

  /// A model gets values that it knows: of the prior's own range.
  @Test func predictionsAreMadeInTheRangeOfThePrior() throws {
    let result = try result { -0.3 + 0.2 * $0.normal() }
    #expect(result.marginals()[0].median < 0)
    let prediction = try #require(try result.predict(at: .median) { [$0[0]] })
    #expect(abs(prediction.values[0, 0] - (Self.turn - 0.3)) < 0.05)
  }

  @Test func periodicRangesForGetDist() throws {
    let result = try result { 0.3 * $0.normal() }
    try inTemporaryDirectory { directory in
      try result.write(to: directory, formats: [.polychord])
      let ranges = String(decoding: try readFile(directory + "/polychord/run.ranges"), as: UTF8.self)
      #expect(ranges == "w 0.0 \(Self.turn) periodic\nx -1.0 1.0\n")
    }
  }
}
