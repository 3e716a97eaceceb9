import Glibc

/// How one coordinate x of the cube is stretched, so that what piles up at a face, or falls by orders of magnitude towards it, is
/// spread evenly.
enum Stretch: UInt8, Sendable, CaseIterable {
  case none
  /// ln x.
  case low
  /// -ln(1 - x).
  case high
  /// ln x - ln(1 - x).
  case both

  @inline(__always)
  private static func inside(_ x: Double) -> Double { min(max(x, .leastNormalMagnitude), 1 - .ulpOfOne / 2) }

  /// The stretched coordinate, and ln of its slope.
  @inline(__always)
  func forward(_ x: Double) -> (y: Double, logSlope: Double) {
    let x = Self.inside(x)
    switch self {
    case .none: return (x, 0)
    case .low:
      let a = log(x)
      return (a, -a)
    case .high:
      let b = log1p(-x)
      return (-b, -b)
    case .both:
      let (a, b) = (log(x), log1p(-x))
      return (a - b, -a - b)
    }
  }

  @inline(__always)
  func back(_ y: Double) -> Double {
    switch self {
    case .none: y
    case .low: exp(y)
    case .high: -expm1(-y)
    case .both: 1 / (1 + exp(-y))
    }
  }
}

/// A mixture of Student-t densities over stretched coordinates.
///
/// Towards a stretched face of the cube its density grows like 1/x, but for powers of ln x: faster than any power that can be
/// integrated. What weights a posterior leaves that is infinite at a face or in a corner are bounded. A ridge along which some
/// coordinates fall by orders of magnitude, as where the data tell a product, is straight there and has one width, so that a fit to
/// the middle of it reaches its thin ends.
struct StretchedMixture: Sendable, Equatable {
  let mixture: StudentMixture
  let stretches: [Stretch]

  var dimension: Int { mixture.dimension }

  /// Points in stretched coordinates, row after row, and ln of the volume that each takes there for its own.
  static func stretch(_ points: [Double], _ stretches: [Stretch]) -> (points: [Double], logSlopes: [Double]) {
    let d = stretches.count
    var stretched = points
    var logSlopes = [Double](repeating: 0, count: points.count / max(d, 1))
    for row in logSlopes.indices {
      for i in 0..<d where stretches[i] != .none {
        let (y, logSlope) = stretches[i].forward(points[row * d + i])
        stretched[row * d + i] = y
        logSlopes[row] += logSlope
      }
    }
    return (stretched, logSlopes)
  }

  /// The log density at a point of the cube.
  func logDensity(_ point: UnsafePointer<Double>) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { stretched in
      guard let start = stretched.baseAddress else { return -.infinity }
      var sum = 0.0
      for i in 0..<dimension {
        let (y, logSlope) = stretches[i].forward(point[i])
        start[i] = y
        sum += logSlope
      }
      return mixture.logDensity(start) + sum
    }
  }

  /// Writes a point; false where it is not in the cube, or too close to a face for a number.
  func draw(_ stream: inout RandomStream, into point: UnsafeMutablePointer<Double>) -> Bool {
    mixture.draw(&stream, into: point)
    var isInside = true
    for i in 0..<dimension {
      point[i] = stretches[i].back(point[i])
      if !(point[i] >= .leastNormalMagnitude && point[i] < 1) { isInside = false }
    }
    return isInside
  }
}

extension StretchedMixture: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(mixture)
    writer.write(stretches.map(\.rawValue))
  }

  init(from reader: inout WireReader) throws(WireError) {
    mixture = try reader.read()
    stretches = try reader.read([UInt8].self).compactMap(Stretch.init)
    guard stretches.count == mixture.dimension else { throw WireError("a mixture without its coordinates") }
  }
}
