import Glibc
import Testing

@testable import RookeryCore

/// Where the highest points lie, on sets of known shape.
@Suite struct SummitTests {
  private static let dimension = 6
  private static let boundaries = [Parameter.Boundary](repeating: .open, count: dimension)

  /// Live points of a set, with a log-likelihood for each.
  private enum Shape: String, CaseIterable, Sendable {
    /// A ball with its peak in the middle, and one that is highest on one side of it.
    case ball, side
    /// A cone with its peak at its tip, and one with its peak at the wide end.
    case cone, bowl
    /// A thin shell, highest in the middle of its thickness.
    case shell
    /// A cone with one log-likelihood, its points in order from the tip on.
    case plateau

    func point(_ stream: inout RandomStream) -> (place: [Double], logL: Double) {
      var direction = [Double](repeating: 0, count: dimension)
      direction.withUnsafeMutableBufferPointer { stream.direction(into: $0) }
      let radius = pow(stream.uniform(), 1 / Double(dimension))
      let ball = direction.map { 0.5 + 0.1 * radius * $0 }
      switch self {
      case .ball: return (ball, -radius)
      case .side: return (ball, ball[0])
      case .shell:
        let thickness = 0.02 * (stream.uniform() - 0.5)
        return (direction.map { 0.5 + 0.1 * (1 + thickness) * $0 }, -abs(thickness))
      case .cone, .bowl, .plateau:
        var axis = [Double](repeating: 0, count: dimension - 1)
        axis.withUnsafeMutableBufferPointer { stream.direction(into: $0) }
        let height = pow(stream.uniform(), 1 / Double(dimension))
        let width = 0.1 * height * pow(stream.uniform(), 1 / Double(dimension - 1))
        let place = axis.map { 0.5 + width * $0 } + [0.2 + 0.5 * height]
        return (place, self == .plateau ? 0 : self == .cone ? -height : height)
      }
    }
  }

  private func summit(_ shape: Shape, points: Int = 500, looks: Int = 8) throws -> Summit {
    var summit = Summit()
    for look in 0..<looks {
      var stream = RandomStream(seed: 6, purpose: .init(rawValue: 5), index: UInt64(look))
      var (set, logL) = (PointMatrix(columns: Self.dimension), [Double]())
      var drawn = (0..<points).map { _ in shape.point(&stream) }
      if shape == .plateau { drawn.sort { $0.place[Self.dimension - 1] < $1.place[Self.dimension - 1] } }
      for point in drawn {
        set.append(point.place)
        logL.append(point.logL)
      }
      let bound = EllipsoidBound(around: set, boundaries: Self.boundaries, bootstraps: 0, key: (1, look))
      let spread = try #require(Ellipsoid.metric(of: set))
      summit.look(at: set, logL, in: bound, spread: spread)
    }
    return summit
  }

  /// In the middle of a ball or of a shell's thickness, and where no points are the highest, nothing is done. In a tip chains are longer and
  /// their bounds wider, and draws leave it to them.
  @Test func summitsInTipsAskForMore() throws {
    for shape in [Shape.ball, .shell, .plateau] {
      let summit = try summit(shape)
      #expect(summit.width == 1 && summit.length == 1, "\(shape): \(summit)")
      #expect(!summit.asksForChains)
    }
    let cone = try summit(.cone)
    #expect(cone.width > 1.5 && cone.length > 1.8, "\(cone)")
    #expect(cone.asksForChains)
    let (ball, side) = (try summit(.ball), try summit(.side))
    #expect(abs(ball.depth - 1) < 0.1 && abs(ball.offset) < 0.1, "\(ball)")
    #expect(side.offset > 0.6 && side.depth < 0.5, "\(side)")
  }

  /// One look does not say it all, and few points say nothing.
  @Test func moreThanOneLookIsNeeded() throws {
    #expect(try summit(.cone, looks: 1).width < summit(.cone).width - 0.1)
    #expect(try summit(.cone, points: 39) == Summit())
    #expect(try summit(.cone, points: 40) != Summit())
  }
}
