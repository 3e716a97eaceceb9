import Foundation
import RookeryCore

extension CaseProblem {
  /// A product of beta densities, some infinite at their corner.
  ///
  /// - Parameter both: both exponents of every dimension; nil for a list of unequal ones.
  public static func betas(dimension: Int, both: Double? = nil) -> CaseProblem {
    let list: [(Double, Double)] = [
      (0.3, 5), (7, 0.5), (0.15, 0.9), (2, 2), (0.6, 0.6), (4, 0.8), (0.25, 1), (1, 9),
    ]
    let powers = (0..<dimension).map { i in both.map { ($0, $0) } ?? list[i % list.count] }
    let norms = powers.map { lgamma($0.0 + $0.1) - lgamma($0.0) - lgamma($0.1) }
    return CaseProblem(
      "betas", logZ: 0, means: powers.map { $0.0 / ($0.0 + $0.1) },
      deviations: powers.map { a, b in (a * b / (a + b + 1)).squareRoot() / (a + b) }
    ) {
      try Problem(
        "betas", parameters: (0..<dimension).map { Parameter("x\($0)", .uniform(0, 1)) }, threadSafe: true
      ) { (theta: Span<Double>) in
        var sum = 0.0
        for i in 0..<theta.count {
          let term = (powers[i].0 - 1) * log(theta[i]) + (powers[i].1 - 1) * log1p(-theta[i]) + norms[i]
          sum += max(term, -1e300)
        }
        return sum
      }
    }
  }

  /// Exponentials of scales 10⁻³ to 1, all mass in one corner of the cube.
  public static func corner(dimension: Int) -> CaseProblem {
    exponentials(
      (0..<dimension).map { pow(10, -3 + 3 * Double($0) / Double(max(dimension - 1, 1))) }, idle: 0)
  }

  /// Equal exponentials of rate 30, and parameters that the likelihood does not look at.
  public static func equalCorner(dimension: Int, idle: Int) -> CaseProblem {
    exponentials([Double](repeating: 1.0 / 30, count: dimension), idle: idle)
  }

  private static func exponentials(_ scales: [Double], idle: Int) -> CaseProblem {
    CaseProblem("corner", logZ: scales.reduce(0) { $0 + log($1 * (1 - exp(-1 / $1))) }) {
      try Problem(
        "corner", parameters: (0..<scales.count + idle).map { Parameter("x\($0)", .uniform(0, 1)) },
        threadSafe: true
      ) { (theta: Span<Double>) in
        var sum = 0.0
        for i in scales.indices { sum -= theta[i] / scales[i] }
        return sum
      }
    }
  }

  /// Half Gaussians of width 0.01 at the lower ends of their priors, and a log-likelihood in the hundred thousands: all signals zero.
  ///
  /// - Parameter low: where they begin; above zero there is no likelihood below.
  public static func edge(dimension: Int, low: Double = 0) -> CaseProblem {
    let (d, offset) = (Double(dimension), 123456.789)
    return CaseProblem(
      "edge", logZ: offset + d * log(0.01 * (Double.pi / 2).squareRoot()),
      means: [Double](repeating: low + 0.01 * (2 / Double.pi).squareRoot(), count: dimension),
      deviations: [Double](repeating: 0.01 * (1 - 2 / Double.pi).squareRoot(), count: dimension)
    ) {
      try Problem(
        "edge", parameters: (0..<dimension).map { Parameter("mu\($0)", .uniform(0, 1)) }, threadSafe: true
      ) { (theta: Span<Double>) in
        var sum = 0.0
        for i in 0..<theta.count {
          guard theta[i] >= low else { return -.infinity }
          sum += (theta[i] - low) * (theta[i] - low)
        }
        return offset - 0.5 * sum / 0.0001
      }
    }
  }

  /// Contours with sharp tips or flat faces in the middle of the prior: exp(-|x| / s) with the sum of the parts for |x|, or the largest part.
  public static func pointed(dimension: Int, isBox: Bool) -> CaseProblem {
    let (scale, d) = (0.01, Double(dimension))
    return CaseProblem(
      isBox ? "box" : "diamond", logZ: d * log(scale) + (isBox ? lgamma(d + 1) : 0),
      means: [Double](repeating: 0, count: dimension)
    ) {
      try Problem(
        isBox ? "box" : "diamond", parameters: (0..<dimension).map { Parameter("x\($0)", .uniform(-1, 1)) },
        threadSafe: true
      ) { (theta: Span<Double>) in
        var size = 0.0
        for i in 0..<theta.count { size = isBox ? max(size, abs(theta[i])) : size + abs(theta[i]) }
        return -size / scale
      }
    }
  }

  /// Rates a·b with a log-uniform and b uniform: a ridge with two thin ends. Evidence and moments of a by quadrature.
  public static var ridge: CaseProblem {
    let counts = [23.0, 31, 27, 25]
    @Sendable func logL(_ rate: Double) -> Double {
      counts.reduce(0.0) { $0 + $1 * log(rate) - rate - lgamma($1 + 1) }
    }
    // Over t = ln(a b): a in (1, 10⁴), b = e^t / a in (0, 1) has the density 1 / (a ln 10⁴) · (1 / a) in (a, rate).
    // Z = 1 / ln 10⁴ ∫ L(r) ∫_{a > max(1, r)} da / a² dr, and moments of a with one and two more powers of a.
    let (steps, top) = (400_000, 200.0)
    var sums = [0.0, 0.0, 0.0, 0.0, 0.0]
    for i in 0..<steps {
      let r = (Double(i) + 0.5) * top / Double(steps)
      let l = exp(logL(r) + 20)
      let a = max(1, r)
      sums[0] += l * (1 / a - 1e-4)
      sums[1] += l * log(1e4 / a)
      sums[2] += l * (1e4 - a)
      sums[3] += l * r * (1 / (a * a) - 1e-8) / 2
      sums[4] += l * r * r * (1 / (a * a * a) - 1e-12) / 3
    }
    let logZ = log(sums[0] * top / Double(steps) / log(1e4)) - 20
    let (a, b) = (sums[1] / sums[0], sums[3] / sums[0])
    return CaseProblem(
      "ridge", logZ: logZ, means: [a, b],
      deviations: [(sums[2] / sums[0] - a * a).squareRoot(), (sums[4] / sums[0] - b * b).squareRoot()]
    ) {
      try Problem(
        "ridge", parameters: [Parameter("a", .logUniform(1, 1e4)), Parameter("b", .uniform(0, 1))],
        threadSafe: true
      ) { (theta: Span<Double>) in logL(theta[0] * theta[1]) }
    }
  }
}
