import Glibc

/// An ellipsoid that holds points, with the mirrors that make it the smallest.
struct Hull: Enclosure, Sendable {
  let ellipsoid: Ellipsoid
  let mirrors: Mirrors

  /// ln of the volume; images are one place.
  var logVolume: Double { ellipsoid.logVolume - Double(mirrors.count) * Self.logTwo }

  static let logTwo = 0.6931471805599453

  init(_ ellipsoid: Ellipsoid, _ mirrors: Mirrors = .none) {
    self.ellipsoid = ellipsoid
    self.mirrors = mirrors
  }

  /// nil where the points are not finite.
  init?(around points: PointMatrix, boundaries: [Parameter.Boundary]) {
    guard let plain = Ellipsoid(around: points) else { return nil }
    self.init(plain)
    let mirrors = Mirrors(for: points, shape: plain, boundaries: boundaries)
    guard !mirrors.isNone, let opened = Ellipsoid(around: points, mirrors: mirrors) else { return }
    let hull = Hull(opened, mirrors)
    if hull.logVolume < logVolume { self = hull }
  }
}

extension Mirrors {
  /// The mean distance from the end, in standard deviations, up to which points count as piled up there: 1 for an exponential, 1.32
  /// for half of a normal, 1.54 and 1.6 for the part of a ball and of a disc between walls; 1.73 for what is even over the whole range.
  private static let pile = 1.6
  /// The same for a coordinate whose walks the user wants mirrored.
  private static let reflectivePile = 2.0
  /// How much of a coordinate's variance may follow from the others', if it is to stand alone. It is just under a half in a corner
  /// that a plane cuts off, the steepest of sets that need no more than this; a ridge has more.
  private static let mostExplained = 0.65

  /// Mirrors where the points pile up at an end of the cube.
  ///
  /// - Parameter shape: the points' ellipsoid without mirrors.
  init(for points: PointMatrix, shape: Ellipsoid, boundaries: [Parameter.Boundary]) {
    let (n, d) = (points.rows, points.columns)
    var (low, high): ([Int], [Int]) = ([], [])
    // As the ellipsoid is scaled to hold the points, so are its deviations.
    let deviations = Self.deviations(points, around: shape.centre)
    for i in 0..<d where boundaries[i] != .periodic {
      let isLow = shape.centre[i] < 0.5
      let distance = isLow ? shape.centre[i] : 1 - shape.centre[i]
      let isReflective = boundaries[i] == .reflective
      guard distance < (isReflective ? Self.reflectivePile : Self.pile) * deviations[i],
        isReflective || Self.thinsOut(points, column: i, from: isLow ? 0 : 1),
        Self.explained(i, by: shape, rows: n) < Self.mostExplained
      else { continue }
      if isLow { low.append(i) } else { high.append(i) }
    }
    self.init(dimension: d, low: low, high: high)
  }

  private static func deviations(_ points: PointMatrix, around centre: [Double]) -> [Double] {
    var squares = centre.map { _ in 0.0 }
    for row in 0..<points.rows {
      for i in centre.indices {
        let gap = points[row, i] - centre[i]
        squares[i] += gap * gap
      }
    }
    return squares.map { ($0 / Double(max(points.rows - 1, 1))).squareRoot() }
  }

  /// Whether the points become fewer from an end of the range on: each quarter of them is wider than the one before, with some room
  /// for chance.
  private static func thinsOut(_ points: PointMatrix, column: Int, from end: Double) -> Bool {
    let n = points.rows
    guard n >= 20 else { return false }
    let distances = (0..<n).map { abs(points[$0, column] - end) }.sorted()
    let (first, second, third) = (distances[n / 4], distances[n / 2], distances[3 * n / 4])
    let room = 1 + 3 / Double(n).squareRoot()
    return first < (second - first) * room && second - first < (third - second) * room
  }

  /// Which part of a coordinate's variance follows from the others' by a linear law; less what chance gives.
  private static func explained(_ i: Int, by shape: Ellipsoid, rows: Int) -> Double {
    let d = shape.dimension
    var (variance, precision) = (0.0, 0.0)
    for k in 0...i { variance += shape.factor[i * d + k] * shape.factor[i * d + k] }
    for k in i..<d { precision += shape.inverse[k * d + i] * shape.inverse[k * d + i] }
    let left = 1 / (variance * precision)
    return 1 - left * Double(max(rows - 1, 1)) / Double(max(rows - d, 1))
  }
}

extension Ellipsoid {
  /// The ellipsoid around points and their images in the mirrors, with the shape of the covariance of all of these.
  init?(around points: PointMatrix, mirrors: Mirrors) {
    let d = points.columns
    var (centre, covariance) = LinearAlgebra.meanAndCovariance(points)
    for i in 0..<d where mirrors.opens(i) {
      let gap = centre[i] - mirrors.place(i)
      covariance[i * d + i] += gap * gap
      centre[i] = mirrors.place(i)
      for j in 0..<d where j != i {
        covariance[i * d + j] = 0
        covariance[j * d + i] = 0
      }
    }
    self.init(around: points, centre: centre, covariance: covariance)
  }
}
