import Glibc

/// A normal whose parameters are all correlated by ρ = 0.95, off the centre of the prior: mean_i = ½ sin(i + 1).
///
/// With y = θ - mean, t = Σ y and k = ρ / (1 + (d - 1) ρ) the quadratic form is (Σ y² - k t²) / (1 - ρ).
extension ReferenceProblem {
  static func gauss5() throws -> ReferenceProblem {
    try gauss(dimension: 5, knownLogZ: -12.424533248940001)
  }
  static func gauss10() throws -> ReferenceProblem {
    try gauss(dimension: 10, knownLogZ: -24.849066497880003)
  }
  static func gauss20() throws -> ReferenceProblem {
    try gauss(dimension: 20, knownLogZ: -49.698132995760005)
  }
  static func gauss30() throws -> ReferenceProblem {
    try gauss(dimension: 30, knownLogZ: -74.54719949364001)
  }

  private static func gauss(dimension d: Int, knownLogZ: Double) throws -> ReferenceProblem {
    let mean = (1...d).map { 0.5 * sin(Double($0)) }
    let form = EquicorrelatedForm(dimension: d, correlation: 0.95)
    let norm = -Double(d) * halfLogTwoPi - 0.5 * form.logDeterminant
    return try ReferenceProblem(
      "gauss\(d)", summary: "normal in \(d) dimensions, every pair correlated by 0.95",
      lower: Array(repeating: -6, count: d), upper: Array(repeating: 6, count: d),
      knownLogZ: knownLogZ, error: 2e-6, mean: mean, deviation: Array(repeating: 1, count: d)
    ) { theta in
      var (squares, sum) = (0.0, 0.0)
      for i in theta.indices {
        let y = theta[i] - mean[i]
        squares += y * y
        sum += y
      }
      return norm - 0.5 * form.value(squares: squares, sum: sum)
    }
  }
}

/// The inverse and the determinant of the matrix (1 - ρ) I + ρ 1 1ᵀ.
struct EquicorrelatedForm: Sendable {
  let logDeterminant: Double
  private let scale: Double
  private let share: Double

  init(dimension: Int, correlation rho: Double) {
    let others = Double(dimension - 1)
    logDeterminant = others * log(1 - rho) + log(1 + others * rho)
    scale = 1 / (1 - rho)
    share = rho / (1 + others * rho)
  }

  /// The quadratic form of a vector, from the sum of its squares and the sum of its elements.
  func value(squares: Double, sum: Double) -> Double { scale * (squares - share * sum * sum) }
}
