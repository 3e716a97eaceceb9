import Glibc
import Testing

@testable import RookeryCore

@Suite struct SplittingTests {
  private func stream(_ index: UInt64) -> RandomStream {
    RandomStream(seed: 11, purpose: .init(rawValue: 7), index: index)
  }

  /// Halves points by their number, and tells of each part what it is told.
  private struct InTheMiddle: Halving {
    func halves(of points: PointMatrix, minimum: Int) -> (first: [Int], second: [Int])? {
      (Array(0..<points.rows / 2), Array(points.rows / 2..<points.rows))
    }
  }

  private struct Size: Enclosure { let logVolume: Double }

  /// Points on a line, and a splitting in which a part has the volume that belongs to its number of points.
  private func line(
    _ count: Int, volumes: [Int: Double], minimum: Int = 1
  ) throws -> (Splitting<InTheMiddle, Size>, Splitting<InTheMiddle, Size>.Part) {
    let splitting = Splitting(halving: InTheMiddle(), minimum: minimum) { points in
      volumes[points.rows].map { Size(logVolume: log($0)) }
    }
    let points = PointMatrix(columns: 1, values: (0..<count).map(Double.init))
    return (splitting, try #require(splitting.whole(points)))
  }

  /// Two halves as large as the whole pay nothing, but their own halves may.
  @Test func whatDoesNotPayForTwoMayPayForFour() throws {
    var (splitting, whole) = try line(64, volumes: [64: 1, 32: 0.5, 16: 0.1, 8: 0.1])
    let parts = splitting.parts(of: whole, paying: 1)
    #expect(parts.map(\.rows) == (0..<4).map { Array(16 * $0..<16 * ($0 + 1)) })
    #expect(parts.allSatisfy { $0.points.values == $0.rows.map(Double.init) })
    (splitting, whole) = try line(64, volumes: [64: 1, 32: 0.5, 16: 0.24, 8: 0.12])
    // Four save 0.04 in ln volume, and 2 ln(32) / 32 = 0.22 is asked of the first two; but not of a caution that asks for less.
    #expect(splitting.parts(of: whole, paying: 1).count == 1)
    #expect(splitting.parts(of: whole, paying: 0.05).count == 4)
  }

  @Test func theLargestIsSplitUntilTheTarget() throws {
    var (splitting, whole) = try line(64, volumes: [64: 1, 32: 0.4, 16: 0.1, 8: 0.01])
    // From 1 to 0.8, to 0.6, to 0.4.
    for (target, count) in [(1.1, 1), (0.9, 2), (0.7, 3), (0.5, 4)] {
      let parts = splitting.parts(of: whole, downTo: log(target))
      #expect(parts.count == count && parts.flatMap(\.rows).sorted() == Array(0..<64))
    }
    // Halves that are not smaller are not taken, whatever the target; nor those of too few points, or without a shape.
    (splitting, whole) = try line(64, volumes: [64: 1, 32: 0.49])
    #expect(splitting.parts(of: whole, downTo: -.infinity).count == 1)
    (splitting, whole) = try line(64, volumes: [64: 1, 32: 0.1, 16: 0.01], minimum: 17)
    #expect(splitting.parts(of: whole, downTo: -.infinity).count == 2)
    (splitting, whole) = try line(64, volumes: [64: 1, 32: 0.1])
    #expect(splitting.parts(of: whole, downTo: -.infinity).count == 2)
  }

  /// Rows of two clusters, in turn, of which the second has a third.
  private func clusters() -> PointMatrix {
    var random = stream(3)
    var points = PointMatrix(columns: 2)
    for i in 0..<120 {
      let centre = i % 3 == 0 ? [0.7, 0.6] : [0.3, 0.2]
      points.append(centre.map { $0 + 0.02 * random.normal() })
    }
    return points
  }

  @Test func bothWaysFindTwoClusters() throws {
    let points = clusters()
    let second = Array(stride(from: 0, to: 120, by: 3))
    let means = try #require(TwoMeans().halves(of: points, minimum: 10))
    #expect(means.first == means.first.sorted() && means.second == means.second.sorted())
    #expect([means.first, means.second].contains(second))
    var mixture = MixtureOfTwo(stream: stream(4), halt: .never)
    let halves = mixture.halves(of: points, minimum: 10)
    let found = try #require(halves)
    #expect([found.first.sorted(), found.second.sorted()].contains(second))
    #expect((found.first + found.second).sorted() == Array(0..<120))
  }

  /// Means are refused where a half is too small; a mixture gives it those next to it.
  @Test func halvesHaveTheFewestPointsThatAreAskedFor() throws {
    let points = clusters()
    var means = Splitting(halving: TwoMeans(), minimum: 50) { Ellipsoid(around: $0) }
    #expect(means.parts(of: try #require(means.whole(points)), paying: 1).count == 1)
    var mixture = MixtureOfTwo(stream: stream(4), halt: .never)
    let halves = mixture.halves(of: points, minimum: 50)
    let found = try #require(halves)
    #expect(min(found.first.count, found.second.count) == 50)
  }

  @Test func modesAreToldApart() {
    var random = stream(2)
    var points = PointMatrix(columns: 2)
    for i in 0..<240 {
      let centre = [[0.2, 0.2], [0.8, 0.3], [0.5, 0.8]][i % 3]
      points.append(centre.map { $0 + 0.03 * random.normal() })
    }
    var splitting = Splitting(enlargement: 1.1, minimum: 10, stream: random, unless: .never)
    let modes = splitting.modes(of: points)
    #expect(modes.count == 3)
    #expect(modes.map(\.rows.count).sorted() == [80, 80, 80])
  }

  /// Points on an arc are not held by one ellipsoid without waste: several hold less in all, and every point still.
  @Test func unionsAreRefinedAroundWhatIsHollow() throws {
    var random = stream(9)
    var points = PointMatrix(columns: 2)
    for _ in 0..<400 {
      let (angle, radius) = (Double.pi * random.uniform(), 0.3 + 0.01 * random.uniform())
      points.append([0.5 + radius * cos(angle), 0.5 + radius * sin(angle)])
    }
    var splitting = Splitting(enlargement: 1.1, minimum: 20, stream: random, unless: .never)
    let modes = splitting.modes(of: points)
    #expect(modes.count == 1)
    let whole = try #require(modes.first)
    let parts = splitting.parts(of: whole, downTo: log(0.03))
    #expect(parts.count >= 3)
    #expect(logSumExp(parts.map(\.shape.logVolume)) < whole.shape.logVolume - log(2))
    #expect(parts.map(\.rows.count).reduce(0, +) == 400 && parts.allSatisfy { $0.rows.count >= 20 })
    for part in parts {
      for row in part.rows {
        points.withRow(row) { #expect(part.shape.squaredDistance($0) < 1) }
      }
    }
    // Asked for no less than there is, it leaves the whole as it is.
    #expect(splitting.parts(of: whole, downTo: whole.shape.logVolume + 0.1).count == 1)
  }
}
