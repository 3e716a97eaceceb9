import Glibc
import Testing

@testable import RookeryCore

@Suite struct ImportanceNestedKernelTests {
  private static let purpose = RandomStream.Purpose(rawValue: 7)

  private static func stream(_ index: UInt64) -> RandomStream {
    RandomStream(seed: 11, purpose: purpose, index: index)
  }

  @Test func drawsFromABoundCoverItEvenly() throws {
    let a = try #require(Ellipsoid(centre: [0.4, 0.5], factor: [0.2, 0, 0, 0.2]))
    let b = try #require(Ellipsoid(centre: [0.6, 0.5], factor: [0.2, 0, 0, 0.2]))
    let region = Bound.Region(ellipsoids: [a, b], frame: a, networks: [], cut: 0)
    let bound = Bound(dimension: 2, seam: .none, regions: [region])
    var random = Self.stream(3)
    let drawn = bound.draw(20_000, proposals: .max / 2, stream: &random)
    #expect(drawn.points.count == 40_000)
    #expect(bound.contains(drawn.points).allSatisfy { $0 })
    // Two circles of radius r, one r apart: the lens they share is 2π/3 - √3/2 of r².
    let lens = (2 * Double.pi / 3 - 3.squareRoot() / 2) * 0.04
    let area = 2 * Double.pi * 0.04 - lens
    let both = stride(from: 0, to: 40_000, by: 2).count { i in
      drawn.points.withUnsafeBufferPointer { p in
        p.baseAddress.map { a.contains($0 + i) && b.contains($0 + i) } ?? false
      }
    }
    #expect(abs(Double(both) / 20_000 - lens / area) < 0.012)
    let volume = bound.draw(.max / 1024, proposals: 40_000, stream: &random, keeps: false)
    let measured = bound.logEnvelope + log(Double(volume.accepted) / Double(volume.proposals))
    #expect(abs(measured - log(area)) < 0.02)
  }

  @Test func networkLearnsASphere() {
    var random = Self.stream(4)
    let (count, d) = (2000, 3)
    var (points, targets): ([Float], [Float]) = ([], [])
    for _ in 0..<count {
      let x = (0..<d).map { _ in Float(2 * random.uniform() - 1) }
      points += x
      targets.append(x.reduce(0) { $0 + $1 * $1 } < 0.6 ? 1 : -1)
    }
    let set = TrainingSet(
      inputs: d, hidden: [32, 16], points: points, targets: targets, weights: targets.map { _ in 1 },
      epochs: 30,
      rate: 0.01, starts: [])
    let network = set.train(member: 0, stream: &random)
    var outputs = [Float](repeating: 0, count: count)
    var scratch = [Float](repeating: 0, count: network.scratch(count))
    network.accumulate(points, count: count, scale: 1, scratch: &scratch, into: &outputs)
    let right = zip(outputs, targets).count { $0 * $1 > 0 }
    #expect(Double(right) > 0.95 * Double(count))
    var again = Self.stream(4)
    var other = Self.stream(4)
    #expect(set.train(member: 0, stream: &again) == set.train(member: 0, stream: &other))
  }

  @Test func networkFollowsItsFrame() throws {
    var random = Self.stream(5)
    let old = try #require(Ellipsoid(centre: [0.4, 0.6], factor: [0.2, 0, 0.1, 0.3]))
    let scales = [0.5, 0.8]
    let new = try #require(
      Ellipsoid(centre: [0.45, 0.55], factor: old.factor.indices.map { old.factor[$0] * scales[$0 % 2] }))
    let network = Network(inputs: 4, hidden: [8, 4], stream: &random)
    let moved = network.moved(from: old, to: new)
    let points = [0.41, 0.58, 0.5, 0.5, 0.44, 0.61]
    let before = points.withUnsafeBufferPointer { p in
      p.baseAddress.map { Ensemble(frame: old, networks: [network]).outputs($0, rows: [0, 1, 2]) } ?? []
    }
    let after = points.withUnsafeBufferPointer { p in
      p.baseAddress.map { Ensemble(frame: new, networks: [moved]).outputs($0, rows: [0, 1, 2]) } ?? []
    }
    #expect(before.count == 3)
    for (a, b) in zip(before, after) { #expect(abs(a - b) < 1e-4) }
  }

  @Test func studentMixtureIsNormalisedAndFound() throws {
    let truth = try #require(
      StudentMixture(
        dimension: 2, shares: [0.3, 0.7], centres: [0.3, 0.3, 0.7, 0.6],
        factors: [0.04, 0, 0.02, 0.03, 0.05, 0, -0.03, 0.04]))
    // Its integral over a grid on the square [-1, 2]².
    var integral = 0.0
    for i in 0..<600 {
      for j in 0..<600 {
        let point = [-1 + 3 * (Double(i) + 0.5) / 600, -1 + 3 * (Double(j) + 0.5) / 600]
        integral += point.withUnsafeBufferPointer { p in p.baseAddress.map { exp(truth.logDensity($0)) } ?? 0
        }
      }
    }
    #expect(abs(integral * 9 / 360_000 - 1) < 2e-3)
    var random = Self.stream(6)
    var points = [Double](repeating: 0, count: 8000)
    points.withUnsafeMutableBufferPointer { points in
      guard let start = points.baseAddress else { return }
      for i in 0..<4000 { truth.draw(&random, into: start + 2 * i) }
    }
    let fit = try #require(
      StudentMixtureFit(points: points, weights: [Double](repeating: 1, count: 4000), dimension: 2))
    let found = try #require(fit.fit(components: 2, steps: 100, stream: &random))
    #expect(fit.score(found) > fit.score(truth) - 0.005)
    #expect(abs((found.shares.min() ?? 0) - 0.3) < 0.03)
  }

  @Test func seamMovesIntoTheGap() {
    let points = PointMatrix(columns: 2, values: [0.95, 0.2, 0.05, 0.3, 0.9, 0.25, 0.1, 0.8])
    let seam = Seam(periodic: [true, false], points: points)
    #expect(abs(seam.offsets[0] - 0.5) < 1e-12 && seam.offsets[1] == 0)
    var point = [0.95, 0.2]
    point.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { seam.turn(start) } }
    #expect(abs(point[0] - 0.45) < 1e-12 && point[1] == 0.2)
    point.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { seam.turnBack(start) } }
    #expect(abs(point[0] - 0.95) < 1e-12)
  }

  @Test func sharesFavourTheDensityThatFits() {
    // The second component is L itself, the first is off by factors both ways.
    let table = [log(1.5), 0, log(0.5), 0, log(1.5), 0, log(0.5), 0]
    let shares = StageFit.shares(table, posterior: [0.25, 0.25, 0.25, 0.25], floors: [0.01, 0])
    #expect(shares[1] > 0.9)
    // The least that a component is to have it has, whatever the points say.
    let floored = StageFit.shares(table, posterior: [0.25, 0.25, 0.25, 0.25], floors: [0.3, 0])
    #expect(shares[0] < 0.1 && floored[0] > 0.2 && abs(floored[0] + floored[1] - 1) < 1e-12)
  }
}
