import Glibc

/// Points far from all others: perhaps of a mode that has only a few of the live points.
///
/// Too few for a split to pay, they share the one ellipsoid of everything, which then is mostly empty.
enum StrayPoints {
  /// A point is a stray beyond this part of the squared radius that points even in an ellipsoid reach, d + 2 in units of their variance.
  private static let far = 2.0
  /// Of all points no more than this can be strays.
  private static let most = 0.1

  /// An ellipsoid is mostly empty if it has so many times fewer points for its volume than others.
  private static let empty = 50.0

  /// The rows of those far outside the ellipsoid of the others, which is found by leaving them out again and again.
  ///
  /// - Parameter points: with periodic coordinates turned.
  static func find(_ points: PointMatrix) -> [Int] {
    let (n, d) = (points.rows, points.columns)
    guard n >= 10 * (d + 1) else { return [] }
    var strays: [Int] = []
    for _ in 0..<5 {
      guard let shape = Ellipsoid.metric(of: strays.isEmpty ? points : rest(points, without: strays)) else {
        return []
      }
      let found = (0..<n).filter { row in
        points.withRow(row) { shape.squaredDistance($0) } > far * Double(d + 2)
      }
      guard Double(found.count) <= most * Double(n) else { return [] }
      if found == strays { break }
      strays = found
    }
    return strays
  }

  /// The rows of those in ellipsoids that are mostly empty: with far fewer points for their volume than those that hold half of all.
  static func inEmptyEllipsoids(_ points: PointMatrix, of ellipsoids: [Ellipsoid]) -> [Int] {
    guard ellipsoids.count > 1 else { return [] }
    let bySize = ellipsoids.indices.sorted { ellipsoids[$0].logVolume < ellipsoids[$1].logVolume }
    var members = ellipsoids.map { _ in [Int]() }
    for row in 0..<points.rows {
      let own = points.withRow(row) { point in bySize.first { ellipsoids[$0].squaredDistance(point) <= 1 } }
      if let own { members[own].append(row) }
    }
    let densities = ellipsoids.indices.map { log(Double(members[$0].count)) - ellipsoids[$0].logVolume }
    var held = 0
    let usual = ellipsoids.indices.sorted { densities[$0] > densities[$1] }.first { index in
      held += members[index].count
      return 2 * held >= points.rows
    }
    guard let usual else { return [] }
    return ellipsoids.indices.filter { densities[$0] < densities[usual] - log(empty) }.flatMap { members[$0] }
  }

  static func rest(_ points: PointMatrix, without rows: [Int]) -> PointMatrix {
    let left = Set(rows)
    return points.rows(at: (0..<points.rows).filter { !left.contains($0) })
  }
}
