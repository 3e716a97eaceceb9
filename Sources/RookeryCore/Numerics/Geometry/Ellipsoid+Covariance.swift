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
    return Ellipsoid(centre: mean, covariance: covariance)
  }

  /// The ellipsoid of a covariance, one standard deviation wide; nil where that is not finite.
  init?(centre: [Double], covariance: [Double]) {
    guard let root = LinearAlgebra.safeRoot(covariance, size: centre.count) else { return nil }
    self.init(centre: centre, factor: root)
  }

  /// The ellipsoid of the given centre and shape that just holds the points.
  init?(around points: PointMatrix, centre: [Double], covariance: [Double]) {
    guard let raw = Ellipsoid(centre: centre, covariance: covariance) else { return nil }
    // A touch wider, so that rounding leaves no point outside.
    let radius = max(raw.farthestSquare(of: points).squareRoot(), 1e-8)
    guard let whole = raw.scaled(by: radius * (1 + 1e-6)) else { return nil }
    self = whole
  }
}
