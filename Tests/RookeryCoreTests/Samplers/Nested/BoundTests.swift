import RookeryCore
import Testing

@Suite struct BoundTests {
  private func stream(_ index: UInt64) -> RandomStream {
    RandomStream(seed: 1, purpose: .init(rawValue: 9), index: index)
  }

  /// Points uniform in balls around the given centres.
  private func balls(_ centers: [[Double]], radius: Double, count: Int) -> PointMatrix {
    var random = stream(1)
    var points = PointMatrix(columns: centers[0].count)
    var direction = [Double](repeating: 0, count: centers[0].count)
    for i in 0..<count {
      direction.withUnsafeMutableBufferPointer { random.direction(into: $0) }
      let length = radius * random.uniform().squareRoot()
      points.append(zip(centers[i % centers.count], direction).map { $0 + length * $1 })
    }
    return points
  }

  @Test func holdsAllPointsAndSplitsWhereItPays() {
    let points = balls([[0.2, 0.2], [0.8, 0.7]], radius: 0.05, count: 200)
    let bound = EllipsoidBound(around: points, boundaries: [.open, .open], bootstraps: 5, key: (1, 1))
    #expect(bound.ellipsoids.count == 2)
    for row in 0..<points.rows { points.withRow(row) { #expect(bound.distance($0) <= 1) } }
  }

  /// Points that are left out show how much wider a bound must be: most of all around few points.
  @Test func leftOutPointsWidenABound() {
    func widening(_ count: Int) -> Double {
      let points = balls([[0.5, 0.5]], radius: 0.2, count: count)
      func logVolume(_ bootstraps: Int) -> Double {
        EllipsoidBound(around: points, boundaries: [.open, .open], bootstraps: bootstraps, key: (1, 1))
          .logVolume
      }
      return logVolume(20) - logVolume(0)
    }
    let (few, many) = (widening(25), widening(1600))
    #expect(few > 0.1 && few < 2 && many > 0 && many < 0.25 * few)
  }

  /// One set in one piece is not split for chance, and one that must be single never.
  @Test func chanceDoesNotSplit() {
    let one = balls([[0.5, 0.5]], radius: 0.2, count: 300)
    let two = balls([[0.2, 0.2], [0.8, 0.7]], radius: 0.05, count: 200)
    func count(_ points: PointMatrix, isSingle: Bool = false) -> Int {
      EllipsoidBound(
        around: points, boundaries: [.open, .open], bootstraps: 0, isSingle: isSingle, key: (1, 1)
      ).ellipsoids.count
    }
    #expect(count(one) == 1 && count(two) == 2 && count(two, isSingle: true) == 1)
  }

  @Test func drawsAreUniformWhereEllipsoidsOverlap() {
    let whole = balls([[0.5, 0.5]], radius: 0.2, count: 400)
    guard let one = Ellipsoid(around: whole) else {
      Issue.record("no ellipsoid")
      return
    }
    // Twice the same ellipsoid must give the same density as once.
    let twice = EllipsoidBound(ellipsoids: [one, one])
    var random = stream(2)
    var x = [0.0, 0.0]
    var (drawn, left) = (0, 0)
    for _ in 0..<20_000 {
      let isIn = x.withUnsafeMutableBufferPointer { twice.draw(&random, into: $0) }
      guard isIn else { continue }
      drawn += 1
      if x[0] < one.centre[0] { left += 1 }
    }
    #expect(abs(Double(drawn) / 20_000 - 0.5) < 0.02)
    #expect(abs(Double(left) / Double(drawn) - 0.5) < 0.02)
  }

  @Test func periodicCoordinateIsCutAtItsWidestGap() {
    var points = PointMatrix(columns: 2)
    var random = stream(3)
    for _ in 0..<200 {
      let x = 0.1 * (random.uniform() - 0.5)
      points.append([x < 0 ? x + 1 : x, 0.4 + 0.1 * random.uniform()])
    }
    let bound = EllipsoidBound(around: points, boundaries: [.periodic, .open], bootstraps: 0, key: (1, 1))
    #expect(bound.ellipsoids.count == 1)
    #expect(bound.logVolume < -3)
  }

  @Test func degeneratePointsStillGiveABound() {
    var points = PointMatrix(columns: 3)
    for _ in 0..<50 { points.append([0.5, 0.5, 0.5]) }
    let bound = EllipsoidBound(around: points, boundaries: [.open, .open, .open], bootstraps: 3, key: (1, 1))
    #expect(bound.ellipsoids.count == 1)
    points.withRow(0) { #expect(bound.distance($0) <= 1) }
  }

  @Test func chordIsTheUnionsPartOfALine() {
    let points = balls([[0.2, 0.5], [0.8, 0.5]], radius: 0.1, count: 400)
    let bound = EllipsoidBound(around: points, boundaries: [.open, .open], bootstraps: 0, key: (1, 1))
    var x = [0.2, 0.5]
    var direction = [1.0, 0.0]
    let chord = x.withUnsafeMutableBufferPointer { x in
      direction.withUnsafeMutableBufferPointer { Chord(through: x, along: $0, within: bound.ellipsoids) }
    }
    #expect(chord.intervals.count == 2)
    #expect(abs(chord.length - 0.4) < 0.05)
    #expect(chord.measure(at: 0.3) == nil)
    for t in [-0.05, 0, 0.55, 0.62] {
      guard let measure = chord.measure(at: t) else {
        Issue.record("\(t) is off the chord")
        continue
      }
      #expect(abs(chord.place(at: measure) - t) < 1e-12)
    }
  }
}
