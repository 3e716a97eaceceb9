import Glibc

/// Neal's funnel with correlated parameters, as in the paper on nautilus, Lange (2023), arXiv:2306.16923.
///
///     θ0 ~ N(0, 1);  θ1… ~ N(0, e^θ0 [(1 - γ) I + γ 1 1ᵀ]),  γ = 0.95
extension ReferenceProblem {
  static func funnel20() throws -> ReferenceProblem {
    let wide = 19
    let form = EquicorrelatedForm(dimension: wide, correlation: 0.95)
    let norm = -Double(wide + 1) * halfLogTwoPi - 0.5 * form.logDeterminant
    // By quadrature over θ0 and the factor that the others have in common, given which they are independent, truncated
    // normals: grids of 2001 x 8001 and 4001 x 24001 nodes agree to 14 digits. The others' means vanish by symmetry.
    return try ReferenceProblem(
      "funnel20", summary: "Neal's funnel in 20 dimensions, the wide ones correlated by 0.95",
      lower: Array(repeating: -10, count: wide + 1), upper: Array(repeating: 10, count: wide + 1),
      knownLogZ: -59.915026210969295, error: 1e-6,
      mean: [-0.0011311454716309] + Array(repeating: 0, count: wide),
      deviation: [0.9984555603140947] + Array(repeating: 1.269178751799177, count: wide)
    ) { theta in
      let x = theta[0]
      var (squares, sum) = (0.0, 0.0)
      for i in 1..<theta.count {
        squares += theta[i] * theta[i]
        sum += theta[i]
      }
      return norm - 0.5 * (x * x + Double(wide) * x + exp(-x) * form.value(squares: squares, sum: sum))
    }
  }
}
