internal import COpenBLAS
import Glibc

extension Ellipsoid {
  private static var tolerance: Double { 0.05 }
  private static var maximalSteps: Int { 3000 }

  /// The ellipsoid of (nearly) least volume around all points, each axis then multiplied by `enlargement`;
  /// nil where the points lie in a plane. ``init(around:)`` takes the covariance as it is, at once and for points in a plane too.
  ///
  /// Khachiyan's ascent on the weights of the lifted points q = (x, 1), with the away steps of Todd &
  /// Yıldırım (2007), doi:10.1016/j.dam.2007.02.013. A step that moves weight a to point k changes V = Σ uᵢ
  /// qᵢqᵢᵀ by a matrix of rank one, so V⁻¹ and all gᵢ = qᵢᵀV⁻¹qᵢ follow from the single product of all points
  /// with V⁻¹q_k.
  init?<E>(
    enclosing points: PointMatrix, enlargement: Double, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) {
    let (count, size) = (points.rows, points.columns)
    let (mean, covariance) = LinearAlgebra.meanAndCovariance(points)
    guard count > size, let root = Self.regularRoot(covariance, size: size),
      let inverse = LinearAlgebra.invertLower(root, size: size)
    else { return nil }
    // Whitened, so that the ascent starts well conditioned.
    let lifted = Self.lift(points.values, mean: mean, inverse: inverse, size: size)
    let weights = try Self.ascend(lifted, count: count, size: size + 1, halt)

    var centre = [Double](repeating: 0, count: size)
    for i in 0..<count where weights[i] > 0 {
      for j in 0..<size { centre[j] += weights[i] * lifted[i * (size + 1) + j] }
    }
    var shape = [Double](repeating: 0, count: size * size)
    for i in 0..<count where weights[i] > 0 {
      for j in 0..<size {
        let a = weights[i] * (lifted[i * (size + 1) + j] - centre[j])
        for k in 0...j { shape[j * size + k] += a * (lifted[i * (size + 1) + k] - centre[k]) }
      }
    }
    for j in 0..<size { for k in 0..<j { shape[k * size + j] = shape[j * size + k] } }
    guard let white = LinearAlgebra.cholesky(shape, size: size) else { return nil }
    var factor = [Double](repeating: 0, count: size * size)
    var shifted = mean
    for i in 0..<size {
      for j in 0...i {
        shifted[i] += root[i * size + j] * centre[j]
        for k in 0...j { factor[i * size + k] += root[i * size + j] * white[j * size + k] }
      }
    }
    guard let raw = Ellipsoid(centre: shifted, factor: factor) else { return nil }
    let scale = raw.farthestSquare(of: points).squareRoot() * enlargement
    self.init(centre: shifted, factor: factor.map { $0 * scale })
  }

  /// The Cholesky factor of a covariance, with a ridge so small that it only matters where points coincide in
  /// a direction.
  static func regularRoot(_ covariance: [Double], size: Int) -> [Double]? {
    var trace = 0.0
    for i in 0..<size { trace += covariance[i * size + i] }
    guard trace > 0, trace.isFinite else { return nil }
    var ridged = covariance
    // Relative to each coordinate by itself: their scales may differ by many orders.
    for i in 0..<size { ridged[i * size + i] += 1e-12 * ridged[i * size + i] + 1e-32 }
    return LinearAlgebra.cholesky(ridged, size: size)
  }

  private static func lift(_ points: [Double], mean: [Double], inverse: [Double], size: Int) -> [Double] {
    let count = points.count / size
    var lifted = [Double](repeating: 1, count: count * (size + 1))
    for p in 0..<count {
      for i in 0..<size {
        var y = 0.0
        for j in 0...i { y += inverse[i * size + j] * (points[p * size + j] - mean[j]) }
        lifted[p * (size + 1) + i] = y
      }
    }
    return lifted
  }

  private static func ascend<E>(
    _ lifted: [Double], count: Int, size n: Int, _ halt: Halt<E>
  ) throws(E) -> [Double] {
    var weights = [Double](repeating: 1 / Double(count), count: count)
    var inverse = [Double](repeating: 0, count: n * n)
    // The points are white: V is diagonal but for the factor (N-1)/N of the covariance.
    for i in 0..<n { inverse[i * n + i] = i < n - 1 ? Double(count) / Double(max(count - 1, 1)) : 1 }
    var g = [Double](repeating: 0, count: count)
    for p in 0..<count {
      for i in 0..<n { g[p] += lifted[p * n + i] * lifted[p * n + i] * inverse[i * n + i] }
    }
    var image = [Double](repeating: 0, count: n)
    var products = [Double](repeating: 0, count: count)
    let target = Double(n)
    for _ in 0..<maximalSteps {
      try halt.check()
      var (high, low) = (0, -1)
      for p in 0..<count {
        if g[p] > g[high] { high = p }
        if weights[p] > 0, low < 0 || g[p] < g[low] { low = p }
      }
      let (above, below) = (g[high] - target, low < 0 ? 0 : target - g[low])
      if above < tolerance * target, below < tolerance * target || low < 0 { break }
      var step: Double
      let chosen: Int
      if above >= below || low < 0 {
        chosen = high
        step = above / (target * (g[high] - 1))
      } else {
        chosen = low
        let all = weights[low] / (1 - weights[low])
        step = -(g[low] > 1 ? min(below / (target * (g[low] - 1)), all) : all)
      }
      guard step.isFinite, step < 1 else { break }
      cblas_dgemv(
        CblasRowMajor, CblasNoTrans, Int32(n), Int32(n), 1, inverse, Int32(n),
        Array(lifted[chosen * n..<(chosen + 1) * n]), 1, 0, &image, 1)
      cblas_dgemv(
        CblasRowMajor, CblasNoTrans, Int32(count), Int32(n), 1, lifted, Int32(n), image, 1, 0, &products, 1)
      let ratio = step / (1 - step)
      let shrink = ratio / (1 + ratio * g[chosen])
      let growth = 1 / (1 - step)
      cblas_dger(
        CblasRowMajor, Int32(n), Int32(n), -shrink, image, 1, image, 1, &inverse, Int32(n))
      cblas_dscal(Int32(n * n), growth, &inverse, 1)
      for p in 0..<count { g[p] = growth * (g[p] - shrink * products[p] * products[p]) }
      for p in 0..<count { weights[p] *= 1 - step }
      weights[chosen] += step
      if weights[chosen] < 1e-14 { weights[chosen] = 0 }
    }
    return weights
  }
}
