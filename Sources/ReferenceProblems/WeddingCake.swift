import Glibc

/// The wedding cake of Fowlie, Handley and Su (2021), arXiv:2010.13884: cubes within cubes, the likelihood constant on
/// each tier, so that ties are everywhere.
///
///     log L = -α^(2i/d) / (8 σ²),  i = ⌊d ln(2 max|θ|) / ln α⌋,  α = ½, σ = 0.15
extension ReferenceProblem {
  static func plateau4() throws -> ReferenceProblem {
    let d = 4.0
    let logAlpha = log(0.5)
    let scale = -1 / (8 * 0.15 * 0.15)
    // The mean by symmetry, the deviation by the sum over tiers: a cube of half side a holds (2a)^d a² / 3 of θ².
    return try ReferenceProblem(
      "plateau4", summary: "wedding cake in 4 dimensions: constant on every tier",
      lower: Array(repeating: -0.5, count: 4), upper: Array(repeating: 0.5, count: 4),
      knownLogZ: -3.0720585196607813, error: 1e-12, mean: Array(repeating: 0, count: 4),
      deviation: Array(repeating: 0.1942167637924901, count: 4)
    ) { theta in
      var peak = 1e-300
      for i in theta.indices { peak = max(peak, 2 * abs(theta[i])) }
      let tier = (d * log(peak) / logAlpha).rounded(.down)
      return scale * pow(0.5, 2 * tier / d)
    }
  }
}
