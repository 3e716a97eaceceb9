import Glibc

/// Peaks of the likelihood away from the others, found by climbing from live points that are far from all others.
///
/// Chains get from one mode to another by jumps between ellipsoids alone. Without an ellipsoid of its own a small mode lives on the children
/// of its own few points, and dies out by chance however much of the evidence is to be found there. With one it is visited as often as its
/// volume asks for, even when none of the live points is there for a while.
struct Outposts: Sendable, Equatable {
  struct Outpost: Sendable, Equatable {
    /// The ellipsoid of one standard deviation around the peak, in the cube.
    let shape: Ellipsoid
    let logL: Double
    /// Coordinates that go on beyond the ends of the cube.
    let periodic: [Bool]

    /// The squared distance of a point in standard deviations, the short way round.
    func squaredDistance(_ point: UnsafeBufferPointer<Double>) -> Double {
      guard periodic.contains(true) else { return shape.squaredDistance(point) }
      let image = point.indices.map { i in
        periodic[i] ? point[i] - (point[i] - shape.centre[i]).rounded() : point[i]
      }
      return image.withUnsafeBufferPointer { shape.squaredDistance($0) }
    }

    /// Whether a point lies in the ellipsoid above a contour, made so many times larger in its squared size.
    func holds(_ point: UnsafeBufferPointer<Double>, above contour: Double, times larger: Double = 1) -> Bool
    {
      logL > contour && squaredDistance(point) <= larger * pow(radius(above: contour), 2)
    }

    /// Of the ellipsoid above a contour, in standard deviations.
    private func radius(above contour: Double) -> Double {
      Outposts.margin * (2 * (logL - contour)).squareRoot()
    }

    /// ln of the evidence that a normal of this height and these widths has, halved for each side that is cut off by a wall.
    var logZ: Double {
      let d = Double(shape.dimension)
      let walls = (0..<shape.dimension).reduce(0) { sum, column in
        sum + [-1.0, 1].count { side in !isInCube(column, side) }
      }
      return -log(2) * Double(walls) + logL + 0.5 * d * log(2 * Double.pi) + shape.logVolume
        - Ellipsoid.logBallVolume(dimension: shape.dimension)
    }

    /// Whether a place one standard deviation away along a column is in the cube.
    private func isInCube(_ column: Int, _ side: Double) -> Bool {
      let d = shape.dimension
      return (0..<d).allSatisfy { i in
        let place = shape.centre[i] + side * shape.factor[i * d + column]
        return periodic[i] || place > 0 && place < 1
      }
    }

    /// Around what lies above a contour.
    func ellipsoid(above contour: Double) -> Ellipsoid? {
      logL > contour ? shape.scaled(by: radius(above: contour)) : nil
    }
  }

  /// By how much ellipsoids are wider than the widths at the peak say.
  private static let margin = 1.2
  /// Climbs may take this part of all calls, after the first.
  private static let most = 0.03
  /// A peak nearer to another than this, in its own standard deviations, is the same.
  private static let same = 1.0
  /// What was left behind is to hold this part of the evidence.
  private static let worthAClimb = 0.01
  /// After as many climbs in a row that came to no new peak there is none to be expected.
  private static let mostFruitless = 6

  private let periodic: [Bool]
  /// What a call of a climb counts beside others.
  private let price: Double
  private(set) var known: [Outpost] = []
  /// The rows of points from which climbs have started.
  private var examined: Set<Int> = []
  private(set) var climbCalls = 0
  /// Climbs in a row that came to no new peak.
  private var fruitless = 0
  private var calls = 0

  /// - Parameter batch: how many points of the problem are evaluated at once. Where that is many a climb, which takes one at a time, is dear:
  ///   each of its calls counts for the root of it.
  init(periodic: [Bool], batch: Int = 1) {
    self.periodic = periodic
    price = Double(max(batch, 1)).squareRoot()
  }

  /// Whether climbs have not yet taken their part of all calls.
  var mayClimb: Bool { climbCalls == 0 || price * Double(climbCalls) < Self.most * Double(calls) }

  /// Whether it is worth while to climb from points that were left behind, which there are on any slope.
  var mayLookBack: Bool { mayClimb && fruitless < Self.mostFruitless }

  /// The next point to climb from; nil where none is worth it.
  ///
  /// - Parameters:
  ///   - strays: rows of the record, the most likely first.
  ///   - cube: the points of the record.
  ///   - contour: the threshold.
  mutating func start(among strays: [Int], of cube: PointMatrix, above contour: Double) -> Int? {
    guard mayClimb else { return nil }
    let row = strays.first { row in
      guard !examined.contains(row) else { return false }
      return cube.withRow(row) { point in !known.contains { $0.holds(point, above: contour, times: 2) } }
    }
    if let row { examined.insert(row) }
    return row
  }

  mutating func note(calls more: Int) { calls += more }

  /// Notes what came of a climb.
  ///
  /// - Parameters:
  ///   - contour: the threshold now. What began below it was left behind.
  ///   - logZ: of the evidence as far as it is known. A slope left behind must lead to a part of it: along a ridge each leads to a top of
  ///     its own.
  mutating func note(_ peak: Climb.Peak, contour: Double = -.infinity, logZ: Double = -.infinity) {
    climbCalls += peak.calls
    fruitless += 1
    let d = peak.place.count
    guard peak.factor.count == d * d, peak.logL.isFinite,
      let shape = Ellipsoid(centre: peak.place, factor: peak.factor)
    else { return }
    let isKnown = known.contains { other in
      peak.place.withUnsafeBufferPointer { other.squaredDistance($0) } < Self.same * Double(d)
    }
    let found = Outpost(shape: shape, logL: peak.logL, periodic: periodic)
    guard !isKnown, peak.first >= contour || found.logZ > logZ + log(Self.worthAClimb) else { return }
    known.append(found)
    fruitless = 0
  }

  /// What is known, for a run whose rows are numbered anew.
  func begunAnew() -> Outposts {
    var next = self
    next.examined = []
    return next
  }

  /// The rows of points that belong to peaks with only a few of them. They are to have no part in the shape of the others' ellipsoids;
  /// more of them make ellipsoids of their own.
  ///
  /// - Parameter few: as many are too many.
  func members(of points: PointMatrix, above contour: Double, few: Int) -> Set<Int> {
    var members: Set<Int> = []
    for outpost in known where outpost.logL > contour {
      let own = (0..<points.rows).filter { row in
        points.withRow(row) { outpost.holds($0, above: contour) }
      }
      if own.count < few { members.formUnion(own) }
    }
    // There must be something to fit to.
    return points.rows - members.count < max(few, points.rows / 2) ? [] : members
  }

  /// The ellipsoids of peaks that others leave out, or hide in one of many times their volume.
  ///
  /// - Parameter turn: takes a place in the cube to where the others are.
  func ellipsoids(
    above contour: Double, beside others: [Ellipsoid], turn: ([Double]) -> [Double] = { $0 }
  ) -> [Ellipsoid] {
    let most = logSumExp(others.map(\.logVolume)) - log(2.0)
    return known.compactMap { outpost in
      guard let ellipsoid = outpost.ellipsoid(above: contour), ellipsoid.logVolume < most,
        let own = Ellipsoid(centre: turn(ellipsoid.centre), factor: ellipsoid.factor)
      else { return nil }
      let isCovered = others.contains { other in
        own.centre.withUnsafeBufferPointer { other.contains($0) }
          && other.logVolume < own.logVolume + Self.hidden
      }
      return isCovered ? nil : own
    }
  }

  /// ln of how many times larger an ellipsoid must be to hide a peak.
  private static let hidden = 2.3
}

// MARK: - Modes that are lost all the same

extension Outposts {
  /// A lost mode with less of the evidence than this is not worth a word.
  private static let worthAWord = 0.05
  /// Whether a mode is lost if the result has less than this part of what it should hold.
  private static let lost = 0.25

  /// That a mode which was seen has no part in the result, and what it may hold.
  ///
  /// - Parameters:
  ///   - logZ: as the result has it.
  ///   - cube: the points of the result.
  ///   - weights: of these points, with their rows; they sum to one.
  func lostModeFinding(
    logZ: Double, of cube: PointMatrix, weights: @autoclosure () -> [(row: Int, weight: Double)]
  ) -> Finding? {
    let d = Double(cube.columns)
    // As far out as all but a few of a normal's points are, three times over for other shapes.
    let reach = 3 * (d + 3 * (2 * d).squareRoot())
    let candidates = known.map { outpost in
      (outpost, share: 1 / (1 + exp(logZ - outpost.logZ)))
    }.filter { $0.share > Self.worthAWord }
    guard !candidates.isEmpty else { return nil }
    let weights = weights()
    let missing = candidates.filter { outpost, share in
      let found = weights.reduce(0.0) { sum, point in
        cube.withRow(point.row) { outpost.squaredDistance($0) } < reach ? sum + point.weight : sum
      }
      return found < Self.lost * share
    }
    guard let (outpost, share) = missing.max(by: { $0.share < $1.share }) else { return nil }
    return Finding(
      code: "mode-died", severity: .warning,
      numbers: [.init(name: "log_l", value: outpost.logL), .init(name: "share", value: share)]
        + outpost.shape.centre.enumerated().map { .init(name: "u\($0 + 1)", value: $1) },
      remedies: [.live], savedWords: nil)
  }
}

extension Outposts: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(periodic.map { $0 ? UInt8(1) : 0 })
    writer.write(price)
    writer.write(known.map(\.shape))
    writer.write(known.map(\.logL))
    writer.write(examined.sorted())
    writer.write([climbCalls, calls, fruitless])
  }

  init(from reader: inout WireReader) throws(WireError) {
    let periodic = try reader.read([UInt8].self).map { $0 != 0 }
    self.periodic = periodic
    price = try reader.read()
    let shapes = try reader.read([Ellipsoid].self)
    let heights = try reader.read([Double].self)
    examined = Set(try reader.read([Int].self))
    let counts = try reader.read([Int].self)
    guard shapes.count == heights.count, counts.count == 3,
      shapes.allSatisfy({ $0.dimension == periodic.count })
    else { throw WireError("outposts are cut short") }
    known = zip(shapes, heights).map { Outpost(shape: $0, logL: $1, periodic: periodic) }
    (climbCalls, calls, fruitless) = (counts[0], counts[1], counts[2])
  }
}
