import Glibc

/// The scatter of points in the logarithms of their distances from the ends of the cube where they pile up.
package struct Piles: Sendable, Equatable {
  private let mirrors: Mirrors
  private let variances: [Double]
  /// Which coordinates those are.
  let coordinates: [Int]

  package static let none = Piles(mirrors: .none, variances: [])

  private init(mirrors: Mirrors, variances: [Double]) {
    self.mirrors = mirrors
    self.variances = variances
    coordinates = mirrors.coordinates
  }

  init(of points: PointMatrix, boundaries: [Parameter.Boundary]) {
    guard let shape = Ellipsoid(around: points) else {
      self = .none
      return
    }
    let mirrors = Mirrors(for: points, shape: shape, boundaries: boundaries)
    self.init(
      mirrors: mirrors,
      variances: mirrors.coordinates.map { i in
        let logs = (0..<points.rows).map { Self.logDistance(points[$0, i], mirrors.place(i)) }
        let mean = logs.reduce(0, +) / Double(logs.count)
        return logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(logs.count - 1, 1))
      })
  }

  private static func logDistance(_ x: Double, _ end: Double) -> Double { log(max(abs(x - end), 1e-300)) }

  /// The square of the way in each of these coordinates, in units of what two independent points are apart.
  func travel(from start: [Double], to end: [Double]) -> [Double] {
    zip(coordinates, variances).map { i, variance in
      let place = mirrors.place(i)
      let step = Self.logDistance(end[i], place) - Self.logDistance(start[i], place)
      return variance > 0 ? step * step / (2 * variance) : 0
    }
  }

  func fits(dimension: Int) -> Bool { mirrors.fits(dimension: dimension) }
}

extension Piles: Wire {
  package func encode(to writer: inout WireWriter) {
    writer.write(mirrors)
    writer.write(variances)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let mirrors = try reader.read(Mirrors.self)
    let variances = try reader.read([Double].self)
    guard variances.count == mirrors.count else { throw WireError("piles without their scatter") }
    self.init(mirrors: mirrors, variances: variances)
  }
}
