import Glibc
import RookeryCore

/// Four modes with heavy and light tails, after Beaujean and Caldwell (2013), arXiv:1304.7808.
///
/// θ0 is an even mixture of two log-gamma densities, θ1 of two normals, at 1/3 and 2/3; then come four log-gammas and
/// four normals at 2/3. The log-gamma density is y - e^y - ln s with y = (θ - location) / s; s = 1/30 throughout.
extension ReferenceProblem {
  static func loggamma10() throws -> ReferenceProblem {
    let (first, second, scale) = (1 / 3.0, 2 / 3.0, 1 / 30.0)
    let inverse = 1 / scale
    // Ten factors 1 / s, five of 1/√2π for the normals and the mixture of normals, and the ½ of two mixtures.
    let norm = -10 * log(scale) - 5 * halfLogTwoPi - 2 * M_LN2
    // Of the log-gamma: location - 0.5772… s and π s / √6.
    let (logGammaMean, logGammaDeviation) = (0.6474261445032822, 0.04275166100539547)
    return try ReferenceProblem(
      "loggamma10", summary: "four modes of log-gammas and normals in 10 dimensions",
      lower: Array(repeating: 0, count: 10), upper: Array(repeating: 1, count: 10),
      knownLogZ: -2.2708982451517024e-05, error: 1e-9,
      mean: [0.48075947783661555, 0.5] + Array(repeating: logGammaMean, count: 4)
        + Array(repeating: 2 / 3.0, count: 4),
      deviation: [0.1720624372037605, 0.1699673171197595]
        + Array(repeating: logGammaDeviation, count: 4) + Array(repeating: scale, count: 4)
    ) { theta in
      let (a, b) = ((theta[0] - first) * inverse, (theta[0] - second) * inverse)
      let (c, d) = ((theta[1] - first) * inverse, (theta[1] - second) * inverse)
      var sum = norm + logAdd(a - exp(a), b - exp(b)) + logAdd(-0.5 * c * c, -0.5 * d * d)
      for i in 2..<6 {
        let y = (theta[i] - second) * inverse
        sum += y - exp(y)
      }
      for i in 6..<10 {
        let y = (theta[i] - second) * inverse
        sum -= 0.5 * y * y
      }
      return sum
    }
  }
}
