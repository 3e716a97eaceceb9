import Glibc

/// The egg box of Feroz and Hobson (2008), doi:10.1111/j.1365-2966.2007.12353.x: many equal modes on a lattice.
///
///     log L = (2 + cos(θ0 / 2) cos(θ1 / 2))^5
extension ReferenceProblem {
  static func eggbox2() throws -> ReferenceProblem {
    let size = 10 * Double.pi
    // The mean by symmetry under θ → 10π - θ of both; the deviation by Gauss-Legendre quadrature of 1600² nodes, the
    // same to 15 digits with 800².
    return try ReferenceProblem(
      "eggbox2", summary: "egg box in 2 dimensions: 18 equal modes, four of them cut by corners",
      lower: [0, 0], upper: [size, size], knownLogZ: 235.85594033225414, error: 1e-8,
      mean: [size / 2, size / 2], deviation: [9.398731949672766, 9.398731949672766]
    ) { theta in
      let base = 2 + cos(0.5 * theta[0]) * cos(0.5 * theta[1])
      let square = base * base
      return square * square * base
    }
  }
}
