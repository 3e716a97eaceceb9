import Foundation
import Testing

@testable import RookeryCore

/// Leave-one-out and WAIC of ten normal data of known width with an unknown mean: what they should be is known, and so is what ArviZ makes
/// of the same numbers.
@Suite struct CrossValidationTests {
  private static let y = [0.3, -1.2, 2.1, 0.7, 1.5, -0.4, 0.9, 1.1, 7.5, 0.2]

  private static func logP(_ y: [Double], _ mean: Double) -> [Double] {
    y.map { -0.5 * ($0 - mean) * ($0 - mean) - 0.5 * log(2 * .pi) }
  }

  private static func average(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// Draws at even quantiles of the posterior under a flat prior, N(ȳ, 1/n).
  private static func draws(_ count: Int, of y: [Double] = y) -> [[Double]] {
    (0..<count).map { draw in
      let z = SpecialFunctions.inverseNormalCDF((Double(draw) + 0.5) / Double(count))
      return logP(y, average(y) + z / Double(y.count).squareRoot())
    }
  }

  private func expectClose(
    _ values: [Double], _ expected: [Double], within tolerance: Double = 1e-9,
    at place: SourceLocation = #_sourceLocation
  ) {
    #expect(values.count == expected.count, sourceLocation: place)
    for (i, (value, other)) in zip(values, expected).enumerated() {
      #expect(
        abs(value - other) <= tolerance * max(1, abs(other)), "\(i): \(value), not \(other)",
        sourceLocation: place)
    }
  }

  // The numbers of ArviZ 0.23.4, numpy 2.4.6:
  //
  //   import numpy as np, arviz as az
  //   from statistics import NormalDist
  //   y = np.array([0.3, -1.2, 2.1, 0.7, 1.5, -0.4, 0.9, 1.1, 7.5, 0.2])
  //   mu = y.mean() + np.array([NormalDist().inv_cdf((s + 0.5) / 1000) for s in range(1000)]) / np.sqrt(10)
  //   ll = -0.5 * (y - mu[:, None]) ** 2 - 0.5 * np.log(2 * np.pi)
  //   def show(ll, reff):
  //     data = az.from_dict(posterior={"mu": ll[None, :, 0]}, log_likelihood={"y": ll[None]})
  //     print(az.loo(data, pointwise=True, reff=reff), az.waic(data, pointwise=True))
  //   show(ll, 1.0); show(np.repeat(ll[::4], 4, axis=0), 0.25); show(ll[::40], 1.0)
  //
  // ArviZ divides by n in errors, and by S in the variance of WAIC, where the paper has n - 1 and S - 1.

  @Test func leaveOneOutAsArviZ() throws {
    let loo = try PointwiseLogLikelihoods(Self.draws(1000)).loo()
    expectClose(
      loo.pointwise,
      [
        -1.494721053848, -4.360449850552, -1.354652098941, -1.152296229077, -1.001020009899, -2.521527097575,
        -1.047754039736, -0.987663010005, -22.434862661365, -1.608099639723,
      ])
    expectClose(
      loo.paretoShapes,
      [
        0.182887871182, 0.3209559098, 0.173787331541, 0.161280881833, 0.16745345234, 0.241344186518,
        0.157971988601, 0.173329903584, 0.746439796874, 0.19010118741,
      ])
    expectClose(
      [loo.elpd, loo.error * 0.9.squareRoot(), loo.effectiveParameters, loo.shapeLimit],
      [-37.963045690720385, 19.89054430687722, 5.086372414677818, 2.0 / 3])
    #expect(loo.findings.map(\.code) == ["influential-data"])
    #expect(loo.findings[0].number("datum") == 8 && loo.findings[0].number("data") == 1)
    #expect(loo.description.contains("1 of 10 data weigh so much"), "\(loo)")
    #expect(loo.description.hasPrefix("elpd_loo = -38 ± 21, p_loo = "), "\(loo)")
  }

  @Test func informationCriterionAsArviZ() throws {
    let waic = try PointwiseLogLikelihoods(Self.draws(1000)).waic()
    // Over S - 1 and not S.
    let excess = waic.effectiveParameters / 1000
    expectClose(
      [waic.elpd + excess, waic.effectiveParameters - excess], [-38.021315973029395, 5.144642696986831])
    #expect(abs(waic.error * 0.9.squareRoot() - 19.961045346811623) < 0.02)
    #expect(waic.findings.map(\.code) == ["waic-variance"])
    #expect(waic.warnings[0].contains("2 of 10 data") && waic.warnings[0].contains("datum 8,"))
    #expect(try PointwiseLogLikelihoods(Self.draws(1000, of: [0.1, 0.2, -0.1])).waic().findings.isEmpty)
  }

  /// Repeats tell nothing new: the tail has the more draws, and fewer shapes can be relied on.
  @Test func repeatedDrawsAsArviZ() throws {
    let rare = Self.draws(1000).enumerated().filter { $0.0 % 4 == 0 }.map(\.1)
    let repeated = rare.flatMap { [$0, $0, $0, $0] }
    let loo = try PointwiseLogLikelihoods(repeated, effectiveSize: 250).loo()
    expectClose([loo.elpd, loo.effectiveParameters], [-38.04399643535066, 5.083172853384475])
    expectClose([loo.paretoShapes[8], loo.paretoShapes[0]], [0.922619300266, 0.057504105058])
    expectClose([loo.shapeLimit], [1 - 1 / log10(250)])
    let once = try PointwiseLogLikelihoods(rare).loo()
    #expect(abs(loo.monteCarloError / once.monteCarloError - 1) < 0.3)
  }

  @Test func fewDraws() throws {
    let few = Self.draws(1000).enumerated().filter { $0.0 % 40 == 0 }.map(\.1)
    let loo = try PointwiseLogLikelihoods(few).loo()
    expectClose([loo.elpd, loo.paretoShapes[8]], [-37.61478043453874, 0.948204960976])
    let none = try PointwiseLogLikelihoods(Self.draws(20)).loo()
    #expect(none.paretoShapes.allSatisfy { $0 == .infinity })
    #expect(none.findings.map(\.code) == ["few-draws-to-predict"] && none.elpd.isFinite)
    for criterion in [PointwiseLogLikelihoods.loo, PointwiseLogLikelihoods.waic] {
      #expect(throws: InputError.self) { try criterion(PointwiseLogLikelihoods(Self.draws(1)))() }
    }
  }

  /// Without one datum the mean is N(mean of the others, 1/(n-1)), and the datum N(that, 1 + 1/(n-1)).
  @Test func whatIsKnownOfNormalData() throws {
    let y = (0..<20).map { 1.5 * sin(Double($0 * $0)) }
    let n = Double(y.count)
    let mean = Self.average(y)
    func logNormal(_ x: Double, _ mean: Double, _ variance: Double) -> Double {
      -0.5 * ((x - mean) * (x - mean) / variance + log(2 * .pi * variance))
    }
    let leftOut = y.map { logNormal($0, (n * mean - $0) / (n - 1), 1 + 1 / (n - 1)) }
    let seen = y.map { logNormal($0, mean, 1 + 1 / n) }
    let variances = y.map { ($0 - mean) * ($0 - mean) / n + 0.5 / (n * n) }
    var stream = RandomStream(seed: 3, purpose: .init(rawValue: 9), index: 0)
    var pulls: [Double] = []
    for _ in 0..<30 {
      let draws = (0..<1000).map { _ in Self.logP(y, mean + stream.normal() / n.squareRoot()) }
      let loo = try PointwiseLogLikelihoods(draws).loo()
      expectClose(loo.pointwise, leftOut, within: 0.05)
      expectClose(loo.pointwiseParameters, zip(seen, leftOut).map { $0 - $1 }, within: 0.05)
      #expect(loo.findings.isEmpty && loo.paretoShapes.allSatisfy { $0 < 0.5 })
      pulls.append((loo.elpd - leftOut.reduce(0, +)) / loo.monteCarloError)
      let waic = try PointwiseLogLikelihoods(draws).waic()
      expectClose(waic.pointwiseParameters, variances, within: 0.05)
      expectClose(waic.pointwise, zip(seen, variances).map { $0 - $1 }, within: 0.06)
    }
    // The quoted error takes the data for independent, and draws that suit one datum suit others.
    let spread = Self.average(pulls.map { $0 * $0 }).squareRoot()
    #expect(spread > 0.3 && spread < 3, "\(spread)")
  }

  /// A datum that the model does not allow for: smoothing has to hold down the few draws that carry its weight.
  @Test func smoothingHelpsWithAnOutlier() throws {
    let y = Self.y
    let n = Double(y.count)
    let others = (y.reduce(0, +) - 7.5) / (n - 1)
    let known =
      -0.5 * ((7.5 - others) * (7.5 - others) / (1 + 1 / (n - 1)) + log(2 * .pi * (1 + 1 / (n - 1))))
    var stream = RandomStream(seed: 5, purpose: .init(rawValue: 9), index: 0)
    var (smooth, raw) = (0.0, 0.0)
    for _ in 0..<100 {
      let draws = (0..<400).map { _ in Self.logP(y, Self.average(y) + stream.normal() / n.squareRoot()) }
      let logP = draws.map { $0[8] }
      smooth += pow(try PointwiseLogLikelihoods(draws).loo().pointwise[8] - known, 2)
      raw += pow(log(400) - logSumExp(logP.map { -$0 }) - known, 2)
    }
    #expect(smooth < raw, "mean squares \(smooth / 100) smoothed, \(raw / 100) not")
  }

  @Test func aDatumThatSaysNothingHasNoTail() throws {
    let loo = try PointwiseLogLikelihoods(Self.draws(500).map { [$0[0], -2] }).loo()
    #expect(loo.paretoShapes[1] == -.infinity && abs(loo.pointwise[1] + 2) < 1e-12)
    #expect(loo.findings.isEmpty)
    // Very far from each other, and still numbers.
    let far = try PointwiseLogLikelihoods((0..<500).map { [-3 * Double($0)] })
    #expect(try far.loo().elpd.isFinite && far.loo().findings.count == 1 && far.waic().elpd.isFinite)
  }

  @Test func comparison() throws {
    let one = try PointwiseLogLikelihoods(Self.draws(500)).loo()
    let shifted = Self.draws(500).map { draw in draw.enumerated().map { $1 - 0.25 * Double($0 % 2) } }
    let other = try PointwiseLogLikelihoods(shifted).loo()
    let difference = try #require(try compare(one, with: other))
    // Five of ten terms differ by 1/4: n V = 10 · (10 · 1/64) / 9.
    #expect(abs(difference.value - 1.25) < 1e-9)
    #expect(abs(difference.error - (100.0 / 64 / 9).squareRoot()) < 1e-9)
    #expect(try compare(one, with: one) == ElpdDifference(value: 0, error: 0))
    #expect(try compare(one, with: nil) == nil && compare(nil, with: one) == nil)
    let fewer = try PointwiseLogLikelihoods(Self.draws(500, of: [1, 2])).loo()
    let error = #expect(throws: InputError.self) { try compare(one, with: fewer) }
    #expect(error?.words.contains("10 and 2 data") == true)
    #expect(throws: InputError.self) { try compare(one, with: PointwiseLogLikelihoods(shifted).waic()) }
  }

  @Test func inputThatCannotBe() throws {
    let wrong: [([[Double]], String)] = [
      ([], "no log-likelihoods"), ([[]], "no log-likelihoods"), ([[1, 2], [1]], "draw 1 has"),
      ([[1, 2], [1, .nan]], "datum 1, counted from 0, is nan at draw 1"),
      ([[.infinity], [1]], "datum 0, counted from 0, is inf"), ([[1], [-.infinity]], "cannot have"),
    ]
    for (draws, words) in wrong {
      let error = #expect(throws: InputError.self) { try PointwiseLogLikelihoods(draws) }
      #expect(error?.words.contains(words) == true, "\(String(describing: error))")
    }
    for size in [0, -1, .nan, .infinity] {
      #expect(throws: InputError.self) { try PointwiseLogLikelihoods([[1], [2]], effectiveSize: size) }
    }
    // One datum has no spread to take an error from.
    let single = try PointwiseLogLikelihoods(Self.draws(100, of: [1])).loo()
    #expect(single.error.isNaN && single.description.contains("1 datum)"))
  }
}
