import Foundation
import RookeryCore
import Testing

@Suite struct DensityTests {
  private static let everywhere = (lower: -Double.infinity, upper: Double.infinity)

  private struct Pairs {
    var (xs, ys, weights): ([Double], [Double], [Double]) = ([], [], [])
  }

  /// Draws of a normal density with the given correlation, every other with a weight of three.
  private static func normal(_ count: Int, correlation: Double, seed: UInt64 = 1) -> Pairs {
    var stream = RandomStream(seed: seed, purpose: .init(rawValue: 7), index: 0)
    var pairs = Pairs()
    for i in 0..<count {
      let (a, b) = (stream.normal(), stream.normal())
      pairs.xs.append(a)
      pairs.ys.append(correlation * a + (1 - correlation * correlation).squareRoot() * b)
      pairs.weights.append(i % 2 == 0 ? 1 : 3)
    }
    return pairs
  }

  private static func mass(of pairs: Pairs, in rings: [[(x: Double, y: Double)]]) -> Double {
    var inside = 0.0
    for i in pairs.xs.indices where rings.count(where: { contains($0, pairs.xs[i], pairs.ys[i]) }) % 2 == 1 {
      inside += pairs.weights[i]
    }
    return inside / pairs.weights.reduce(0, +)
  }

  private static func contains(_ ring: [(x: Double, y: Double)], _ x: Double, _ y: Double) -> Bool {
    var isInside = false
    var last = ring[ring.count - 1]
    for point in ring {
      if (point.y > y) != (last.y > y), x < last.x + (y - last.y) / (point.y - last.y) * (point.x - last.x) {
        isInside.toggle()
      }
      last = point
    }
    return isInside
  }

  @Test(arguments: [0.0, 0.6, -0.99, 0.9999])
  func contoursOfANormalDensityHoldTheirShare(_ correlation: Double) throws {
    let drawn = Self.normal(4000, correlation: correlation)
    let density = try #require(
      PairDensity(
        drawn.xs, drawn.ys, weights: drawn.weights, xEdges: Self.everywhere, yEdges: Self.everywhere))
    // Other draws, so that fitting the noise would not count.
    let others = Self.normal(4000, correlation: correlation, seed: 2)
    for share in [0.393, 0.68, 0.95] {
      let held = Self.mass(of: others, in: density.contours(holding: share))
      #expect(abs(held - share) < 0.03, "\(share): \(held)")
    }
  }

  @Test func contoursOfFarModesHoldTheirShare() throws {
    var pairs = Pairs()
    for (i, (x, y)) in [(0.0, 0.0), (1, 0), (0, 1), (1, 1)].enumerated() {
      let mode = Self.normal(5000, correlation: 0, seed: UInt64(i))
      pairs.xs += mode.xs.map { x + 0.02 * $0 }
      pairs.ys += mode.ys.map { y + 0.02 * $0 }
      pairs.weights += mode.weights
    }
    let density = try #require(
      PairDensity(
        pairs.xs, pairs.ys, weights: pairs.weights, xEdges: Self.everywhere, yEdges: Self.everywhere))
    let rings = density.contours(holding: 0.68)
    #expect(rings.count == 4)
    #expect(abs(Self.mass(of: pairs, in: rings) - 0.68) < 0.06)
  }

  @Test func evenDensityStaysEvenUpToItsEdges() throws {
    let values = (0..<5000).map { (Double($0) + 0.5) / 5000 }
    let density = try #require(
      WeightedDensity(
        samples: values, weights: values.map { _ in 1 }, edges: (lower: 0, upper: 1)))
    #expect(density.x.lower == 0 && density.values.allSatisfy { abs($0 - 1) < 0.05 })
  }

  @Test func slopesAtAnEdgeAreKept() throws {
    // Quantiles of an exponential density, which is 1 at its edge and falls with slope -1.
    let values = (0..<20_000).map { -log(1 - (Double($0) + 0.5) / 20_000) }
    let density = try #require(
      WeightedDensity(
        samples: values, weights: values.map { _ in 1 }, edges: (lower: 0, upper: .infinity)))
    for (x, value) in zip(density.x.points, density.values) where x < 3 {
      #expect(abs(value - exp(-x)) < 0.04, "\(x)")
    }
    let sum = density.values.reduce(0, +) * density.x.step
    #expect(abs(sum - 1) < 1e-9)
  }

  @Test func narrowModesAreNotSmearedOut() throws {
    let mode = Self.normal(4000, correlation: 0)
    let values = mode.xs.map { 0.01 * $0 } + mode.ys.map { 1 + 0.01 * $0 }
    let density = try #require(
      WeightedDensity(samples: values, weights: values.map { _ in 1 }, edges: Self.everywhere))
    let peak = try #require(density.values.max())
    // Half of the weight in a normal density of deviation 0.01.
    #expect(abs(peak - 0.5 / (0.01 * (2 * Double.pi).squareRoot())) < 4)
    let middle = zip(density.x.points, density.values).filter { abs($0.0 - 0.5) < 0.3 }
    #expect(middle.allSatisfy { $0.1 < 1e-6 })
  }

  @Test(arguments: [
    ([1.0], [1.0]), ([], []), ([1, 2], [0, 0]), ([3, 3, 3], [1, 1, 1]), ([.nan, 1], [1, 1]),
  ])
  func nothingToSmooth(_ values: [Double], _ weights: [Double]) {
    #expect(WeightedDensity(samples: values, weights: weights, edges: Self.everywhere) == nil)
    #expect(
      PairDensity(values, values, weights: weights, xEdges: Self.everywhere, yEdges: Self.everywhere) == nil)
  }

  @Test func ringsAroundAPlateauCloseOnTheRim() {
    let rings = Contours.rings([1, 1, 1, 1], columns: 2, level: 0.5)
    #expect(rings.count == 1)
    let (xs, ys) = (rings[0].map(\.x), rings[0].map(\.y))
    #expect(xs.min() == 0 && xs.max() == 1 && ys.min() == 0 && ys.max() == 1)
    // A hole is a ring of its own.
    let hole = [Double](repeating: 1, count: 12) + [0] + [Double](repeating: 1, count: 12)
    #expect(Contours.rings(hole, columns: 5, level: 0.5).count == 2)
    #expect(Contours.rings([], columns: 0, level: 0.5).isEmpty)
  }
}
