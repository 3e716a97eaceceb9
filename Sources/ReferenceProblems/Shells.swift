import Glibc
import RookeryCore

/// Two thin shells, of Feroz, Hobson and Bridges (2009), doi:10.1111/j.1365-2966.2009.14548.x.
///
///     L = Σ_k (2π w²)^(-1/2) exp(-(|θ - c_k| - r)² / (2 w²)),  c = (∓3.5, 0, 0, …), r = 2, w = 0.1
extension ReferenceProblem {
  static func shells2() throws -> ReferenceProblem {
    try shells(
      dimension: 2, knownLogZ: -1.7456418720467646, deviation: (3.776903493604251, 1.4195069566578387))
  }

  static func shells10() throws -> ReferenceProblem {
    try shells(
      dimension: 10, knownLogZ: -14.59049107438517, deviation: (3.5593294963078694, 0.6471680332705183))
  }

  /// - Parameter deviation: of θ0 and of each other parameter: √(3.5² + E[ρ²] / d) and √(E[ρ²] / d), where ρ is the
  ///   distance from a shell's centre, E[ρ²] by 1-D quadrature on 200001 nodes; the means vanish by symmetry.
  private static func shells(
    dimension d: Int, knownLogZ: Double, deviation: (first: Double, others: Double)
  ) throws -> ReferenceProblem {
    let (centre, radius, width) = (3.5, 2.0, 0.1)
    let norm = -halfLogTwoPi - log(width)
    let sharpness = -0.5 / (width * width)
    return try ReferenceProblem(
      "shells\(d)", summary: "two thin shells of radius 2 in \(d) dimensions",
      lower: Array(repeating: -6, count: d), upper: Array(repeating: 6, count: d),
      knownLogZ: knownLogZ, error: 1e-6, mean: Array(repeating: 0, count: d),
      deviation: [deviation.first] + Array(repeating: deviation.others, count: d - 1)
    ) { theta in
      var square = 0.0
      for i in 1..<theta.count { square += theta[i] * theta[i] }
      let (left, right) = (theta[0] + centre, theta[0] - centre)
      let a = (left * left + square).squareRoot() - radius
      let b = (right * right + square).squareRoot() - radius
      return norm + logAdd(sharpness * a * a, sharpness * b * b)
    }
  }
}
