extension Ellipsoid {
  /// The ellipsoid with the shape of the points' covariance that just holds them all; nil where the points are not finite.
  /// That of least volume is smaller, and takes longer to find: ``init(enclosing:enlargement:unless:)``.
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
    // A touch wider, so that rounding leaves no point outside.
    let radius = max(raw.farthestSquare(of: points).squareRoot(), 1e-8)
    guard let whole = raw.scaled(by: radius * (1 + 1e-6)) else { return nil }
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
}
