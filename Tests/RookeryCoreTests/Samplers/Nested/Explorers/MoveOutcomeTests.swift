import Glibc
import Synchronization
import Testing

@testable import RookeryCore

/// What a piece brings back belongs to one point, which lies above the threshold; one that found none brings none.
@Suite struct MoveOutcomeTests {
  private static let kinds: [NestedPiece.Kind] = [
    .uniform, .randomWalk, .localSlice, .axisSlice, .randomSlice, .mixture,
  ]

  /// Two discs, with the place doubled as derived quantity.
  private static func problem(_ offset: Double = 0) throws -> Problem {
    try Problem(
      "discs", parameters: [Parameter("x", .uniform(0, 1)), Parameter("y", .uniform(0, 1))],
      derived: ["twice x", "sum"]
    ) { theta, derived in
      derived[0] = 2 * theta[0]
      derived[1] = theta[0] + theta[1]
      return offset + Self.logL(theta[0], theta[1])
    }
  }

  private static func logL(_ x: Double, _ y: Double) -> Double {
    -min(pow(x - 0.3, 2) + pow(y - 0.3, 2), pow(x - 0.7, 2) + pow(y - 0.7, 2))
  }

  private static func context() throws -> NestedContext {
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 5), index: 0)
    let population = PointMatrix(columns: 2, values: (0..<40).map { _ in 0.2 + 0.2 * stream.uniform() })
    let factor = [0.12, 0, 0, 0.12]
    let one = try #require(Ellipsoid(centre: [0.3, 0.3], factor: factor))
    let other = try #require(Ellipsoid(centre: [0.7, 0.7], factor: factor))
    return NestedContext(
      bound: EllipsoidBound(ellipsoids: [one, other]), population: population,
      spread: Ellipsoid.metric(of: population), boundaries: [.open, .open])
  }

  private static func piece(_ kind: NestedPiece.Kind, index: Int, threshold: Double) -> NestedPiece {
    NestedPiece(
      kind: kind, seed: 9, index: index, context: 0, threshold: threshold, start: [0.33, 0.29], scale: 0.5,
      steps: kind == .uniform ? 64 : 8)
  }

  @Test(arguments: kinds) func whatComesBackBelongsToOnePoint(_ kind: NestedPiece.Kind) throws {
    let evaluator = Evaluator(try Self.problem())
    let context = try Self.context()
    let before = evaluator.calls
    var (calls, moved) = (0, Set<Double>())
    for index in 0..<60 {
      let outcome = try Self.piece(kind, index: index, threshold: -0.01).perform(with: context, on: evaluator)
      calls += outcome.calls
      try #require(outcome.cube.count == 2)
      moved.insert(outcome.cube[0])
      #expect(outcome.logL > -0.01)
      #expect(abs(outcome.logL - Self.logL(outcome.cube[0], outcome.cube[1])) < 1e-12)
      #expect(outcome.derived == [2 * outcome.cube[0], outcome.cube[0] + outcome.cube[1]])
      #expect((kind == .uniform) == outcome.travel.isEmpty)
      // Points on the way lie above the threshold too.
      #expect(outcome.trail.count == 2 * outcome.trailLogL.count)
      for (i, value) in outcome.trailLogL.enumerated() {
        #expect(value > -0.01)
        #expect(abs(value - Self.logL(outcome.trail[2 * i], outcome.trail[2 * i + 1])) < 1e-12)
      }
      #expect(outcome.trail.isEmpty || kind == .localSlice)
    }
    #expect(calls == evaluator.calls - before)
    #expect(moved.count == 60)
  }

  /// Calls that end at the foot of a cliff are counted, where there is no likelihood and where a number stands for none.
  @Test(arguments: [(-Double.infinity, -Double.infinity), (-1e30, -100), (-1e30, -Double.infinity)])
  func callsBeyondACliffAreCounted(_ floor: Double, _ abyss: Double) throws {
    let feet = Mutex(0)
    let problem = try Problem("disc", parameters: Self.problem().parameters) { theta in
      guard theta[0] > 0.28 else {
        feet.withLock { $0 += 1 }
        return floor
      }
      return Self.logL(theta[0], theta[1])
    }
    let evaluator = Evaluator(problem)
    var context = try Self.context()
    context.abyss = abyss
    var cliffs = 0
    for index in 0..<60 {
      let outcome = try Self.piece(.localSlice, index: index, threshold: -0.01).perform(
        with: context, on: evaluator)
      cliffs += outcome.cliffs
    }
    #expect(feet.withLock { $0 } > 60)
    #expect(cliffs == (floor <= abyss ? feet.withLock { $0 } : 0))
  }

  /// Where nothing is above the threshold no point comes back: a copy of the start would be no new point.
  @Test(arguments: kinds) func whoHasNotMovedHasFoundNothing(_ kind: NestedPiece.Kind) throws {
    let evaluator = Evaluator(try Self.problem(-1))
    let outcome = try Self.piece(kind, index: 1, threshold: -0.5).perform(
      with: Self.context(), on: evaluator)
    #expect(outcome.cube.isEmpty && outcome.logL == -.infinity && outcome.trail.isEmpty)
    #expect(outcome.calls == evaluator.calls && outcome.calls > 0)
    #expect(outcome.gains == 0)
  }

  /// The same piece gives the same bits, and another of the same kind others.
  @Test(arguments: kinds + [.prior]) func piecesAreTheirStreams(_ kind: NestedPiece.Kind) throws {
    func cube(_ index: Int, seed: UInt64 = 9) throws -> [Double] {
      var piece = Self.piece(kind, index: index, threshold: -0.01)
      piece.seed = seed
      return try piece.perform(with: Self.context(), on: Evaluator(Self.problem())).cube
    }
    #expect(try cube(1) == cube(1))
    #expect(try cube(1) != cube(2) && cube(1) != cube(1, seed: 10))
  }

  @Test func drawsOfThePriorAreKeptWhateverTheirLikelihood() throws {
    let evaluator = Evaluator(try Self.problem(-.infinity))
    let outcome = try NestedPiece(kind: .prior, seed: 1, index: 0, context: 0).perform(
      with: Self.context(), on: evaluator)
    #expect(outcome.cube.count == 2 && outcome.calls == 1 && outcome.derived.count == 2)
  }
}
