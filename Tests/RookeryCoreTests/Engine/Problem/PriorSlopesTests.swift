import Glibc
import RookeryCore
import Testing

/// Priors as maps from a standard normal number, and their slopes, against differences.
@Suite struct PriorSlopesTests {
  private static let places = [-6, -3.3, -1, -0.2, 0.1, 0.7, 2, 4.5]

  private func difference(_ x: Double, by h: Double, _ f: (Double) -> Double) -> Double {
    (f(x + h) - f(x - h)) / ((x + h) - (x - h))
  }

  @Test(arguments: PriorCase.all) func normalNumbersAndTheCubeAgree(_ test: PriorCase) throws {
    let prior = try distribution(test.prior)
    for z in [-8, -5, -2, -0.5, 0, 0.5, 2, 5] {
      let (u, x) = (SpecialFunctions.normalCDF(z), prior.value(atNormal: z))
      // The rounding of u moves x.
      let allowed = 1e-12 * abs(x) + 4 * u.ulp / exp(prior.logDensity(x))
      #expect(abs(x - prior.value(at: u)) <= allowed, "at \(z)")
    }
  }

  /// A prior and the mass above a value.
  struct Tail: Sendable {
    let prior: Prior
    let above: @Sendable (Double) -> Double
    init(_ prior: Prior, _ above: @escaping @Sendable (Double) -> Double) {
      (self.prior, self.above) = (prior, above)
    }
  }

  private static let tails = [
    Tail(.exponential(mean: 2)) { exp(-$0 / 2) },
    Tail(.cauchy()) { atan(1 / $0) / .pi },
    Tail(.studentT(degrees: 1)) { atan(1 / $0) / .pi },
    Tail(.gamma(shape: 2, scale: 1)) { (1 + $0) * exp(-$0) },
    Tail(.halfNormal(deviation: 3)) { erfc($0 / 3 * 0.5.squareRoot()) },
    Tail(.truncatedNormal(mean: 0, deviation: 1, lower: 0)) { erfc($0 * 0.5.squareRoot()) },
    Tail(.normal(mean: 0, deviation: 1)) { 0.5 * erfc($0 * 0.5.squareRoot()) },
    Tail(.logNormal(logMean: 0, logDeviation: 1)) { 0.5 * erfc(log($0) * 0.5.squareRoot()) },
  ]

  /// Far out the mass above a value is one of which 1 - u has no digits.
  @Test(arguments: tails) func upperTailsKeepTheirDigits(_ tail: Tail) throws {
    let prior = try distribution(tail.prior)
    for z in [6.0, 9, 12, 20] {
      #expect(
        abs(tail.above(prior.value(atNormal: z)) / SpecialFunctions.normalCDF(-z) - 1) < 1e-10, "at \(z)")
    }
  }

  @Test(arguments: PriorCase.all) func slopesAreThoseOfTheMap(_ test: PriorCase) throws {
    let prior = try distribution(test.prior)
    for z in Self.places {
      let x = prior.value(atNormal: z)
      let slope = prior.slope(atNormal: z, value: x)
      let h = 1e-4
      let found = difference(z, by: h) { prior.value(atNormal: $0) }
      // What rounding makes of a difference of values, and the curvature of the map.
      let bend = prior.logSlopeSlope(atNormal: z, value: x)
      let allowed = 8 * (x.ulp + prior.value(at: 0.75).ulp) / h + 1e-7 * (1 + bend * bend) * abs(slope)
      #expect(abs(slope - found) <= allowed, "dθ/dz at \(z): \(slope), \(found)")
      guard abs(slope) * h > 1e6 * x.ulp else { continue }
      let bent = difference(z, by: 1e-3) { z in
        log(prior.slope(atNormal: z, value: prior.value(atNormal: z)))
      }
      #expect(abs(bend - bent) <= 1e-4 * (1 + abs(bend) * abs(bend)), "d ln|dθ/dz| at \(z): \(bend), \(bent)")
    }
  }

  @Test(arguments: PriorCase.all) func slopesOfDensities(_ test: PriorCase) throws {
    let prior = try distribution(test.prior)
    for u in [0.02, 0.3, 0.6, 0.95] {
      let x = prior.value(at: u)
      let h = 1e-5 * min(prior.slope(atCube: u, value: x), abs(x) + 1e-300)
      let (slope, found) = (prior.logDensitySlope(x), difference(x, by: h) { prior.logDensity($0) })
      #expect(abs(slope - found) <= 1e-5 * abs(slope) + 1e-14 * (1 + abs(prior.logDensity(x))) / h, "at \(x)")
      let quantile = difference(u, by: 1e-6) { prior.value(at: $0) }
      #expect(abs(prior.slope(atCube: u, value: x) / quantile - 1) < 1e-5, "at \(u)")
    }
  }

  /// At an end of the range, where values no longer move, nothing is infinite.
  @Test(arguments: PriorCase.all) func farOutNothingIsNaN(_ test: PriorCase) throws {
    let prior = try distribution(test.prior)
    for z in [-30.0, -12, 12, 30] {
      let x = prior.value(atNormal: z)
      #expect(!x.isNaN, "at \(z)")
      guard x.isFinite else { continue }
      #expect(
        prior.slope(atNormal: z, value: x) >= 0 && prior.slope(atNormal: z, value: x) < .infinity, "at \(z)")
      #expect(!prior.logSlopeSlope(atNormal: z, value: x).isNaN, "at \(z)")
    }
  }

  private func distribution(_ prior: Prior) throws -> any PriorDistribution {
    guard case .distribution(let distribution) = prior.form else {
      throw InputError("\(prior.description) is no distribution")
    }
    return distribution
  }
}
