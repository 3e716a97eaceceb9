/// The lines along which values on a grid have a given level, by marching squares.
package enum Contours {
  /// Closed rings around all that is above a level. Outside of the grid there is nothing, so that a ring closes along its rim.
  ///
  /// - Parameters:
  ///   - values: `columns` of them for each row.
  ///   - level: above zero.
  /// - Returns: rings of places in grid steps, the first point of the grid at (0, 0); the inside is even-odd.
  package static func rings(_ values: [Double], columns: Int, level: Double) -> [[Place]] {
    let rows = columns > 0 ? values.count / columns : 0
    guard rows > 0, level > 0 else { return [] }
    // With a rim of zeros, cell (0, 0) has its south-west corner one step outside of the grid.
    let width = columns + 2
    var padded = [Double](repeating: 0, count: width * (rows + 2))
    for row in 0..<rows {
      for column in 0..<columns {
        padded[(row + 1) * width + column + 1] = values[row * columns + column]
      }
    }
    // An edge of the grid has a number: twice that of the point at its lower end, and one more for upward ones.
    // Each cell joins two edges so that what is higher lies to the left.
    var next: [Int: Int] = [:]
    for row in 0...rows {
      for column in 0...columns {
        let corner = row * width + column
        let (a, b) = (padded[corner], padded[corner + 1])
        let (c, d) = (padded[corner + width + 1], padded[corner + width])
        let code = (a >= level ? 1 : 0) + (b >= level ? 2 : 0) + (c >= level ? 4 : 0) + (d >= level ? 8 : 0)
        guard code != 0, code != 15 else { continue }
        let edges = Cell(
          south: 2 * corner, east: 2 * (corner + 1) + 1, north: 2 * (corner + width), west: 2 * corner + 1)
        for (from, to) in edges.segments(code, isJoined: a + b + c + d >= 4 * level) { next[from] = to }
      }
    }
    func crossing(_ number: Int) -> Place {
      let corner = number / 2
      let (column, row) = (corner % width - 1, corner / width - 1)
      let isUpward = number % 2 == 1
      let (a, b) = (padded[corner], padded[corner + (isUpward ? width : 1)])
      // On the rim of the grid the value falls at once.
      let isRim = isUpward ? row < 0 || row + 1 >= rows : column < 0 || column + 1 >= columns
      let share = isRim ? (a < b ? 1.0 : 0) : min(max((level - a) / (b - a), 0), 1)
      return Place(Double(column) + (isUpward ? 0 : share), Double(row) + (isUpward ? share : 0))
    }
    var rings: [[Place]] = []
    for start in next.keys.sorted() where next[start] != nil {
      var ring: [Place] = []
      var at = start
      while let following = next.removeValue(forKey: at) {
        ring.append(crossing(at))
        at = following
      }
      if ring.count > 2 { rings.append(ring) }
    }
    return rings
  }

  /// The level of the values above which a share of the weights lies.
  ///
  /// The weights are those of the samples, not their smooth density: that is a little wider than the samples are.
  package static func level(holding share: Double, of weights: [Double], in values: [Double]) -> Double {
    let order = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    let total = weights.reduce(0, +)
    var sum = 0.0
    for i in order {
      sum += weights[i]
      if sum >= share * total { return values[i] }
    }
    return order.last.map { values[$0] } ?? 0
  }
}

/// A closed ring without the places that lie close to the line between those beside them (Douglas & Peucker 1973).
///
/// - Parameter tolerance: how far the result may be from the ring.
/// - Returns: nil where the whole ring is hardly larger than that.
package func simplified(_ ring: [Place], to tolerance: Double) -> [Place]? {
  guard let first = ring.first else { return nil }
  func squaredDistance(_ a: Place, _ b: Place) -> Double {
    (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)
  }
  // The place farthest from the first cuts the ring in two lines.
  let far = ring.indices.max { squaredDistance(first, ring[$0]) < squaredDistance(first, ring[$1]) } ?? 0
  guard squaredDistance(first, ring[far]) > 16 * tolerance * tolerance else { return nil }
  let closed = ring + [first]
  var isKept = [Bool](repeating: false, count: closed.count)
  for i in [0, far, closed.count - 1] { isKept[i] = true }
  var open = [(0, far), (far, closed.count - 1)]
  while let (start, end) = open.popLast() {
    guard end > start + 1 else { continue }
    let (a, b) = (closed[start], closed[end])
    let length = max(squaredDistance(a, b).squareRoot(), 1e-12)
    var (worst, distance) = (start, 0.0)
    for i in start + 1..<end {
      let across = abs((closed[i].x - a.x) * (b.y - a.y) - (closed[i].y - a.y) * (b.x - a.x)) / length
      if across > distance { (worst, distance) = (i, across) }
    }
    guard distance > tolerance else { continue }
    isKept[worst] = true
    open += [(start, worst), (worst, end)]
  }
  return zip(closed, isKept).dropLast().filter(\.1).map(\.0)
}

/// The edges of one cell of a grid.
private struct Cell {
  let south: Int
  let east: Int
  let north: Int
  let west: Int

  /// The segments that cross it, from the edge at which each enters to that at which it leaves. Bits of the code are the high
  /// corners, from the south-west one counter-clockwise; a saddle's high corners are joined where the middle is high.
  func segments(_ code: Int, isJoined: Bool) -> [(Int, Int)] {
    switch code {
    case 1: [(south, west)]
    case 2: [(east, south)]
    case 3: [(east, west)]
    case 4: [(north, east)]
    case 6: [(north, south)]
    case 7: [(north, west)]
    case 8: [(west, north)]
    case 9: [(south, north)]
    case 11: [(east, north)]
    case 12: [(west, east)]
    case 13: [(south, east)]
    case 14: [(west, south)]
    case 5: isJoined ? [(south, east), (north, west)] : [(south, west), (north, east)]
    case 10: isJoined ? [(west, south), (east, north)] : [(east, south), (west, north)]
    default: []
    }
  }
}
