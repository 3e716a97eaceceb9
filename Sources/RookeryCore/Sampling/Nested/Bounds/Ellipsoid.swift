import Glibc

/// The ellipsoid of points centre + factor z with |z| ≤ 1.
package struct Ellipsoid: Sendable, Equatable {
  package let center: [Double]
  /// Lower triangular, row-major.
  private(set) var factor: [Double]
  private(set) var inverse: [Double]
  private(set) var logVolume: Double

  var dimension: Int { center.count }

  /// The ellipsoid with the shape of the points' covariance that just holds them all.
  ///
  /// - Returns: nil where no positive-definite covariance can be had, which a floor on its eigenvalues prevents
  ///   for finite points.
  package init?(around points: PointMatrix) {
    let d = points.columns
    let (mean, covariance) = LinearAlgebra.meanAndCovariance(points)
    guard let factor = Self.regularFactor(covariance, size: d),
      let inverse = LinearAlgebra.invertLower(factor, size: d)
    else { return nil }
    center = mean
    self.factor = factor
    self.inverse = inverse
    logVolume = 0
    var farthest = 0.0
    for row in 0..<points.rows { points.withRow(row) { farthest = max(farthest, distanceSquared($0)) } }
    // A touch wider, so that rounding leaves no point outside.
    scale(by: max(farthest.squareRoot(), 1e-8) * (1 + 1e-6))
  }

  /// The Cholesky factor, of a covariance whose diagonal is raised until there is one.
  private static func regularFactor(_ covariance: [Double], size: Int) -> [Double]? {
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

  /// Scales all axes.
  mutating func scale(by linear: Double) {
    for i in factor.indices {
      factor[i] *= linear
      inverse[i] /= linear
    }
    logVolume = Self.logUnitBall(dimension)
    for i in 0..<dimension { logVolume += log(factor[i * dimension + i]) }
  }

  /// |factor⁻¹ (x - centre)|², at most 1 inside.
  func distanceSquared(_ x: UnsafeBufferPointer<Double>) -> Double {
    let d = dimension
    return center.withUnsafeBufferPointer { center in
      inverse.withUnsafeBufferPointer { inverse in
        var sum = 0.0
        for i in 0..<d {
          var z = 0.0
          let row = i * d
          for j in 0...i { z += inverse[row + j] * (x[j] - center[j]) }
          sum += z * z
        }
        return sum
      }
    }
  }

  /// The place of a point in the ellipsoid's own frame, factor⁻¹ (x - centre).
  func place(_ x: UnsafeBufferPointer<Double>, into z: UnsafeMutableBufferPointer<Double>) {
    let d = dimension
    for i in 0..<d {
      var sum = 0.0
      for j in 0...i { sum += inverse[i * d + j] * (x[j] - center[j]) }
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

  /// ln of the volume of the unit ball, π^(d/2) / Γ(d/2 + 1).
  static func logUnitBall(_ dimension: Int) -> Double {
    0.5 * Double(dimension) * log(Double.pi) - lgamma(0.5 * Double(dimension) + 1)
  }
}

extension Ellipsoid: Wire {
  package func encode(to writer: inout WireWriter) {
    writer.write(center)
    writer.write(factor)
    writer.write(inverse)
    writer.write(logVolume)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    center = try reader.read()
    factor = try reader.read()
    inverse = try reader.read()
    logVolume = try reader.read()
    let size = center.count * center.count
    guard factor.count == size, inverse.count == size else {
      throw WireError("an ellipsoid in \(center.count) dimensions with \(factor.count) axis elements")
    }
  }
}
