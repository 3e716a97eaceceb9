/// Where periodic coordinates begin and end, moved to where there are no points, so that no cluster is cut in two.
package struct Seam: Sendable, Equatable {
  /// What is added to each coordinate, modulo one; zero for those that are not periodic. Empty where none is.
  let offsets: [Double]

  package static let none = Seam(offsets: [])

  init(offsets: [Double]) { self.offsets = offsets }

  /// Puts the seam of each periodic coordinate into the middle of the widest gap between the points.
  init(periodic: [Bool], points: PointMatrix) {
    guard periodic.contains(true) else {
      self = .none
      return
    }
    offsets = periodic.indices.map { periodic[$0] ? Self.offset(points, column: $0) : 0 }
  }

  private static func offset(_ points: PointMatrix, column: Int) -> Double {
    let values = (0..<points.rows).map { points[$0, column] }.sorted()
    guard let first = values.first, let last = values.last else { return 0 }
    var (widest, middle) = (first + 1 - last, (first + 1 + last) / 2)
    for (low, high) in zip(values, values.dropFirst()) where high - low > widest {
      (widest, middle) = (high - low, (low + high) / 2)
    }
    return 1 - middle + (middle >= 1 ? 1 : 0)
  }

  func fits(dimension: Int) -> Bool { offsets.isEmpty || offsets.count == dimension }

  /// Into the frame in which the seam is at 0 and 1.
  @inline(__always)
  func turn(_ point: UnsafeMutablePointer<Double>) {
    for i in offsets.indices where offsets[i] != 0 {
      let x = point[i] + offsets[i]
      point[i] = x >= 1 ? x - 1 : x
    }
  }

  /// Back into the cube, and never onto its upper face: the smallest step below zero comes out just below one.
  @inline(__always)
  func turnBack(_ point: UnsafeMutablePointer<Double>) {
    for i in offsets.indices where offsets[i] != 0 {
      let x = point[i] - offsets[i]
      point[i] = x > 0 ? x : min(x + 1, (1.0).nextDown)
    }
  }

  func turned(_ points: PointMatrix) -> PointMatrix { moved(points) { turn($0) } }

  func turnedBack(_ points: PointMatrix) -> PointMatrix { moved(points) { turnBack($0) } }

  func turned(_ point: [Double]) -> [Double] {
    var point = point
    point.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { turn(start) } }
    return point
  }

  private func moved(_ points: PointMatrix, _ move: (UnsafeMutablePointer<Double>) -> Void) -> PointMatrix {
    guard !offsets.isEmpty else { return points }
    var points = points
    let (rows, columns) = (points.rows, points.columns)
    points.withUnsafeMutableValues { values in
      guard let start = values.baseAddress else { return }
      for row in 0..<rows { move(start + row * columns) }
    }
    return points
  }
}

extension Seam: Wire {
  package func encode(to writer: inout WireWriter) { writer.write(offsets) }
  package init(from reader: inout WireReader) throws(WireError) { offsets = try reader.read([Double].self) }
}
