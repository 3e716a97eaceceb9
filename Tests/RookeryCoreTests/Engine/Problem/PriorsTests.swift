import Glibc
import RookeryCore
import Testing

@Suite struct PriorsTests {
  @Test(arguments: PriorCase.all)
  func agreesWithTheReference(_ test: PriorCase) throws {
    let prior = try distribution(test.prior)
    #expect(prior.complaint == nil)
    for row in test.rows {
      // The rounding of x moves u, and that of u moves x; a few units of it are allowed.
      let density = exp(row.logDensity)
      #expect(
        abs(prior.cumulative(row.x) - row.u) <= 1e-12 * row.u + 4 * row.x.ulp * density, "at \(row.x)")
      #expect(
        abs(prior.logDensity(row.x) - row.logDensity) <= 1e-12 * max(1, abs(row.logDensity)), "at \(row.x)")
      #expect(
        abs(prior.value(at: row.u) - row.x) <= 1e-12 * abs(row.x) + 2 * row.u.ulp / density, "at \(row.x)")
    }
  }

  @Test(arguments: PriorCase.all)
  func valuesRiseAndAreFinite(_ test: PriorCase) throws {
    let prior = try distribution(test.prior)
    var us = (1..<4000).map { Double($0) / 4000 }
    us = [0x1p-54, 1e-14, 1e-10, 1e-6] + us + [1 - 1e-6, 1 - 1e-10, 1 - 1e-14, 1 - 0x1p-53]
    var last = -Double.greatestFiniteMagnitude
    for u in us {
      let x = prior.value(at: u)
      // Next to each other in u, 1e-14 apart, two values may fall in the order of their rounding.
      #expect(x.isFinite && x >= last - 2 * last.magnitude.ulp, "at \(u)")
      // A beta distribution may have more than that between 1 and the number before it.
      #expect(abs(prior.cumulative(x) - u) <= 1e-11 || x == 1, "at \(u)")
      last = x
    }
  }

  @Test(arguments: [
    (Prior.uniform(-1, 3), -1.0, 3.0), (.logUniform(2, 5), 2, 5), (.sine(lower: 0.1, upper: 2), 0.1, 2),
    (.cosine(lower: -1, upper: 0.5), -1, 0.5), (.beta(2, 3), 0, 1),
    (.truncatedNormal(mean: 0, deviation: 1, lower: 10, upper: 11), 10, 11),
    (.beta(2, 3, lower: -2, upper: 5), -2, 5), (.triangular(1, peak: 1.5, 3), 1, 3),
    (.interpolated(at: [1, 2, 4], densities: [1, 0, 2]), 1, 4),
  ])
  func staysInsideItsBounds(_ prior: Prior, _ low: Double, _ high: Double) throws {
    let prior = try distribution(prior)
    for (u, bound) in [(0, low), (0x1p-54, low), (1 - 0x1p-53, high), (1, high)] {
      let x = prior.value(at: u)
      #expect(x >= low && x <= high && abs(x - bound) < 1e-4)
    }
    #expect(prior.cumulative(low) == 0 && prior.cumulative(high) == 1)
    #expect(prior.cumulative(low - 1) == 0 && prior.cumulative(high + 1) == 1)
    #expect(prior.logDensity(low - 1e-9) == -.infinity && prior.logDensity(high + 1e-9) == -.infinity)
  }

  @Test(arguments: [
    Prior.exponential(mean: 1), .gamma(shape: 2, scale: 1), .logNormal(logMean: 0, logDeviation: 1),
    .halfNormal(deviation: 1), .halfCauchy(), .halfStudentT(degrees: 2),
  ])
  func hasNoMassBelowZero(_ prior: Prior) throws {
    let prior = try distribution(prior)
    #expect(prior.cumulative(-1) == 0)
    #expect(prior.logDensity(-1) == -.infinity)
  }

  /// The density is the slope of the distribution function.
  @Test(arguments: PriorCase.all)
  func densityIsNormalised(_ test: PriorCase) throws {
    let prior = try distribution(test.prior)
    for u in [0.2, 0.4, 0.6, 0.8] {
      let x = prior.value(at: u)
      let h = 1e-4 * (prior.value(at: u + 0.01) - prior.value(at: u - 0.01))
      let slope = (prior.cumulative(x + h) - prior.cumulative(x - h)) / ((x + h) - (x - h))
      #expect(abs(slope / exp(prior.logDensity(x)) - 1) < 1e-5, "at \(u)")
    }
  }

  @Test(arguments: [
    (Prior.uniform(1, 1), "needs its lower bound below its upper bound"),
    (.uniform(.nan, 1), "needs finite bounds"),
    (.uniform(-1.7e308, 1.7e308), "spans more than a number can hold"),
    (.logUniform(0, 1), "needs positive bounds"),
    (.logUniform(2, 1), "needs its lower bound below its upper bound"),
    (.sine(lower: -0.1), "needs bounds between 0 and pi, in radians"),
    (.cosine(upper: 90), "needs bounds between -pi/2 and pi/2, in radians"),
    (.normal(mean: .infinity, deviation: 1), "needs a finite mean"),
    (.normal(mean: 0, deviation: 0), "needs a deviation that is positive and finite"),
    (.halfNormal(deviation: -1), "needs a deviation that is positive and finite"),
    (.logNormal(logMean: 0, logDeviation: .nan), "needs a deviation that is positive and finite"),
    (
      .truncatedNormal(mean: 0, deviation: 1, lower: 2, upper: 1),
      "needs its lower bound below its upper bound"
    ),
    (
      .truncatedNormal(mean: 0, deviation: 1, lower: 1e200),
      "has no mass between its bounds: they are too far out or too near"
    ),
    (.exponential(mean: 0), "needs a mean that is positive and finite"),
    (.gamma(shape: 0, scale: 1), "needs a shape and a scale that are positive and finite"),
    (.beta(1, .infinity), "needs an alpha and a beta that are positive and finite"),
    (.studentT(degrees: 0), "needs degrees of freedom that are positive and finite"),
    (.studentT(degrees: 1, location: .nan), "needs a finite location"),
    (.cauchy(scale: 0), "needs a scale that is positive and finite"),
    (.halfCauchy(scale: -1), "needs a scale that is positive and finite"),
    (.halfStudentT(degrees: 0), "needs degrees of freedom that are positive and finite"),
    (.beta(2, 2, lower: 1, upper: 1), "needs its lower bound below its upper bound"),
    (.triangular(0, peak: 2, 1), "needs its peak between its bounds"),
    (.interpolated(at: [0], densities: [1]), "needs two points or more, and a density for each"),
    (.interpolated(at: [0, 1, 2], densities: [1, 1]), "needs two points or more, and a density for each"),
    (.interpolated(at: [0, 0], densities: [1, 1]), "needs finite points that ascend"),
    (
      .interpolated(at: [0, 1], densities: [0, 0]),
      "needs densities that are finite and not negative, and not all zero"
    ),
    (.custom("falling", quantile: { -$0 }), "needs a quantile function that is finite and does not fall"),
  ])
  func badNumbersAreNamed(_ prior: Prior, _ complaint: String) throws {
    #expect(try distribution(prior).complaint == complaint)
    #expect(throws: InputError("problem \"p\": parameter \"a\": \(prior.description) \(complaint)")) {
      try Problem("p", parameters: [Parameter("a", prior)]) { (_: Span<Double>) in 0 }
    }
  }

  private func distribution(_ prior: Prior) throws -> any PriorDistribution {
    guard case .distribution(let distribution) = prior.form else { throw InputError("no distribution") }
    return distribution
  }
}
