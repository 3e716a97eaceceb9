internal import COpenBLAS
import Glibc

/// The solid ellipsoid { c + L y : |y| ≤ 1 } with a lower-triangular L.
package struct Ellipsoid: Sendable, Equatable {
  package let centre: [Double]
  /// L, row-major.
  let factor: [Double]
  /// L⁻¹, row-major.
  let inverse: [Double]
  let logVolume: Double

  var dimension: Int { centre.count }

  /// - Parameter factor: L; nil is returned where its inverse does not exist.
  init?(centre: [Double], factor: [Double]) {
    let size = centre.count
    guard let inverse = LinearAlgebra.invertLower(factor, size: size) else { return nil }
    self.centre = centre
    self.factor = factor
    self.inverse = inverse
    var logVolume = Self.logBallVolume(dimension: size)
    for i in 0..<size { logVolume += log(abs(factor[i * size + i])) }
    guard logVolume.isFinite else { return nil }
    self.logVolume = logVolume
  }

  /// ln of the volume of the unit ball: (d/2) ln π - ln Γ(d/2 + 1).
  static func logBallVolume(dimension: Int) -> Double {
    0.5 * Double(dimension) * log(Double.pi) - lgamma(0.5 * Double(dimension) + 1)
  }

  /// |L⁻¹(x - c)|², given up as soon as it is above `limit`.
  @inline(__always)
  func squaredDistance(_ point: UnsafePointer<Double>, limit: Double = .infinity) -> Double {
    let size = centre.count
    return centre.withUnsafeBufferPointer { centre in
      inverse.withUnsafeBufferPointer { inverse in
        var sum = 0.0
        for i in 0..<size {
          var y = 0.0
          let row = i * size
          for j in 0...i { y += inverse[row + j] * (point[j] - centre[j]) }
          sum += y * y
          if sum > limit { return sum }
        }
        return sum
      }
    }
  }

  /// |factor⁻¹ (x - centre)|², at most 1 inside.
  func squaredDistance(_ x: UnsafeBufferPointer<Double>) -> Double {
    x.baseAddress.map { squaredDistance($0) } ?? 0
  }

  /// The squared distance of the point farthest out.
  func farthestSquare(of points: PointMatrix) -> Double {
    (0..<points.rows).reduce(0) { farthest, row in
      points.withRow(row) { max(farthest, squaredDistance($0)) }
    }
  }

  func squaredDistance(to point: [Double]) -> Double { point.withUnsafeBufferPointer { squaredDistance($0) } }

  @inline(__always)
  func contains(_ point: UnsafePointer<Double>) -> Bool { squaredDistance(point, limit: 1) <= 1 }

  @inline(__always)
  func contains(_ point: UnsafeBufferPointer<Double>) -> Bool {
    point.baseAddress.map { contains($0) } ?? true
  }

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

  func scaled(by linear: Double) -> Ellipsoid? {
    Ellipsoid(centre: centre, factor: factor.map { $0 * linear })
  }

  /// Writes a point uniform in the ellipsoid.
  func draw(_ stream: inout RandomStream, into point: UnsafeMutablePointer<Double>) {
    let size = centre.count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { y in
      stream.direction(into: y)
      let radius = pow(stream.uniform(), 1 / Double(size))
      centre.withUnsafeBufferPointer { centre in
        factor.withUnsafeBufferPointer { factor in
          for i in 0..<size {
            var sum = 0.0
            for j in 0...i { sum += factor[i * size + j] * y[j] }
            point[i] = centre[i] + radius * sum
          }
        }
      }
    }
  }

  /// Whether two ellipsoids have a point in common.
  ///
  /// With W and λ from the simultaneous diagonalisation of the two shapes and w = Wᵀ(c₂ - c₁), they are apart
  /// if and only if Σ wⱼ² s(1-s) / (s + λⱼ(1-s)) > 1 for some s in (0, 1) (Gilitschenski & Hanebeck 2012, "A
  /// robust computational test for overlap of two arbitrary-dimensional ellipsoids").
  func overlaps(_ other: Ellipsoid) -> Bool {
    let size = dimension
    // K = L₁⁻¹ L₂, so that L₁⁻¹ P₂ L₁⁻ᵀ = K Kᵀ.
    var k = [Double](repeating: 0, count: size * size)
    var shift = [Double](repeating: 0, count: size)
    for i in 0..<size {
      for j in 0...i {
        shift[i] += inverse[i * size + j] * (other.centre[j] - centre[j])
        for l in 0...j { k[i * size + l] += inverse[i * size + j] * other.factor[j * size + l] }
      }
    }
    var shape = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for j in 0..<size {
        for l in 0..<size { shape[i * size + j] += k[i * size + l] * k[j * size + l] }
      }
    }
    guard let (values, vectors) = LinearAlgebra.symmetricEigen(shape, size: size) else { return true }
    let w = (0..<size).map { j in (0..<size).reduce(0.0) { $0 + vectors[$1 * size + j] * shift[$1] } }
    for step in 1..<100 {
      let s = Double(step) / 100
      var sum = 0.0
      for j in 0..<size { sum += w[j] * w[j] * s * (1 - s) / (s + values[j] * (1 - s)) }
      if sum > 1 { return false }
    }
    return true
  }
}

extension Ellipsoid: Wire {
  package func encode(to writer: inout WireWriter) {
    writer.write(centre)
    writer.write(factor)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let centre = try reader.read([Double].self)
    let factor = try reader.read([Double].self)
    guard factor.count == centre.count * centre.count, let whole = Ellipsoid(centre: centre, factor: factor)
    else { throw WireError("an ellipsoid whose axes make none") }
    self = whole
  }
}
