import Foundation
import RookeryCore

extension CaseProblem {
  /// Sixty unequal normals of standard deviation 0.004 in four dimensions.
  public static var modes: CaseProblem {
    var state: UInt64 = 77
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 9_007_199_254_740_992
    }
    var (places, weights): ([[Double]], [Double]) = ([], [])
    for _ in 0..<60 {
      places.append((0..<4).map { _ in 0.03 + 0.94 * next() })
      weights.append(1.5 * (-2 * log(1 - next())).squareRoot() * cos(2 * Double.pi * next()))
    }
    return normals(
      places.map { (centre: $0, deviation: 0.004) }, logWeights: weights, name: "modes", dimension: 4)
  }

  /// A broad normal and one twenty times narrower elsewhere, of equal evidence.
  public static func pair(dimension: Int) -> CaseProblem {
    normals(
      [
        ([Double](repeating: 0.4, count: dimension), 0.1),
        ([Double](repeating: 0.7, count: dimension), 0.005),
      ], logWeights: [0, 0], name: "pair", dimension: dimension)
  }

  /// Two normals of widths 0.05 and 0.02, well apart; the narrower one has `share` of the other's evidence.
  public static func unequalPair(dimension: Int, share: Double) -> CaseProblem {
    normals(
      [
        ([Double](repeating: 0.3, count: dimension), 0.05),
        ([Double](repeating: 0.75, count: dimension), 0.02),
      ], logWeights: [0, log(share)], name: "unequal", dimension: dimension)
  }

  /// A normal of width 0.05 and one of width 0.02 and the same evidence, which lies on both sides of the seam of a periodic parameter.
  public static func seamPair(dimension: Int) -> CaseProblem {
    normals(
      [
        ([Double](repeating: 0.4, count: dimension), 0.05),
        ([0] + [Double](repeating: 0.75, count: dimension - 1), 0.02),
      ], logWeights: [0, 0], name: "seam", dimension: dimension, firstIsPeriodic: true)
  }

  /// The sum of normals well inside the unit cube, but for the first parameter where that is periodic.
  private static func normals(
    _ modes: [(centre: [Double], deviation: Double)], logWeights: [Double], name: String, dimension: Int,
    firstIsPeriodic: Bool = false
  ) -> CaseProblem {
    CaseProblem(name, logZ: logSum(logWeights)) {
      try Problem(
        name,
        parameters: (0..<dimension).map {
          Parameter("x\($0)", .uniform(0, 1), boundary: firstIsPeriodic && $0 == 0 ? .periodic : .open)
        }, threadSafe: true
      ) { (theta: Span<Double>) in
        var best = -Double.infinity
        var terms = [Double](repeating: 0, count: modes.count)
        for k in modes.indices {
          var square = 0.0
          for i in 0..<theta.count {
            var y = theta[i] - modes[k].centre[i]
            if firstIsPeriodic && i == 0 { y -= y.rounded() }
            square += y * y / (modes[k].deviation * modes[k].deviation)
          }
          terms[k] =
            logWeights[k] - square / 2 - Double(theta.count) * (logRootTwoPi + log(modes[k].deviation))
          best = max(best, terms[k])
        }
        return best + log(terms.reduce(0) { $0 + exp($1 - best) })
      }
    }
  }

  /// Neal's funnel: v normal of deviation 3, the others normal of deviation exp(v / 2), in a box of ±30 for them and ±10 for v.
  ///
  /// The box cuts the wide end of the others off, so that evidence and moments of v follow from a quadrature over v.
  public static func nealFunnel(dimension: Int) -> CaseProblem {
    let others = Double(dimension - 1)
    let (half, halfOfV) = (30.0, 10.0)
    var sums = [0.0, 0.0, 0.0]
    let steps = 200_000
    for i in 0..<steps {
      let v = -halfOfV + 2 * halfOfV * (Double(i) + 0.5) / Double(steps)
      let inside = erf(half / (exp(v / 2) * 2.0.squareRoot()))
      let density = exp(-v * v / 18 - log(3) - logRootTwoPi + others * log(inside))
      for k in 0...2 { sums[k] += density * pow(v, Double(k)) * 2 * halfOfV / Double(steps) }
    }
    let mean = sums[1] / sums[0]
    return CaseProblem(
      "funnel", logZ: log(sums[0]) - log(2 * halfOfV) - others * log(2 * half),
      means: [mean] + [Double](repeating: 0, count: dimension - 1),
      deviations: [(sums[2] / sums[0] - mean * mean).squareRoot()]
    ) {
      try Problem(
        "funnel",
        parameters: [Parameter("v", .uniform(-halfOfV, halfOfV))]
          + (1..<dimension).map { Parameter("x\($0)", .uniform(-half, half)) }, threadSafe: true
      ) { (theta: Span<Double>) in
        let v = theta[0]
        var square = 0.0
        for i in 1..<theta.count { square += theta[i] * theta[i] }
        return -v * v / 18 - log(3) - others * v / 2 - 0.5 * square * exp(-v) - (others + 1) * logRootTwoPi
      }
    }
  }
}
