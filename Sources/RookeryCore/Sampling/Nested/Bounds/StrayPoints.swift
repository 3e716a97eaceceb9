import Glibc

/// Small groups of points far from all others: modes with a few of the live points.
///
/// Too few for a split to pay, they would share the one ellipsoid of everything, which then is mostly empty. Chains get from one mode to
/// another by jumps between ellipsoids alone. Without an ellipsoid of its own a small mode lives on the children of its own few points,
/// and dies out by chance however much of the evidence is to be found there.
struct StrayPoints {
  /// The rows of each group.
  let groups: [[Int]]

  /// A point is a stray beyond this part of the squared radius that points even in an ellipsoid reach, d + 2 in units of their variance.
  private static let far = 2.0
  /// Of all points no more than this can be strays.
  private static let most = 0.1
  /// A group keeps so many times the distance between its neighbours from the others.
  private static let apart = 2.0

  /// - Parameter points: with periodic coordinates turned.
  init(_ points: PointMatrix) {
    let strays = Self.find(points)
    guard let metric = strays.isEmpty ? nil : Ellipsoid.metric(of: Self.rest(points, without: strays)) else {
      groups = []
      return
    }
    let whitened = FriendsBound.whiten(points, by: metric)
    let isStray = Set(strays)
    let others = whitened.rows(at: (0..<points.rows).filter { !isStray.contains($0) })
    let places = whitened.rows(at: strays)
    // Groups of strays by what sets them apart from the others, the nearest of which is how far away?
    let gaps = (0..<places.rows).map { Self.nearest(to: places, $0, among: others) }
    let reach = (gaps.min() ?? 0) / Self.apart
    let labels = FriendsBound.clusters(places, reach: reach, isCubic: false)
    groups = Dictionary(grouping: strays.indices, by: { labels[$0] }).sorted { $0.key < $1.key }
      .map { $0.value.map { strays[$0] } }.filter { $0.count > 1 }
  }

  /// Takes the groups out of the points that a bound is fitted to.
  static func takeOut(of points: inout PointMatrix, _ boundaries: [Parameter.Boundary]) -> [PointMatrix] {
    let all = points
    let found = StrayPoints(EllipsoidBound.turn(all, by: EllipsoidBound.shifts(all, boundaries))).groups
    if !found.isEmpty { points = rest(all, without: found.flatMap { $0 }) }
    return found.map { all.rows(at: $0) }
  }

  /// Adds an ellipsoid for each of the groups to the bound around the others.
  static func add(_ groups: [PointMatrix], to bound: inout EllipsoidBound, beside others: PointMatrix) {
    guard !groups.isEmpty else { return }
    let turned = groups.map { EllipsoidBound.turn($0, by: bound.shift) }
    bound.add(ellipsoids(around: turned, beside: EllipsoidBound.turn(others, by: bound.shift)))
  }

  /// Ellipsoids around the groups.
  ///
  /// A group of few points says little of its own shape. It gets that of the others, in the size that fits its part of the points.
  static func ellipsoids(around groups: [PointMatrix], beside others: PointMatrix) -> [Ellipsoid] {
    guard let metric = Ellipsoid.metric(of: others) else { return [] }
    let d = others.columns
    return groups.compactMap { group in
      if group.rows >= 6 * d { return Ellipsoid(around: group) }
      let centre = LinearAlgebra.meanAndCovariance(group).mean
      guard let shape = Ellipsoid(centre: centre, factor: metric.factor) else { return nil }
      var farthest = 0.0
      for row in 0..<group.rows { group.withRow(row) { farthest = max(farthest, shape.squaredDistance($0)) } }
      let even = Double(d + 2).squareRoot() * pow(Double(group.rows) / Double(others.rows), 1 / Double(d))
      return shape.scaled(by: max(even, 1.2 * farthest.squareRoot()))
    }
  }

  static func rest(_ points: PointMatrix, without rows: [Int]) -> PointMatrix {
    let left = Set(rows)
    return points.rows(at: (0..<points.rows).filter { !left.contains($0) })
  }

  /// Those far outside the ellipsoid of the others, which is found by leaving them out again and again.
  private static func find(_ points: PointMatrix) -> [Int] {
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

  private static func nearest(to places: PointMatrix, _ row: Int, among others: PointMatrix) -> Double {
    places.withRow(row) { place in
      var nearest = Double.infinity
      for other in 0..<others.rows {
        others.withRow(other) { point in
          var square = 0.0
          for i in place.indices { square += (place[i] - point[i]) * (place[i] - point[i]) }
          nearest = min(nearest, square)
        }
      }
      return nearest.squareRoot()
    }
  }
}
