import Glibc
import Testing

@testable import RookeryCore

/// What the shell method draws has the density that it says: from bounds the uniform one, from the components of a proposal and from the
/// whole the one that weights are made of.
@Suite struct DrawInvarianceTests {
  private static func stream(_ index: UInt64) -> RandomStream {
    RandomStream(seed: 31, purpose: .init(rawValue: 13), index: index)
  }

  /// Two ellipsoids that overlap and go beyond the cube, with the seam of the first coordinate moved, and a third of another mode.
  private static func bound() throws -> Bound {
    let one = try #require(Ellipsoid(centre: [0.3, 0.4], factor: [0.25, 0, 0.1, 0.2]))
    let other = try #require(Ellipsoid(centre: [0.5, 0.15], factor: [0.2, 0, -0.1, 0.25]))
    let third = try #require(Ellipsoid(centre: [0.85, 0.8], factor: [0.1, 0, 0, 0.12]))
    let points = PointMatrix(columns: 2, values: [0.4, 0.5, 0.5, 0.5, 0.6, 0.5, 0.9, 0.5, 0.1, 0.2])
    return Bound(
      dimension: 2, seam: Seam(periodic: [true, false], points: points),
      regions: [
        Bound.Region(ellipsoids: [one, other], frame: one, networks: [], cut: 0),
        Bound.Region(ellipsoids: [third], frame: third, networks: [], cut: 0),
      ])
  }

  private static let cells = 6

  /// In which cell of a grid over the cube a point is.
  private static func cell(_ x: ArraySlice<Double>) -> Int {
    x.reduce(0) { $0 * cells + min(Int($1 * Double(cells)), cells - 1) }
  }

  private static func shares(_ points: [Double], weights: [Double]? = nil) -> (
    mean: [Double], error: [Double]
  ) {
    let n = points.count / 2
    var (sums, squares) = ([Double](repeating: 0, count: cells * cells), [Double]())
    squares = sums
    for row in 0..<n {
      let weight = weights?[row] ?? 1
      let k = cell(points[2 * row..<2 * row + 2])
      sums[k] += weight
      squares[k] += weight * weight
    }
    let mean = sums.map { $0 / Double(n) }
    let error = zip(squares, mean).map { (max($0 / Double(n) - $1 * $1, 0) / Double(n)).squareRoot() }
    return (mean, error)
  }

  @Test func drawsFromABoundAreUniformInIt() throws {
    let bound = try Self.bound()
    var stream = Self.stream(1)
    let drawn = bound.draw(60_000, proposals: .max / 4, stream: &stream).points
    let cube = (0..<800_000).map { _ in stream.uniform() }
    let inside = bound.contains(cube)
    let expected = Self.shares(
      inside.indices.filter { inside[$0] }.flatMap { [cube[2 * $0], cube[2 * $0 + 1]] })
    let found = Self.shares(drawn)
    for k in found.mean.indices {
      let error = (pow(found.error[k], 2) + pow(expected.error[k], 2)).squareRoot()
      #expect(abs(found.mean[k] - expected.mean[k]) <= 4 * error + 1e-4)
    }
  }

  private static func components() throws -> ProposalComponents {
    let bound = try bound()
    let student = try #require(
      StudentMixture(
        dimension: 2, shares: [0.7, 0.3], centres: [0.4, 0.5, 0.9, 0.1],
        factors: [0.1, 0, 0.05, 0.2, 0.1, 0, 0, 0.1]))
    var random = stream(2)
    let frame = try #require(Ellipsoid(centre: [0.45, 0.45], factor: [0.2, 0, 0, 0.2]))
    let network = Network(inputs: 4, hidden: [8, 4], stream: &random)
    let surrogate = Surrogate(
      ensemble: Ensemble(frame: frame, networks: [network]), threshold: 0.5, scale: 2)
    var components = ProposalComponents(
      bounds: [bound], seam: bound.seam, student: student, surrogate: surrogate, dimension: 2,
      logNorms: [0, 0, 0, 0])
    for k in 1..<components.count {
      let sums = components.measure(k, proposals: 400_000, stream: &random)
      components.logNorms[k] = components.logEnvelope(k) + log(sums.mean)
    }
    return components
  }

  /// E[1/q] over a region is its volume, if the draws have the density q: cell by cell of a grid.
  private static func expectDensity(
    _ points: [Double], _ logDensities: [Double], _ what: String
  ) {
    let (mean, error) = shares(points, weights: logDensities.map { exp(-$0) })
    let volume = 1 / Double(cells * cells)
    // Where few draws come their weights are so unequal that their own scatter is not known.
    let known = mean.indices.filter { error[$0] < 0.04 * volume }
    #expect(known.count >= 4)
    for k in known {
      // A part for the normalisation, which was measured to a few in a thousand.
      #expect(
        abs(mean[k] - volume) <= 4.5 * error[k] + 0.006 * volume,
        "\(what), cell \(k): \(mean[k]) ± \(error[k]) for \(volume)")
    }
  }

  @Test func drawsOfEachComponentHaveItsDensity() throws {
    let components = try Self.components()
    for k in 0..<components.count {
      var stream = Self.stream(10 + UInt64(k))
      let points = components.draw(60_000, of: k, proposals: .max / 2, stream: &stream).points
      let table = components.logDensities(points)
      let logs = (0..<points.count / 2).map { table[$0 * components.count + k] }
      #expect(logs.allSatisfy { $0 > -.infinity })
      // A bound fills few cells whole; what it does is tested above.
      if components.bounds.indices.contains(k - 1) { continue }
      Self.expectDensity(points, logs, "component \(k)")
    }
  }

  @Test func drawsOfTheWholeHaveItsDensity() throws {
    let components = try Self.components()
    let proposal = Proposal(components: components, shares: [0.1, 0.4, 0.3, 0.2])
    var stream = Self.stream(20)
    let points = proposal.draw(100_000, stream: &stream)
    #expect(points.count == 200_000)
    Self.expectDensity(points, proposal.logDensities(table: components.logDensities(points)), "proposal")
  }
}
