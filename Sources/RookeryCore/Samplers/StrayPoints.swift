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
      let own = points.withRow(row) { point in bySize.first { ellipsoids[$0].contains(point) } }
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

  /// The known regions must have become as small as this part of the prior before one looks back at what lies outside them.
  private static let small = 1e-3

  /// Rows of those outside all ellipsoids with a far higher likelihood than others as far from them: on a slope that leads elsewhere.
  ///
  /// Points in order of their distance have on a slope to a known peak a likelihood near the median of those next to them.
  ///
  /// - Parameters:
  ///   - points: the first of the record, with periodic coordinates turned.
  ///   - logL: at all points of the record.
  static func leftBehind(_ points: PointMatrix, _ logL: [Double], by ellipsoids: [Ellipsoid]) -> [Int] {
    guard logSumExp(ellipsoids.map(\.logVolume)) < log(small) else { return [] }
    let distances = (0..<points.rows).map { row in
      points.withRow(row) { point in
        ellipsoids.reduce(Double.infinity) { min($0, $1.squaredDistance(point)) }
      }
    }
    let order = distances.indices.filter { distances[$0] > 1 && logL[$0].isFinite }.sorted {
      (distances[$0], $0) < (distances[$1], $1)
    }
    guard order.count >= 2 * neighbours else { return [] }
    var excess: [(row: Int, excess: Double)] = []
    // A quarter of a window on, those next to a point are nearly the same.
    var (first, median, quarter) = (-neighbours, 0.0, 0.0)
    for (at, row) in order.enumerated() {
      let start = min(max(at - neighbours / 2, 0), order.count - neighbours)
      if start >= first + neighbours / 4 {
        first = start
        let values = order[first..<first + neighbours].map { logL[$0] }.sorted()
        (median, quarter) = (values[neighbours / 2], values[neighbours / 2] - values[neighbours / 4])
      }
      let own = logL[row] - median
      if own > aboveOthers * quarter { excess.append((row, own / quarter)) }
    }
    return excess.sorted { ($0.excess, $1.row) > ($1.excess, $0.row) }.map(\.row)
  }

  private static let neighbours = 50
  /// As many times higher above the median than a quarter of the neighbours are below it, or more.
  private static let aboveOthers = 4.0

  static func rest(_ points: PointMatrix, without rows: [Int]) -> PointMatrix {
    let left = Set(rows)
    return points.rows(at: (0..<points.rows).filter { !left.contains($0) })
  }
}
