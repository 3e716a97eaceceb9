/// Moves the seam of periodic dimensions to where there are no points, so that no cluster is cut in two.
struct PhaseShift: Sendable, Equatable, Wire {
  /// What is subtracted from each coordinate, modulo one; zero for dimensions that are not periodic. Empty
  /// where none is.
  let offsets: [Double]

  static let none = PhaseShift(offsets: [])

  private init(offsets: [Double]) { self.offsets = offsets }

  /// Puts the seam of each periodic dimension in the middle of the widest gap between the points.
  init(periodic: [Bool], points: PointMatrix) {
    guard periodic.contains(true), points.rows > 0 else {
      self = .none
      return
    }
    offsets = periodic.indices.map { column in
      guard periodic[column] else { return 0 }
      let sorted = (0..<points.rows).map { points[$0, column] }.sorted()
      var widest = (gap: sorted[0] + 1 - sorted[sorted.count - 1], from: sorted[sorted.count - 1])
      for i in 1..<max(sorted.count, 1) where sorted[i] - sorted[i - 1] > widest.gap {
        widest = (sorted[i] - sorted[i - 1], sorted[i - 1])
      }
      let middle = widest.from + 0.5 * widest.gap
      return middle - middle.rounded(.down)
    }
  }

  /// Into the frame in which the seam is at 0 and 1.
  @inline(__always)
  func apply(_ point: UnsafeMutablePointer<Double>) { move(point, sign: -1) }

  func applied(to point: [Double]) -> [Double] {
    var moved = point
    moved.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { apply(start) } }
    return moved
  }

  /// Back into the unit cube.
  @inline(__always)
  func undo(_ point: UnsafeMutablePointer<Double>) { move(point, sign: 1) }

  @inline(__always)
  private func move(_ point: UnsafeMutablePointer<Double>, sign: Double) {
    for i in offsets.indices where offsets[i] != 0 {
      let moved = point[i] + sign * offsets[i]
      point[i] = moved - moved.rounded(.down)
    }
  }

  func encode(to writer: inout WireWriter) { writer.write(offsets) }
  init(from reader: inout WireReader) throws(WireError) { offsets = try reader.read([Double].self) }
}
