import Glibc
import Testing

@testable import RookeryCore

/// Every component is a density on the cube whose integral is one once its normalisation is measured, and its draws follow it.
@Suite struct ProposalComponentsTests {
  private static func stream(_ index: UInt64) -> RandomStream {
    RandomStream(seed: 21, purpose: .init(rawValue: 5), index: index)
  }

  /// The cube, a union of two discs, a Student mixture that reaches beyond an edge, and the same thinned by a network.
  private static func components() throws -> ProposalComponents {
    let a = try #require(Ellipsoid(centre: [0.3, 0.4], factor: [0.2, 0, 0.05, 0.2]))
    let b = try #require(Ellipsoid(centre: [0.5, 0.5], factor: [0.2, 0, 0, 0.1]))
    let bound = Bound(
      dimension: 2, seam: .none,
      regions: [Bound.Region(ellipsoids: [a, b], frame: a, networks: [], cut: 0)])
    let student = try #require(
      StudentMixture(
        dimension: 2, shares: [0.4, 0.6], centres: [0.1, 0.5, 0.6, 0.7],
        factors: [0.1, 0, 0.02, 0.08, 0.06, 0, 0, 0.12]))
    var random = stream(1)
    let network = Network(inputs: 4, hidden: [8, 4], stream: &random)
    let surrogate = Surrogate(ensemble: Ensemble(frame: a, networks: [network]), threshold: 0.2, scale: 1.5)
    var components = ProposalComponents(
      bounds: [bound], seam: .none, student: student, surrogate: surrogate, dimension: 2,
      logNorms: [0, 0, 0, 0])
    for k in 1..<4 {
      var sums = VolumeSums()
      for part in 0..<4 {
        var random = stream(UInt64(10 * k + part))
        sums += components.measure(k, proposals: 50_000, stream: &random)
      }
      #expect(sums.relativeVariance < 1e-4)
      components.logNorms[k] = components.logEnvelope(k) + log(sums.mean)
    }
    return components
  }

  /// Integrals over a grid of the density and of each coordinate under it.
  private static func moments(_ components: ProposalComponents, _ component: Int) -> (
    mass: Double, means: [Double]
  ) {
    let n = 200
    let centres = (0..<n).map { (Double($0) + 0.5) / Double(n) }
    var points: [Double] = []
    for x in centres { for y in centres { points += [x, y] } }
    let table = components.logDensities(points)
    var (mass, means) = (0.0, [0.0, 0])
    for row in 0..<n * n {
      let density = exp(table[row * components.count + component]) / Double(n * n)
      mass += density
      for i in 0..<2 { means[i] += density * points[2 * row + i] }
    }
    return (mass, means.map { $0 / mass })
  }

  @Test func everyComponentIsNormalisedAndDrawnAsItSays() throws {
    let components = try Self.components()
    #expect(components.count == 4 && components.studentIndex == 2 && components.surrogateIndex == 3)
    // The network thins, but leaves something.
    #expect(components.logNorms[3] < components.logNorms[2] - 0.05 && components.logNorms[3] > -3)
    for k in 0..<4 {
      let (mass, means) = Self.moments(components, k)
      #expect(abs(mass - 1) < 0.02, "component \(k)")
      var random = Self.stream(UInt64(100 + k))
      let drawn = components.draw(8000, of: k, proposals: .max / 2, stream: &random).points
      #expect(drawn.count == 16_000)
      #expect(drawn.allSatisfy { $0 >= 0 && $0 < 1 })
      for i in 0..<2 {
        let column = stride(from: i, to: drawn.count, by: 2).map { drawn[$0] }
        let mean = column.reduce(0, +) / 8000
        #expect(abs(mean - means[i]) < 4.5 * deviation(column) / 8000.0.squareRoot() + 2e-3, "component \(k)")
      }
    }
  }

  @Test func thinnedDrawsComeBackWithTheirNumber() throws {
    let components = try Self.components()
    var random = Self.stream(7)
    let some = components.draw(100, of: 3, proposals: 64, stream: &random)
    #expect(some.points.count <= 200 && some.proposals >= 64)
    // More likely than not there are a hundred in a thousand.
    #expect(components.draw(1, of: 3, proposals: .max / 2, stream: &random).points.count == 2)
  }
}
