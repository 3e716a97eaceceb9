import Glibc
import Testing

@testable import RookeryCore

/// A set in the unit cube whose uniform law is known, with the bound that moves are tried in.
struct KnownShape: Sendable, CustomTestStringConvertible {
  let name: String
  let boundaries: [Parameter.Boundary]
  let holds: @Sendable ([Double]) -> Bool
  /// A box around the set, in which it is drawn by rejection. It may pass the seam of a periodic coordinate.
  let box: [(Double, Double)]
  /// nil for ellipsoids fitted to points of the set.
  var bound: EllipsoidBound?

  var dimension: Int { boundaries.count }
  var testDescription: String { name }

  func draw(_ stream: inout RandomStream) -> [Double] {
    while true {
      let x = box.map { low, high in
        let value = low + (high - low) * stream.uniform()
        return value < 0 ? value + 1 : value
      }
      if holds(x) { return x }
    }
  }

  /// The point on the branch of its periodic coordinates where the set is in one piece.
  func flat(_ x: [Double]) -> [Double] {
    x.indices.map { boundaries[$0] == .periodic && x[$0] > 0.5 ? x[$0] - 1 : x[$0] }
  }

  /// One point inside is 1, one outside -1; pieces are tried with a threshold of 0.
  func problem() throws -> Problem {
    try Problem(
      name,
      parameters: boundaries.indices.map { Parameter("x\($0)", .uniform(0, 1), boundary: boundaries[$0]) }
    ) { (theta: Span<Double>) in holds(theta.indices.map { theta[$0] }) ? 1 : -1 }
  }

  /// - Parameter caution: below one for more ellipsoids.
  func context(caution: Double = 0.1) -> NestedContext {
    var stream = RandomStream(seed: 3, purpose: .init(rawValue: 11), index: 1)
    var points = PointMatrix(columns: dimension)
    for _ in 0..<400 { points.append(draw(&stream)) }
    let fitted = EllipsoidBound(
      around: points, boundaries: boundaries, bootstraps: 0, caution: caution, key: (1, 1))
    return NestedContext(
      bound: bound ?? fitted, population: points, spread: Ellipsoid.metric(of: points), boundaries: boundaries
    )
  }
}

extension KnownShape {
  static let all = [
    ball, ballOfTwo, shell, crescent, octant, twoBalls, slab, corner, upperCorner, halfBalls, seam, edge,
    slantedEdge,
  ]

  private static func open(_ count: Int) -> [Parameter.Boundary] { .init(repeating: .open, count: count) }

  private static func square(_ x: [Double], _ centre: [Double]) -> Double {
    zip(x, centre).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  static let ball = KnownShape(
    name: "ball", boundaries: open(3), holds: { square($0, [0.5, 0.5, 0.5]) < 0.09 },
    box: [(0.2, 0.8), (0.2, 0.8), (0.2, 0.8)])

  /// A ball under two ellipsoids of unequal size that overlap and leave some of it out.
  static var ballOfTwo: KnownShape {
    var shape = ball
    let one = Ellipsoid(centre: [0.4, 0.5, 0.5], factor: [0.25, 0, 0, 0, 0.3, 0, 0, 0.1, 0.3])
    let other = Ellipsoid(centre: [0.65, 0.5, 0.5], factor: [0.2, 0, 0, 0.05, 0.25, 0, 0, 0, 0.25])
    shape = KnownShape(
      name: "ball of two", boundaries: ball.boundaries, holds: ball.holds, box: ball.box,
      bound: EllipsoidBound(ellipsoids: [one, other].compactMap { $0 }))
    return shape
  }

  static let shell = KnownShape(
    name: "shell", boundaries: open(2),
    holds: { abs(square($0, [0.5, 0.5]).squareRoot() - 0.3) < 0.05 },
    box: [(0.1, 0.9), (0.1, 0.9)])

  /// Lines through it cross two pieces of unequal length, and hardly one has its middle inside.
  static let crescent = KnownShape(
    name: "crescent", boundaries: open(2),
    holds: { square($0, [0.5, 0.5]) < 0.09 && square($0, [0.57, 0.53]) > 0.04 },
    box: [(0.2, 0.8), (0.2, 0.8)],
    bound: EllipsoidBound(
      ellipsoids: [Ellipsoid(centre: [0.5, 0.5], factor: [0.31, 0, 0, 0.31])].compactMap { $0 }))

  /// A part of a ball with sharp edges and a corner, which no wall of the cube explains.
  static let octant = KnownShape(
    name: "octant", boundaries: open(5),
    holds: { x in x.allSatisfy { $0 > 0.3 } && square(x, [0.3, 0.3, 0.3, 0.3, 0.3]) < 0.09 },
    box: .init(repeating: (0.3, 0.6), count: 5))

  /// Of unequal size, so that places in the two are not equally likely.
  static let twoBalls = KnownShape(
    name: "two balls", boundaries: open(2),
    holds: { square($0, [0.25, 0.3]) < 0.01 || square($0, [0.7, 0.65]) < 0.04 },
    box: [(0.1, 0.95), (0.1, 0.95)])

  /// At the lower end of its range.
  static let slab = KnownShape(
    name: "slab", boundaries: open(3), holds: { $0[0] < 0.02 + 0.02 * $0[1] },
    box: [(0, 0.04), (0, 1), (0, 1)])

  /// Cut off by a plane, in a corner of the cube.
  static let corner = KnownShape(
    name: "corner", boundaries: open(3), holds: { $0[0] + $0[1] + 3 * $0[2] < 0.3 },
    box: [(0, 0.3), (0, 0.3), (0, 0.1)])

  static let upperCorner = KnownShape(
    name: "upper corner", boundaries: open(2), holds: { 1 - $0[0] + 2 * $0[1] < 0.2 },
    box: [(0.8, 1), (0, 0.1)],
    bound: EllipsoidBound(
      ellipsoids: [Ellipsoid(centre: [1, 0], factor: [0.22, 0, 0, 0.11])].compactMap { $0 },
      mirrors: [Mirrors(dimension: 2, low: [1], high: [0])]))

  /// One mode piled up at a wall and one that is not, so that one of two ellipsoids has a mirror.
  static var halfBalls: KnownShape {
    let one = Ellipsoid(centre: [0, 0.3], factor: [0.13, 0, 0, 0.13])
    let other = Ellipsoid(centre: [0.6, 0.7], factor: [0.2, 0, 0.05, 0.2])
    return KnownShape(
      name: "half balls", boundaries: open(2),
      holds: { square($0, [0, 0.3]) < 0.015 || square($0, [0.6, 0.7]) < 0.03 },
      box: [(0, 0.8), (0.15, 0.9)],
      bound: EllipsoidBound(
        ellipsoids: [one, other].compactMap { $0 },
        mirrors: [Mirrors(dimension: 2, low: [0]), .none]))
  }

  /// Across the seam of a periodic coordinate, askew.
  static let seam = KnownShape(
    name: "seam", boundaries: [.periodic, .open],
    holds: { x in
      let u = x[0] > 0.5 ? x[0] - 1 : x[0]
      return abs(u) < 0.12 && abs(x[1] - 0.5 - u) < 0.1
    }, box: [(-0.12, 0.12), (0.28, 0.72)])

  static let edge = KnownShape(
    name: "edge", boundaries: [.reflective, .open], holds: { $0[0] * $0[0] + 4 * pow($0[1] - 0.5, 2) < 0.04 },
    box: [(0, 0.2), (0.4, 0.6)])

  /// A band that runs into a reflective end at an angle: the mirror image of a direction along it is no direction along it.
  static let slantedEdge = KnownShape(
    name: "slanted edge", boundaries: [.reflective, .open],
    holds: { $0[0] < 0.2 && abs($0[1] - 0.4 - 1.5 * $0[0]) < 0.03 }, box: [(0, 0.2), (0.37, 0.73)],
    bound: EllipsoidBound(
      ellipsoids: [Ellipsoid(centre: [0.1, 0.55], factor: [0.13, 0, 0.195, 0.05])].compactMap { $0 }))
}
