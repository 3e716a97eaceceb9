/// Where periodic coordinates begin and end, moved to where there are no points.
enum Seam {
  /// What to add to each coordinate; nothing to those that are not periodic.
  static func shifts(_ points: PointMatrix, periodic: [Bool]) -> [Double] {
    periodic.indices.map { periodic[$0] ? shift(points, column: $0) : 0 }
  }

  /// What to add, modulo one, to bring the middle of the widest gap between the points to zero.
  private static func shift(_ points: PointMatrix, column: Int) -> Double {
    let values = (0..<points.rows).map { points[$0, column] }.sorted()
    guard let first = values.first, let last = values.last else { return 0 }
    var (widest, middle) = (first + 1 - last, (first + 1 + last) / 2)
    for (low, high) in zip(values, values.dropFirst()) where high - low > widest {
      (widest, middle) = (high - low, (low + high) / 2)
    }
    return 1 - middle + (middle >= 1 ? 1 : 0)
  }

  static func turn(_ points: PointMatrix, by shift: [Double]) -> PointMatrix {
    guard shift.contains(where: { $0 != 0 }) else { return points }
    var turned = points
    for row in 0..<points.rows {
      for i in shift.indices where shift[i] != 0 {
        let x = points[row, i] + shift[i]
        turned[row, i] = x >= 1 ? x - 1 : x
      }
    }
    return turned
  }
}
