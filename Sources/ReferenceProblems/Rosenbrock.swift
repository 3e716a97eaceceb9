/// Rosenbrock's valley as in the paper on nautilus, Lange (2023), arXiv:2306.16923: thin, curved, in every dimension.
///
///     log L = -Σ_i [100 (θ_{i+1} - θ_i²)² + (1 - θ_i)²]
extension ReferenceProblem {
  static func rosenbrock10() throws -> ReferenceProblem {
    // A chain: forward and backward messages on a grid give the marginal of each link, the last link by the error
    // function. Grids of 4001 and 6001 nodes agree to 14 digits.
    let mean = [
      0.9178043275589709, 0.9358082376217256, 0.9035780661461761, 0.8600140229746411, 0.8034725110860157,
      0.7337940416044285, 0.6541535285629748, 0.5746729004756526, 0.5201993443666398, 0.5575893605920648,
    ]
    let deviation = [
      0.3013445161080195, 0.15509871144902404, 0.19792440082567342, 0.24317058610273853, 0.28864555319504676,
      0.33268773277606883, 0.3764782513074945, 0.43044637295507626, 0.5357345065290477, 0.875330775856938,
    ]
    return try ReferenceProblem(
      "rosenbrock10", summary: "Rosenbrock's curved valley in 10 dimensions",
      lower: Array(repeating: -5, count: 10), upper: Array(repeating: 5, count: 10),
      knownLogZ: -43.10835521464893, error: 1e-7, mean: mean, deviation: deviation
    ) { theta in
      var sum = 0.0
      for i in 0..<theta.count - 1 {
        let x = theta[i]
        let bend = theta[i + 1] - x * x
        sum += 100 * bend * bend + (1 - x) * (1 - x)
      }
      return -sum
    }
  }
}
