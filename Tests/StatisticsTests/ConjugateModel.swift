import Foundation
import RookeryCore

/// A straight line with a slope that changes, fitted to eight data: normal priors and normal noise, so that
/// posterior and evidence are known for any data.
struct ConjugateModel: Sendable {
  static let dimension = 3
  private static let places = (0..<8).map { Double($0) / 3.5 - 1 }
  private static let noise = 0.7
  private static let purpose = RandomStream.Purpose(rawValue: 0x5342_4300)

  /// What the data were made with: a draw from the prior.
  let truth: [Double]
  let data: [Double]

  /// A truth and data that belong together; another pair for each number.
  init(number: Int) {
    var stream = RandomStream(seed: 1, purpose: Self.purpose, index: UInt64(number))
    let truth = (0..<Self.dimension).map { _ in stream.normal() }
    self.truth = truth
    data = Self.places.map { Self.line(truth, at: $0) + Self.noise * stream.normal() }
  }

  private static func line(_ theta: [Double], at x: Double) -> Double {
    theta[0] + theta[1] * x + theta[2] * x * x
  }

  func problem() throws -> Problem {
    let parameters = (0..<Self.dimension).map { Parameter("theta\($0)", .normal(mean: 0, deviation: 1)) }
    let (data, places, noise) = (data, Self.places, Self.noise)
    let norm = Double(data.count) * (log(noise) + 0.5 * log(2 * Double.pi))
    return try Problem("line", parameters: parameters, threadSafe: true) { (theta: Span<Double>) in
      var sum = -norm
      for i in data.indices {
        let x = places[i]
        let residual = (data[i] - theta[0] - theta[1] * x - theta[2] * x * x) / noise
        sum -= 0.5 * residual * residual
      }
      return sum
    }
  }

  /// The exact log evidence: the data are normal with covariance A Aᵀ + noise² 1, A being the design.
  var logZ: Double {
    let n = data.count
    var covariance = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n {
        let (x, y) = (Self.places[i], Self.places[j])
        covariance[i * n + j] = 1 + x * y + x * x * y * y + (i == j ? Self.noise * Self.noise : 0)
      }
    }
    // Cholesky, and forward substitution of the data beside it.
    var solved = [Double](repeating: 0, count: n)
    var logDeterminant = 0.0
    for i in 0..<n {
      for j in 0...i {
        var sum = covariance[i * n + j]
        for k in 0..<j { sum -= covariance[i * n + k] * covariance[j * n + k] }
        covariance[i * n + j] = i == j ? sum.squareRoot() : sum / covariance[j * n + j]
      }
      var rest = data[i]
      for k in 0..<i { rest -= covariance[i * n + k] * solved[k] }
      solved[i] = rest / covariance[i * n + i]
      logDeterminant += log(covariance[i * n + i])
    }
    return -0.5 * solved.reduce(0) { $0 + $1 * $1 } - logDeterminant - 0.5 * Double(n) * log(2 * Double.pi)
  }
}
