import Glibc
import Testing

@testable import RookeryCore

/// Every move keeps the uniform law of the set above the threshold: points drawn from that law have it after one move too.
///
/// Errors of detailed balance of one percent show here in milliseconds, where a whole run would need hundreds of seeds. Each move is tried
/// by itself, on sets with known laws and bounds that overlap, leave parts out, lie beyond the cube or across its seams.
@Suite struct MoveInvarianceTests {
  enum Move: String, CaseIterable, Sendable {
    case local, jump, chord, stepping, axis, random, difference, walk, far, crowded
  }

  private static let count = 10_000

  private static func start(_ index: Int, _ shape: KnownShape) -> ([Double], RandomStream) {
    var stream = RandomStream(seed: 5, purpose: .init(rawValue: 21), index: UInt64(index))
    return (shape.draw(&stream), stream)
  }

  private static func moved(
    _ start: [Double], by move: Move, _ context: NestedContext, _ evaluator: Evaluator,
    _ stream: inout RandomStream
  ) throws -> [Double] {
    if move == .walk {
      // With so many steps hardly a walk stays where it is, and goes on for it.
      let piece = NestedPiece(
        kind: .randomWalk, seed: stream.next(), index: 0, context: 0, threshold: 0, start: start, scale: 0.4,
        steps: 24)
      return try piece.perform(with: context, on: evaluator).cube
    }
    var chain = SliceChain(start, threshold: 0, context: context, evaluator: evaluator)
    defer { chain.deallocate() }
    switch move {
    case .local: try chain.moveLocally(&stream)
    case .jump: try chain.jump(&stream)
    case .chord: try chain.moveAlongChord(&stream)
    case .stepping: try chain.stepOut(scale: 0.7, &stream)
    case .axis:
      chain.aimAlongAxis(&stream)
      try chain.stepOutAsAimed(scale: 0.5, &stream)
    case .random:
      chain.aimAtRandom(&stream)
      try chain.stepOutAsAimed(scale: 1.5, &stream)
    case .difference:
      chain.aimAlongDifference(&stream)
      try chain.stepOutAsAimed(scale: 0.5, &stream)
    // So short a step that the limit of the bracket is reached, on one side or the other.
    case .far: try chain.stepOut(scale: 0.012, &stream)
    // Step after step in one chain, as pieces do.
    case .crowded: for _ in 0..<3 { try chain.moveLocally(&stream) }
    case .walk: break
    }
    return Array(chain.x)
  }

  @Test(arguments: KnownShape.all, Move.allCases)
  func pointsKeepTheirLaw(_ shape: KnownShape, _ move: Move) throws {
    let context = shape.context()
    let evaluator = Evaluator(try shape.problem())
    // The limit of the bracket takes a hundred calls a move, and one shape without a wall and one with are enough.
    if move == .far, shape.name != "ball", shape.name != "corner" { return }
    let count = move == .far ? 3000 : Self.count
    var statistics = LawStatistics(shape, context.bound)
    for index in 0..<count {
      var (start, stream) = Self.start(index, shape)
      let end = try Self.moved(start, by: move, context, evaluator, &stream)
      guard !end.isEmpty else { continue }
      statistics.add(from: start, to: end)
    }
    #expect(statistics.count > count - 10)
    statistics.expectSameLaw("\(shape.name), \(move)")
  }

  /// The moves above are tried where they matter: of the shapes some have several ellipsoids, some mirrors, some a seam within.
  @Test func shapesHaveWhatTheyStandFor() {
    func bound(_ shape: KnownShape) -> EllipsoidBound { shape.context().bound }
    #expect(bound(.upperCorner).mirrors.contains { $0.count == 2 })
    for shape in [KnownShape.shell, .twoBalls, .ballOfTwo, .halfBalls] {
      #expect(bound(shape).ellipsoids.count > 1)
    }
    #expect(bound(.corner).mirrors.contains { $0.count == 3 })
    #expect(bound(.edge).mirrors.contains { $0.opens(0) })
    #expect(bound(.slantedEdge).mirrors.allSatisfy { $0.isNone })
    #expect(bound(.ball).mirrors.allSatisfy { $0.isNone })
    #expect(bound(.seam).seam.offsets[0] > 0.3 && bound(.seam).seam.offsets[0] < 0.7)
  }

  /// Walks in the frame of the cube pass reflective ends, and come back there.
  @Test(arguments: [KnownShape.edge, .slantedEdge, .seam, .ball])
  func walksInTheCubeKeepTheLaw(_ shape: KnownShape) throws {
    var context = shape.context()
    context.bound = .cube
    let evaluator = Evaluator(try shape.problem())
    var statistics = LawStatistics(shape, context.bound)
    for index in 0..<Self.count {
      var (start, stream) = Self.start(index, shape)
      let piece = NestedPiece(
        kind: .randomWalk, seed: stream.next(), index: 0, context: 0, threshold: 0, start: start, scale: 0.1,
        steps: 24)
      let end = try piece.perform(with: context, on: evaluator).cube
      guard !end.isEmpty else { continue }
      statistics.add(from: start, to: end)
    }
    #expect(statistics.count > Self.count - 10)
    statistics.expectSameLaw(shape.name)
  }

  /// Draws from a bound that holds the whole set have its law, whatever bound it is.
  @Test(arguments: KnownShape.all, [NestedSettings.Bound.multi, .single, .balls, .cubes, .friends, .none])
  func drawsHaveTheLaw(_ shape: KnownShape, _ form: NestedSettings.Bound) throws {
    var context = shape.context(caution: 1)
    let points = context.population
    switch form {
    case .none: context.bound = .cube
    case .multi: context.bound.scale(by: 1.25)
    case .single:
      context.bound = EllipsoidBound(
        around: points, boundaries: shape.boundaries, bootstraps: 0, isSingle: true, key: (1, 1))
      context.bound.scale(by: 1.25)
    case .balls, .cubes, .friends:
      context.friends = FriendsBound(
        around: points, seam: context.bound.seam, kind: form, bootstraps: 20, enlargement: 2, key: (1, 1))
      #expect(context.friends != nil)
    }
    // In the cube it takes more draws than there are to find it.
    if form == .none, shape.dimension > 3 { return }
    let evaluator = Evaluator(try shape.problem())
    var statistics = LawStatistics(shape, context.bound)
    for index in 0..<(form == .multi || form == .single ? Self.count : 3000) {
      var stream = Self.start(index, shape).1
      let piece = NestedPiece(
        kind: .uniform, seed: stream.next(), index: 0, context: 0, threshold: 0, steps: 10_000)
      let end = try piece.perform(with: context, on: evaluator).cube
      try #require(!end.isEmpty)
      statistics.add(from: shape.draw(&stream), to: end)
    }
    // Parts of the set that 400 points have missed are a thousandth of it at most.
    statistics.expectSameLaw("\(shape.name), \(form)")
  }
}
