extension Ellipsoid {
  /// The ellipsoid with the shape of the points' covariance that just holds them all; nil where the points are not finite.
  package init?(around points: PointMatrix) {
    let (mean, covariance) = LinearAlgebra.meanAndCovariance(points)
    self.init(around: points, centre: mean, covariance: covariance)
  }

  /// The ellipsoid of the points' covariance around their mean, not scaled to hold them; nil where they are not finite.
  static func metric(of points: PointMatrix) -> Ellipsoid? {
    let (mean, covariance) = LinearAlgebra.meanAndCovariance(points)
    return safeRoot(covariance, size: points.columns).flatMap { Ellipsoid(centre: mean, factor: $0) }
  }

  /// The ellipsoid of the given centre and shape that just holds the points.
  init?(around points: PointMatrix, centre: [Double], covariance: [Double]) {
    guard let root = Self.safeRoot(covariance, size: points.columns),
      let raw = Ellipsoid(centre: centre, factor: root)
    else { return nil }
    var farthest = 0.0
    for row in 0..<points.rows { points.withRow(row) { farthest = max(farthest, raw.squaredDistance($0)) } }
    // A touch wider, so that rounding leaves no point outside.
    guard let whole = raw.scaled(by: max(farthest.squareRoot(), 1e-8) * (1 + 1e-6)) else { return nil }
    self = whole
  }

  /// The Cholesky factor of a covariance whose diagonal is raised until there is one, for points that coincide too.
  static func safeRoot(_ covariance: [Double], size: Int) -> [Double]? {
    let trace = (0..<size).reduce(0) { $0 + covariance[$1 * size + $1] }
    var raised = covariance
    var lift = max(trace / Double(size) * 1e-12, 1e-30)
    for _ in 0..<40 {
      if let factor = LinearAlgebra.cholesky(raised, size: size),
        (0..<size).allSatisfy({ factor[$0 * size + $0] > 1e-15 })
      {
        return factor
      }
      for i in 0..<size { raised[i * size + i] = covariance[i * size + i] + lift }
      lift *= 10
    }
    return nil
  }

  func scaled(by linear: Double) -> Ellipsoid? {
    Ellipsoid(centre: centre, factor: factor.map { $0 * linear })
  }

  /// |factor⁻¹ (x - centre)|², at most 1 inside.
  func squaredDistance(_ x: UnsafeBufferPointer<Double>) -> Double {
    x.baseAddress.map { squaredDistance($0) } ?? 0
  }

  func squaredDistance(to point: [Double]) -> Double { point.withUnsafeBufferPointer { squaredDistance($0) } }

  /// The place of a point in the ellipsoid's own frame, factor⁻¹ (x - centre).
  func place(_ x: UnsafeBufferPointer<Double>, into z: UnsafeMutableBufferPointer<Double>) {
    let d = dimension
    for i in 0..<d {
      var sum = 0.0
      for j in 0...i { sum += inverse[i * d + j] * (x[j] - centre[j]) }
      z[i] = sum
    }
  }

  /// Adds factor · z to `x`.
  func add(
    _ z: UnsafeMutableBufferPointer<Double>, times scale: Double, to x: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    factor.withUnsafeBufferPointer { factor in
      for i in 0..<d {
        var sum = 0.0
        let row = i * d
        for j in 0...i { sum += factor[row + j] * z[j] }
        x[i] += scale * sum
      }
    }
  }
}
