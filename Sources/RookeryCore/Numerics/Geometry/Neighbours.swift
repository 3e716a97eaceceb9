/// Points and those near them, by balls or cubes of one size.
enum Neighbours {
  @inline(__always)
  static func distance(
    _ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>, isCubic: Bool
  ) -> Double {
    var (square, largest) = (0.0, 0.0)
    for i in a.indices {
      let gap = abs(a[i] - b[i])
      square += gap * gap
      largest = max(largest, gap)
    }
    return isCubic ? largest : square.squareRoot()
  }

  static func whiten(_ points: PointMatrix, by metric: Ellipsoid) -> PointMatrix {
    var whitened = points
    whitened.withUnsafeMutableValues { all in
      for row in 0..<points.rows {
        let place = UnsafeMutableBufferPointer(
          rebasing: all[row * points.columns..<(row + 1) * points.columns])
        points.withRow(row) { metric.place($0, into: place) }
      }
    }
    return whitened
  }

  /// The largest of all points' distances to the nearest other; with points left out, of theirs to the nearest one kept.
  static func largestNearestDistance(
    _ points: PointMatrix, keeping kept: [Bool]? = nil, isCubic: Bool
  ) -> Double {
    var largest = 0.0
    for a in 0..<points.rows where kept?[a] != true {
      var nearest = Double.infinity
      points.withRow(a) { place in
        for b in 0..<points.rows where kept.map({ $0[b] }) ?? (b != a) {
          nearest = min(nearest, points.withRow(b) { distance(place, $0, isCubic: isCubic) })
        }
      }
      if nearest.isFinite { largest = max(largest, nearest) }
    }
    return largest
  }

  /// Numbers the groups of points that steps of at most `reach` hold together.
  static func clusters(_ points: PointMatrix, reach: Double, isCubic: Bool) -> [Int] {
    var labels = [Int](repeating: -1, count: points.rows)
    var count = 0
    for first in labels.indices where labels[first] < 0 {
      labels[first] = count
      var open = [first]
      while let a = open.popLast() {
        points.withRow(a) { place in
          for b in labels.indices where labels[b] < 0 {
            guard points.withRow(b, { distance(place, $0, isCubic: isCubic) }) <= reach else { continue }
            labels[b] = count
            open.append(b)
          }
        }
      }
      count += 1
    }
    return labels
  }

  /// The points less the middle of their group, all around the middle of all.
  static func centred(_ points: PointMatrix, _ labels: [Int]) -> PointMatrix {
    let d = points.columns
    let groups = (labels.max() ?? 0) + 1
    var sums = [Double](repeating: 0, count: groups * d)
    var counts = [Double](repeating: 0, count: groups)
    for row in labels.indices {
      counts[labels[row]] += 1
      for i in 0..<d { sums[labels[row] * d + i] += points[row, i] }
    }
    var centred = points
    for row in labels.indices {
      for i in 0..<d { centred[row, i] += 0.5 - sums[labels[row] * d + i] / counts[labels[row]] }
    }
    return centred
  }
}
