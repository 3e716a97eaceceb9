import Glibc

/// The twisted normal of Haario, Saksman and Tamminen (1999), doi:10.1007/s001800050022.
///
///     θ0 ~ N(0, 10²);  θ1 + b θ0² - 100 b ~ N(0, 1), b = 0.03;  the others ~ N(0, 1)
extension ReferenceProblem {
  static func banana10() throws -> ReferenceProblem {
    let (bend, width) = (0.03, 10.0)
    let norm = -10 * halfLogTwoPi - log(width)
    // θ1 has the variance 1 + 2 b² 10⁴ = 19.
    return try ReferenceProblem(
      "banana10", summary: "normal bent into a banana, in 10 dimensions",
      lower: [-50, -75] + Array(repeating: -10, count: 8), upper: [50, 15] + Array(repeating: 10, count: 8),
      knownLogZ: -33.07083804475028, error: 2e-6, mean: Array(repeating: 0, count: 10),
      deviation: [width, 19.0.squareRoot()] + Array(repeating: 1, count: 8)
    ) { theta in
      let x = theta[0] / width
      let y = theta[1] + bend * (theta[0] * theta[0] - width * width)
      var squares = x * x + y * y
      for i in 2..<theta.count { squares += theta[i] * theta[i] }
      return norm - 0.5 * squares
    }
  }
}
