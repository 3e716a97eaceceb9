import Glibc
import Testing

@testable import RookeryCore

@Suite struct EllipsoidTests {
  private func ellipsoid(_ centre: [Double], _ factor: [Double]) throws -> Ellipsoid {
    try #require(Ellipsoid(centre: centre, factor: factor))
  }

  @Test(arguments: [(1, 2), (2, Double.pi), (3, 4 * Double.pi / 3), (4, Double.pi * Double.pi / 2)])
  func ballsHaveTheirVolume(_ dimension: Int, _ volume: Double) throws {
    #expect(abs(Ellipsoid.logBallVolume(dimension: dimension) - log(volume)) < 1e-12)
    var factor = [Double](repeating: 0, count: dimension * dimension)
    for i in 0..<dimension { factor[i * dimension + i] = -0.5 }
    let half = try ellipsoid([Double](repeating: 0.5, count: dimension), factor)
    #expect(abs(half.logVolume - log(volume) - Double(dimension) * log(0.5)) < 1e-12)
    let twice = try #require(half.scaled(by: 2))
    #expect(abs(twice.logVolume - log(volume)) < 1e-12)
  }

  /// With z = L⁻¹ (x - c): for L = [[2, 0], [1, 3]] and x - c = (2, 4) it is (1, 1).
  @Test func distancesAreThoseOfTheFrame() throws {
    let one = try ellipsoid([1, 1], [2, 0, 1, 3])
    let z = [3.0, 5].withUnsafeBufferPointer { x in
      #expect(abs(one.squaredDistance(x) - 2) < 1e-12)
      return [Double](unsafeUninitializedCapacity: 2) { buffer, count in
        buffer.initialize(repeating: 0)
        one.place(x, into: buffer)
        count = 2
      }
    }
    #expect(abs(z[0] - 1) < 1e-12 && abs(z[1] - 1) < 1e-12)
    var (x, unit) = ([1.0, 1], [1.0, 1])
    x.withUnsafeMutableBufferPointer { x in
      unit.withUnsafeMutableBufferPointer { one.add($0, times: 0.5, to: x) }
    }
    #expect(x == [2, 3])
  }

  /// The mean of |z|² over a ball is d / (d + 2), that of each coordinate's square 1 / (d + 2).
  @Test(arguments: [1, 2, 5]) func drawsAreUniform(_ dimension: Int) throws {
    var factor = [Double](repeating: 0, count: dimension * dimension)
    for i in 0..<dimension { for j in 0...i { factor[i * dimension + j] = i == j ? 0.5 : 0.2 } }
    let one = try ellipsoid([Double](repeating: 0.3, count: dimension), factor)
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 5), index: 9)
    let count = 20_000
    var sums = [Double](repeating: 0, count: dimension)
    var point = [Double](repeating: 0, count: dimension)
    var radii: [Double] = []
    for _ in 0..<count {
      point.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        one.draw(&stream, into: start)
        radii.append(pow(one.squaredDistance(start), 0.5 * Double(dimension)))
        withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { z in
          z.initialize(repeating: 0)
          one.place(UnsafeBufferPointer(buffer), into: z)
          for i in 0..<dimension { sums[i] += z[i] * z[i] }
        }
      }
    }
    // The volume within is uniform, from 0 to 1.
    let chance = InsertionRanks.chance(ofDistance: InsertionRanks.distance(radii[...]), count: count)
    #expect(chance > 1e-3)
    for sum in sums {
      #expect(abs(sum / Double(count) * Double(dimension + 2) - 1) < 4 / Double(count).squareRoot())
    }
  }

  @Test func overlapIsSeen() throws {
    let a = try ellipsoid([0.3, 0.5], [0.1, 0, 0, 0.1])
    let touching = try ellipsoid([0.45, 0.5], [0.06, 0, 0, 0.06])
    let apart = try ellipsoid([0.45, 0.5], [0.04, 0, 0, 0.3])
    #expect(a.overlaps(touching) && touching.overlaps(a))
    #expect(!a.overlaps(apart) && !apart.overlaps(a))
  }

  @Test func aLineIsCutWhereItEntersAndLeaves() throws {
    let disc = try ellipsoid([0.5, 0.4], [0.2, 0, 0, 0.1])
    func cut(_ x: [Double], _ direction: [Double]) -> (Double, Double)? {
      var (x, direction) = (x, direction)
      return x.withUnsafeMutableBufferPointer { x in
        direction.withUnsafeMutableBufferPointer { disc.cut(through: x, along: $0) }
      }
    }
    let level = try #require(cut([0.4, 0.4], [1, 0]))
    #expect(abs(level.0 + 0.1) < 1e-12 && abs(level.1 - 0.3) < 1e-12)
    let upright = try #require(cut([0.5, 0], [0, 2]))
    #expect(abs(upright.0 - 0.15) < 1e-12 && abs(upright.1 - 0.25) < 1e-12)
    #expect(cut([0.5, 0.6], [1, 0]) == nil)
  }

  @Test func chordsAreTheUnionsPartInTheCube() throws {
    let (a, b) = (
      try ellipsoid([0.2, 0.5], [0.3, 0, 0, 0.3]), try ellipsoid([0.6, 0.5], [0.2, 0, 0, 0.2])
    )
    func chord(_ ellipsoids: [Ellipsoid], from x: [Double] = [0.5, 0.5]) -> Chord {
      var (x, direction) = (x, [2.0, 0])
      return x.withUnsafeMutableBufferPointer { x in
        direction.withUnsafeMutableBufferPointer { Chord(through: x, along: $0, within: ellipsoids) }
      }
    }
    // From 0, where the cube ends, to 0.8, in units of twice the first coordinate; the two overlap from 0.4 to 0.5.
    for order in [[a, b], [b, a]] {
      let both = chord(order)
      #expect(both.intervals.count == 1 && abs(both.length - 0.4) < 1e-12)
      #expect(abs((both.measure(at: 0) ?? -1) - 0.25) < 1e-12)
      #expect(abs(both.place(at: 0.25)) < 1e-12 && abs(both.place(at: 0.4) - 0.15) < 1e-12)
    }
    #expect(abs(chord([]).length - 0.5) < 1e-12)
    #expect(chord([b], from: [0.5, 0.9]).length == 0 && chord([b], from: [0.5, 0.9]).measure(at: 0) == nil)
  }

  /// Ellipsoids are chosen by volume; a point in q of them is drawn as often as one in one.
  @Test func unionsAreDrawnEvenly() throws {
    let (a, b) = (
      try ellipsoid([0.3, 0.5], [0.2, 0, 0, 0.2]), try ellipsoid([0.7, 0.5], [0.1, 0, 0, 0.1])
    )
    let bound = EllipsoidBound(ellipsoids: [a, b])
    #expect(abs(bound.logVolume - log(Double.pi * 0.05)) < 1e-12)
    var stream = RandomStream(seed: 4, purpose: .init(rawValue: 5), index: 9)
    let picks = (0..<20_000).count { _ in bound.pick(&stream) == 0 }
    #expect(abs(Double(picks) / 20_000 - 0.8) < 0.012)
    [0.45, 0.5].withUnsafeBufferPointer { x in
      #expect(bound.overlap(x) == 1)
      #expect(abs(bound.distance(x) - 0.75) < 1e-12)
    }
    #expect(EllipsoidBound.cube.pick(&stream) == nil)
    try expectSurvival(of: bound)
  }
}
