import Glibc

/// Chooses how wide a kernel is.
enum Bandwidth {
  /// The widest of a series of bandwidths whose cross-validated squared error, ∫f² - 2 Σ wᵢ f₋ᵢ(xᵢ), is close to the least
  /// (Bowman 1984, doi:10.1093/biomet/71.2.353). A posterior of several narrow modes gets narrow kernels that way.
  ///
  /// - Parameters:
  ///   - references: what would be right for a normal density, in grid steps, for each axis.
  ///   - selfWeight: the sum of squares of the normalised weights.
  ///   - smooth: the density per grid cell for given widths, and the highest value of one sample's kernel.
  ///   - score: Σf² over the grid, and the mean of f over the samples.
  /// - Returns: the density, and which share of the references its widths are.
  static func choose(
    references: [Double], selfWeight: Double, smooth: ([Double]) -> (density: [Double], peak: Double),
    score: ([Double]) -> (square: Double, mean: Double)
  ) -> (density: [Double], factor: Double) {
    var tried: [(density: [Double], factor: Double, error: Double)] = []
    var factor = 1.0
    for _ in 0..<24 {
      let widths = references.map { max(factor * $0, finest) }
      let (density, peak) = smooth(widths)
      let (square, mean) = score(density)
      let error = square - 2 * (mean - peak * selfWeight) / (1 - min(selfWeight, 0.5))
      tried.append((density, factor, error))
      let errors = tried.suffix(4).map(\.error)
      let isRising = errors.count == 4 && zip(errors, errors.dropFirst()).allSatisfy { $0 < $1 }
      guard !isRising, widths.contains(where: { $0 > finest }) else { break }
      factor /= 2.squareRoot()
    }
    let least = tried.map(\.error).min() ?? 0
    let best = tried.first { $0.error <= least + 0.01 * abs(least) } ?? tried[0]
    return (best.density, best.factor)
  }

  /// Narrower than the grid nothing can be told apart.
  private static let finest = 0.6
}

/// A Gaussian kernel on a grid, cut off at four deviations, with its first moments.
struct Kernel {
  let radius: Int
  /// The kernel, and the same times the distance and its square, from -radius to radius.
  let moments: [[Double]]

  /// - Parameter width: in grid steps.
  init(width: Double) {
    radius = max(1, Int((4 * width).rounded(.up)))
    let distances = (-radius...radius).map(Double.init)
    let raw = distances.map { exp(-0.5 * ($0 / width) * ($0 / width)) }
    let sum = raw.reduce(0, +)
    let kernel = raw.map { $0 / sum }
    moments = [
      kernel, zip(kernel, distances).map { $0 * $1 }, zip(kernel, distances).map { $0 * $1 * $1 },
    ]
  }

  var peak: Double { moments[0][radius] }

  /// Smooths weights on a grid; beside an edge, with the linear correction.
  func smooth(_ histogram: [Double], edges: (lower: Bool, upper: Bool)) -> [Double] {
    let plain = convolve(histogram, moments[0])
    guard edges.lower || edges.upper else { return plain }
    // How much of the cell around each point is inside: points beyond an open end of the grid exist, those beyond an edge do
    // not, and half of the cell of a point on an edge is beyond it.
    let count = histogram.count
    var inside = [Double](repeating: 1, count: count + 2 * radius)
    for j in 0..<radius {
      if edges.lower { inside[j] = 0 }
      if edges.upper { inside[count + radius + j] = 0 }
    }
    if edges.lower { inside[radius] = 0.5 }
    if edges.upper { inside[count + radius - 1] = 0.5 }
    let slope = convolve(histogram, moments[1])
    return (0..<count).map { i in
      guard (edges.lower && i < radius) || (edges.upper && i >= count - radius) else { return plain[i] }
      var a = (0.0, 0.0, 0.0)
      for j in 0...2 * radius where inside[i + j] > 0 {
        a.0 += inside[i + j] * moments[0][j]
        a.1 += inside[i + j] * moments[1][j]
        a.2 += inside[i + j] * moments[2][j]
      }
      return Self.corrected(
        plain[i], plain[i] / a.0, (a.2 * plain[i] - a.1 * slope[i]) / (a.2 * a.0 - a.1 * a.1))
    }
  }

  /// The corrected value, kept positive: n exp(l/n - 1), from the normalised n and the linear l.
  static func corrected(_ plain: Double, _ normalised: Double, _ linear: Double) -> Double {
    guard normalised > 0, normalised.isFinite else { return plain }
    // The samples are too few there for a slope where the two are far apart.
    return normalised * exp(min(max(linear / normalised - 1, -3), 1))
  }

  /// Σ kernel(j - i) histogram[j] for each i.
  func convolve(_ histogram: [Double], _ kernel: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: histogram.count)
    for i in result.indices {
      let (first, last) = (max(i - radius, 0), min(i + radius, histogram.count - 1))
      var sum = 0.0
      for j in first...last { sum += kernel[j - i + radius] * histogram[j] }
      result[i] = sum
    }
    return result
  }
}
