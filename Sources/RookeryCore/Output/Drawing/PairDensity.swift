import Glibc

/// A smooth density of weighted samples in two dimensions, and its contours.
///
/// Where two quantities are correlated, the kernels lean with them: the second axis of the grid is what a linear fit of the
/// second quantity to the first leaves over.
package struct PairDensity: Sendable {
  private let x: GridAxis
  private let rest: GridAxis
  /// The second quantity is `rest + slope * x`.
  private let slope: Double
  private let values: [Double]
  /// The weight of the samples at each point of the grid.
  private let histogram: [Double]

  /// - Parameters:
  ///   - xs: the first quantity of each sample, and `ys` the second.
  ///   - weights: not negative.
  ///   - xEdges: where the prior ends, infinite where it does not.
  /// - Returns: nil where one of the two has no spread.
  package init?(
    _ xs: [Double], _ ys: [Double], weights: [Double], xEdges: (lower: Double, upper: Double),
    yEdges: (lower: Double, upper: Double), gridPoints: Int = Self.coarse
  ) {
    guard let xSpread = SampleSpread(xs, weights), let ySpread = SampleSpread(ys, weights) else { return nil }
    let room = Self.room * ySpread.width
    let isFree = ySpread.lower - room > yEdges.lower && ySpread.upper + room < yEdges.upper
    let slope = isFree ? Self.slope(xs, ys, weights) : 0
    var (left, edges) = (ys, yEdges)
    if slope != 0 {
      for i in left.indices { left[i] -= slope * xs[i] }
      edges = (-.infinity, .infinity)
    }
    guard let spread = slope == 0 ? ySpread : SampleSpread(left, weights) else { return nil }
    let x = Self.axis(xSpread, xEdges, gridPoints)
    let rest = Self.axis(spread, edges, gridPoints)
    guard x.step > 0, rest.step > 0, x.step.isFinite, rest.step.isFinite,
      let (histogram, effective) = Self.histogram(xs, left, weights, x, rest)
    else { return nil }
    let scale = pow(effective, -1 / 6)
    let xAtEdges = (lower: x.lower == xEdges.lower, upper: x.upper == xEdges.upper)
    let restAtEdges = (lower: rest.lower == edges.lower, upper: rest.upper == edges.upper)
    let references = [xSpread.deviation * scale / x.step, spread.deviation * scale / rest.step]
    let (smooth, factor) = Bandwidth.choose(
      references: references, selfWeight: 1 / effective
    ) { widths in
      let (first, second) = (Kernel(width: widths[0]), Kernel(width: widths[1]))
      let rows = Self.smoothRows(histogram, columns: gridPoints, first, xAtEdges)
      let turned = Self.smoothRows(
        Self.transposed(rows, columns: gridPoints), columns: gridPoints, second, restAtEdges)
      return (Self.transposed(turned, columns: gridPoints), first.peak * second.peak)
    } score: { density in
      var (square, mean) = (0.0, 0.0)
      for i in density.indices {
        square += density[i] * density[i]
        mean += density[i] * histogram[i]
      }
      return (square, mean)
    }
    if gridPoints == Self.coarse, references.contains(where: { factor * $0 < 1.2 }),
      let finer = PairDensity(
        xs, ys, weights: weights, xEdges: xEdges, yEdges: yEdges, gridPoints: Self.fine)
    {
      // Modes as narrow as that are not seen well on so few points.
      self = finer
      return
    }
    self.x = x
    self.rest = rest
    self.slope = slope
    values = smooth
    self.histogram = histogram
  }

  /// Closed rings around the smallest area that holds a share of the mass, as values of the two quantities.
  package func contours(holding share: Double) -> [[(x: Double, y: Double)]] {
    let level = Contours.level(holding: share, of: histogram, in: values)
    return Contours.rings(values, columns: x.count, level: level).map { ring in
      ring.map { place in
        let x = x.lower + place.x * x.step
        return (x, rest.lower + place.y * rest.step + slope * x)
      }
    }
  }

  // MARK: - Parts

  package static let coarse = 80
  private static let fine = 200
  private static let room = 0.15

  private static func axis(_ spread: SampleSpread, _ edges: (lower: Double, upper: Double), _ count: Int)
    -> GridAxis
  {
    let room = Self.room * spread.width
    return GridAxis(
      max(spread.lower - room, edges.lower), min(spread.upper + room, edges.upper), count: count)
  }

  /// The slope of a linear fit; zero where the two are hardly correlated.
  private static func slope(_ xs: [Double], _ ys: [Double], _ weights: [Double]) -> Double {
    var (total, x, y) = (0.0, 0.0, 0.0)
    for i in xs.indices where weights[i] > 0 && xs[i].isFinite && ys[i].isFinite {
      total += weights[i]
      x += weights[i] * xs[i]
      y += weights[i] * ys[i]
    }
    (x, y) = (x / total, y / total)
    var (xx, xy, yy) = (0.0, 0.0, 0.0)
    for i in xs.indices where weights[i] > 0 && xs[i].isFinite && ys[i].isFinite {
      let (dx, dy) = (xs[i] - x, ys[i] - y)
      xx += weights[i] * dx * dx
      xy += weights[i] * dx * dy
      yy += weights[i] * dy * dy
    }
    let correlation = xy / (xx * yy).squareRoot()
    return abs(correlation) > 0.3 ? xy / xx : 0
  }

  /// Weights on the grid, each shared between the four points around it, and the effective number of samples.
  private static func histogram(
    _ xs: [Double], _ ys: [Double], _ weights: [Double], _ x: GridAxis, _ y: GridAxis
  ) -> ([Double], Double)? {
    var cells = [Double](repeating: 0, count: x.count * y.count)
    var (sum, squares) = (0.0, 0.0)
    for i in xs.indices where weights[i] > 0 {
      let (px, py) = ((xs[i] - x.lower) / x.step, (ys[i] - y.lower) / y.step)
      guard px >= 0, py >= 0, px <= Double(x.count - 1), py <= Double(y.count - 1) else { continue }
      let (column, row) = (min(Int(px), x.count - 2), min(Int(py), y.count - 2))
      let (u, v, weight) = (px - Double(column), py - Double(row), weights[i])
      let cell = row * x.count + column
      cells[cell] += weight * (1 - u) * (1 - v)
      cells[cell + 1] += weight * u * (1 - v)
      cells[cell + x.count] += weight * (1 - u) * v
      cells[cell + x.count + 1] += weight * u * v
      sum += weight
      squares += weight * weight
    }
    guard sum > 0 else { return nil }
    return (cells.map { $0 / sum }, sum * sum / squares)
  }

  private static func smoothRows(
    _ cells: [Double], columns: Int, _ kernel: Kernel, _ edges: (lower: Bool, upper: Bool)
  ) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(cells.count)
    for start in stride(from: 0, to: cells.count, by: columns) {
      result += kernel.smooth(Array(cells[start..<start + columns]), edges: edges)
    }
    return result
  }

  private static func transposed(_ cells: [Double], columns: Int) -> [Double] {
    let rows = cells.count / columns
    var result = cells
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = cells[row * columns + column] }
    }
    return result
  }
}
