import Glibc

/// The upper tail of importance weights, as a generalised Pareto distribution sees it.
///
/// Weights whose tail has the shape k have moments up to the order 1/k only: from 1/2 on their variance is infinite, and a mean over
/// them, and the error computed from them, cannot be relied on however even they look so far (Vehtari, Simpson, Gelman, Yao & Gabry
/// 2024, "Pareto smoothed importance sampling", JMLR 25(72), 1-58).
package struct ParetoTail: Sendable, Equatable {
  /// The shape of the tail, drawn a little towards 1/2 as few weights know it badly.
  package let shape: Double
  /// How many weights it was fitted to.
  package let count: Int
  /// Up to which shape so many draws can be relied on.
  package let limit: Double
  /// The scale of the distribution, and where it begins: both as parts of the largest weight.
  private let scale: Double
  private let base: Double
  /// The logarithm of the smallest weight of it.
  private let least: Double

  package var isHeavy: Bool { shape > limit }

  /// One standard deviation of the shape.
  package var error: Double { (1 + shape) / Double(count).squareRoot() }

  /// - Parameters:
  ///   - logWeights: of all draws, up to a constant; minus infinity for those that count nothing.
  ///   - size: how many of the largest weights are the tail, at most; nil for as many as suit independent draws.
  /// - Returns: nil for so few draws that they have no tail, and where no weight is above the others.
  package init?(logWeights: [Double], size: Int? = nil) {
    let draws = Double(logWeights.count)
    let size = size ?? Int(min(draws / 5, 3 * draws.squareRoot()))
    guard size >= 5 else { return nil }
    let largest = logWeights.sorted(by: >).prefix(size + 1)
    guard let peak = largest.first, let cut = largest.last, peak.isFinite else { return nil }
    let base = exp(cut - peak)
    let excesses = largest.dropLast().reversed().map { exp($0 - peak) - base }.filter { $0 > 0 }
    guard excesses.count >= 5 else { return nil }
    let (raw, scale) = Self.fit(excesses)
    guard raw.isFinite else { return nil }
    let known = Double(excesses.count)
    shape = (known * raw + 10 * 0.5) / (known + 10)
    count = excesses.count
    limit = Self.limit(draws: draws)
    (self.scale, self.base, least) = (scale, base, largest[excesses.count - 1])
  }

  /// Up to which shape so many independent draws can be relied on.
  package static func limit(draws: Double) -> Double { min(1 - 1 / log10(draws), 0.7) }

  /// The same weights with those of the tail replaced by quantiles of the distribution, the j-th of M by that at (j - 1/2) / M, and none
  /// above the largest: Pareto smoothed weights (algorithm 1 of the paper above).
  ///
  /// - Parameter logWeights: those that the tail was fitted to.
  /// - Returns: their logarithms, that of the largest being zero.
  package func smoothed(_ logWeights: [Double]) -> [Double] {
    let peak = logWeights.max() ?? 0
    var smooth = logWeights.map { $0 - peak }
    guard scale > 0, scale.isFinite else { return smooth }
    let tail = logWeights.indices.filter { logWeights[$0] >= least }.sorted { smooth[$0] < smooth[$1] }
    for (j, row) in tail.enumerated() {
      let survival = log1p(-(Double(j) + 0.5) / Double(count))
      let excess = abs(shape) < .ulpOfOne ? -survival : expm1(-shape * survival) / shape
      smooth[row] = min(log(scale * excess + base), 0)
    }
    return smooth
  }

  /// The shape by the nearly Bayesian estimate of Zhang & Stephens (2009), Technometrics 51(3), 316: a mean over a grid of values of
  /// θ = -k/σ, each with its profile likelihood.
  ///
  /// - Parameter excesses: over the start of the tail, rising, all positive.
  /// - Returns: k and σ.
  private static func fit(_ excesses: [Double]) -> (shape: Double, scale: Double) {
    let count = Double(excesses.count)
    let steps = 30 + Int(count.squareRoot())
    let quartile = excesses[max(Int(count / 4 + 0.5) - 1, 0)]
    let highest = excesses[excesses.count - 1]
    func shape(_ theta: Double) -> Double {
      excesses.reduce(0) { $0 + log1p(-theta * $1) } / count
    }
    let thetas = (1...steps).map {
      1 / highest + (1 - (Double(steps) / (Double($0) - 0.5)).squareRoot()) / (3 * quartile)
    }
    let scores = thetas.map { theta in
      let k = shape(theta)
      return count * (log(-theta / k) - k - 1)
    }
    let total = logSumExp(scores.filter(\.isFinite))
    let theta = zip(thetas, scores).reduce(0) { $1.1.isFinite ? $0 + $1.0 * exp($1.1 - total) : $0 }
    let fitted = shape(theta)
    return (fitted, -fitted / theta)
  }
}
