import Glibc

/// An even grid of points on one axis.
package struct GridAxis: Sendable, Equatable {
  package let lower: Double
  package let step: Double
  package let count: Int

  /// - Parameters:
  ///   - lower: the first point.
  ///   - upper: the last; more than `lower`.
  package init(_ lower: Double, _ upper: Double, count: Int) {
    self.lower = lower
    step = (upper - lower) / Double(count - 1)
    self.count = count
  }

  package func point(_ i: Int) -> Double { lower + Double(i) * step }
  package var points: [Double] { (0..<count).map(point) }
}

/// A smooth density of weighted samples on a grid, by Gaussian kernels.
///
/// Near the edge of what a prior allows, a linear correction keeps a density that ends there from being drawn as one that falls off
/// (Jones 1993, doi:10.1007/BF00147776, kept positive as in Jones & Foster 1996; GetDist does the same, Lewis 2019,
/// arXiv:1910.13970, section 3.4). The bandwidth is the widest that comes close to the least cross-validated squared error.
package struct WeightedDensity: Sendable {
  package let x: GridAxis
  /// At the points of the grid; integrates to one.
  package let values: [Double]
  package let bandwidth: Double

  /// - Parameters:
  ///   - samples: the values; those that are not finite are left out.
  ///   - weights: not negative.
  ///   - edges: where the prior ends, infinite where it does not.
  /// - Returns: nil where the samples have no spread, or none has weight.
  package init?(
    samples: [Double], weights: [Double], edges: (lower: Double, upper: Double), gridPoints: Int = 256
  ) {
    guard let spread = SampleSpread(samples, weights) else { return nil }
    let room = 0.15 * spread.width
    let grid = GridAxis(
      max(spread.lower - room, edges.lower), min(spread.upper + room, edges.upper), count: gridPoints)
    guard grid.step > 0, grid.step.isFinite else { return nil }
    var histogram = [Double](repeating: 0, count: grid.count)
    var (sum, squares) = (0.0, 0.0)
    for (value, weight) in zip(samples, weights) where weight > 0 && value.isFinite {
      let place = (value - grid.lower) / grid.step
      guard place >= 0, place <= Double(grid.count - 1) else { continue }
      // Shared between the two points beside it.
      let i = min(Int(place), grid.count - 2)
      let share = place - Double(i)
      histogram[i] += weight * (1 - share)
      histogram[i + 1] += weight * share
      sum += weight
      squares += weight * weight
    }
    guard sum > 0 else { return nil }
    for i in histogram.indices { histogram[i] /= sum }
    let effective = sum * sum / squares
    let reference = 1.06 * spread.deviation * pow(effective, -0.2) / grid.step
    let edges = (lower: grid.lower == edges.lower, upper: grid.upper == edges.upper)
    let (smooth, factor) = Bandwidth.choose(references: [reference], selfWeight: 1 / effective) { widths in
      let kernel = Kernel(width: widths[0])
      return (kernel.smooth(histogram, edges: edges), kernel.peak)
    } score: { density in
      zip(density, histogram).reduce((0, 0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.0 * $1.1) }
    }
    let total = smooth.reduce(0, +) * grid.step
    x = grid
    values = smooth.map { $0 / total }
    bandwidth = factor * reference * grid.step
  }
}

extension GridAxis {
  var upper: Double { point(count - 1) }
}

/// The range that nearly all of the weight of some samples is in.
package struct SampleSpread: Sendable {
  package let lower: Double
  package let upper: Double
  package let deviation: Double

  package var width: Double { upper - lower }

  /// - Returns: nil where all are the same, or none has weight.
  package init?(_ samples: [Double], _ weights: [Double]) {
    var pairs: [(value: Double, weight: Double)] = []
    // Some tens of thousands give the range as well as all.
    for i in stride(from: 0, to: samples.count, by: max(1, samples.count / 20_000)) {
      let (value, weight) = (samples[i], weights[i])
      if weight > 0 && value.isFinite { pairs.append((value, weight)) }
    }
    let total = pairs.reduce(0) { $0 + $1.weight }
    guard total > 0, total.isFinite else { return nil }
    pairs.sort { $0.value < $1.value }
    let tail = 1e-3 * total
    var (below, above) = (0.0, 0.0)
    var (first, last) = (0, pairs.count - 1)
    while first < last, below + pairs[first].weight < tail {
      below += pairs[first].weight
      first += 1
    }
    while last > first, above + pairs[last].weight < tail {
      above += pairs[last].weight
      last -= 1
    }
    lower = pairs[first].value
    upper = pairs[last].value
    guard upper - lower > 1e-12 * max(abs(lower), abs(upper)) else { return nil }
    let mean = pairs.reduce(0) { $0 + $1.weight * $1.value } / total
    let square = pairs.reduce(0) { $0 + $1.weight * ($1.value - mean) * ($1.value - mean) } / total
    // Far outliers widen the deviation, not the bulk.
    deviation = min(square.squareRoot(), (upper - lower) / 3)
  }
}
