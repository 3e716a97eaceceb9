import Foundation
import RookeryCore

extension CaseProblem {
  /// A search for a period: one frequency, uniform over hundreds of resolution widths, with a linear pair of amplitudes of normal priors,
  /// at epochs that are not evenly spaced. One of hundreds of narrow modes wins.
  ///
  /// The evidence follows from a quadrature over the frequency, with the amplitudes integrated out at each.
  public static func periodSearch(widths: Double = 500, epochs: Int = 45, amplitude: Double = 1.2)
    -> CaseProblem
  {
    let (span, noise, prior) = (100.0, 1.0, 2.0)
    let (lowest, highest) = (0.5, 0.5 + widths / span)
    var state: UInt64 = 2024
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 9_007_199_254_740_992
    }
    func normal() -> Double { (-2 * log(1 - next())).squareRoot() * cos(2 * Double.pi * next()) }
    let times = (0..<epochs).map { _ in span * next() }
    let frequency = lowest + 0.37 * (highest - lowest)
    let data = times.map { 2 * Double.pi * frequency * $0 }.map {
      amplitude * sin($0 + 0.7) + noise * normal()
    }
    let norm = -Double(epochs) * (logRootTwoPi + log(noise))
    // y = A s + B c + noise with A, B normal of deviation `prior`: the Gaussian integral over both at each frequency.
    let steps = Int(widths) * 400
    var terms: [Double] = []
    terms.reserveCapacity(steps)
    for step in 0..<steps {
      let f = lowest + (highest - lowest) * (Double(step) + 0.5) / Double(steps)
      var (ss, sc, cc, sy, cy, yy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
      for (t, y) in zip(times, data) {
        let (s, c) = (sin(2 * Double.pi * f * t), cos(2 * Double.pi * f * t))
        ss += s * s; sc += s * c; cc += c * c; sy += s * y; cy += c * y; yy += y * y
      }
      let (v, w) = (noise * noise, prior * prior)
      let (a, b, d) = (ss / v + 1 / w, sc / v, cc / v + 1 / w)
      let determinant = a * d - b * b
      let (p, q) = (sy / v, cy / v)
      let square = (d * p * p - 2 * b * p * q + a * q * q) / determinant
      terms.append(norm - 0.5 * yy / v + 0.5 * square - 0.5 * log(determinant) - log(w))
    }
    return CaseProblem("period", logZ: logSum(terms) - log(Double(steps))) {
      try Problem(
        "period",
        parameters: [
          Parameter("frequency", .uniform(lowest, highest)),
          Parameter("sine", .normal(mean: 0, deviation: prior)),
          Parameter("cosine", .normal(mean: 0, deviation: prior)),
        ], threadSafe: true
      ) { (theta: Span<Double>) in
        var square = 0.0
        for (t, y) in zip(times, data) {
          let phase = 2 * Double.pi * theta[0] * t
          let r = y - theta[1] * sin(phase) - theta[2] * cos(phase)
          square += r * r
        }
        return norm - 0.5 * square / (noise * noise)
      }
    }
  }

  /// One value everywhere.
  public static func flat(_ value: Double) -> CaseProblem {
    CaseProblem("flat", logZ: value) {
      try Problem(
        "flat", parameters: [Parameter("A0", .uniform(0, 10)), Parameter("beta", .uniform(-4, -2))],
        threadSafe: true
      ) { (_: Span<Double>) in value }
    }
  }

  /// A ball of one level in a cube of another.
  public static func ball(dimension: Int, half: Double, high: Double = 10) -> CaseProblem {
    let d = Double(dimension)
    let share = exp(d / 2 * log(Double.pi) - lgamma(d / 2 + 1) - d * log(2 * half))
    return CaseProblem("ball", logZ: log(share * high + 1 - share)) {
      try Problem(
        "ball", parameters: (0..<dimension).map { Parameter("x\($0)", .uniform(-half, half)) },
        threadSafe: true
      ) { (theta: Span<Double>) in
        var square = 0.0
        for i in 0..<theta.count { square += theta[i] * theta[i] }
        return square < 1 ? log(high) : 0
      }
    }
  }

  /// Half of the prior marked by a large negative number, a normal in the other half.
  public static func half(floor: Double) -> CaseProblem {
    CaseProblem("half", logZ: log(0.5) + log(0.05 / 2) + logRootTwoPi) {
      try Problem(
        "half", parameters: [Parameter("x", .uniform(0, 2)), Parameter("y", .uniform(0, 2))], threadSafe: true
      ) { (theta: Span<Double>) in
        let d = (theta[1] - 0.7) / 0.05
        return theta[0] > 1 ? floor : -0.5 * d * d
      }
    }
  }

  /// A normal in two dimensions with noise at every call.
  public static func noisy(deviation: Double) -> CaseProblem {
    // The mean of exp(noise) is that of a lognormal.
    CaseProblem("noisy", logZ: log(2 * Double.pi * 0.01) + deviation * deviation / 2) {
      try Problem(
        "noisy", parameters: [Parameter("a", .uniform(0, 1)), Parameter("b", .uniform(0, 1))],
        threadSafe: true
      ) { (theta: Span<Double>) in
        let (a, b) = (theta[0] - 0.5, theta[1] - 0.5)
        let z =
          (-2 * log(Double.random(in: 1e-300..<1))).squareRoot() * cos(2 * .pi * Double.random(in: 0..<1))
        return -50 * (a * a + b * b) + deviation * z
      }
    }
  }

  /// Nothing but noise: a log-likelihood that is uniform between 0 and 1, wherever one looks.
  public static var noise: CaseProblem {
    CaseProblem("noise", logZ: log(exp(1) - 1)) {
      try Problem(
        "noise", parameters: [Parameter("a", .uniform(0, 1)), Parameter("b", .uniform(0, 1))],
        threadSafe: true
      ) { (_: Span<Double>) in Double.random(in: 0..<1) }
    }
  }

  /// A hill, and on its top a spike of a tenth of its width with a hundred times its evidence: nothing far out tells of it.
  public static func transition(dimension: Int) -> CaseProblem {
    let (hill, spike, d) = (0.1, 0.01, Double(dimension))
    let logHill = -d * (log(hill) + logRootTwoPi)
    let logSpike = log(100) - d * (log(spike) + logRootTwoPi)
    return CaseProblem("transition", logZ: log(101), means: [Double](repeating: 0, count: dimension)) {
      try Problem(
        "transition", parameters: (0..<dimension).map { Parameter("x\($0)", .uniform(-0.5, 0.5)) },
        threadSafe: true
      ) { (theta: Span<Double>) in
        var square = 0.0
        for i in 0..<theta.count { square += theta[i] * theta[i] }
        return logSum([logHill - 0.5 * square / (hill * hill), logSpike - 0.5 * square / (spike * spike)])
      }
    }
  }
}
