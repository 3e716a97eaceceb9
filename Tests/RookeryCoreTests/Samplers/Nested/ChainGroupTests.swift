import CaseProblems
import ReferenceProblems
import Testing

@testable import RookeryCore

/// Pieces that go together do what each would do by itself, with few calls of many points in place of many of one.
@Suite struct ChainGroupTests {
  /// A normal in six dimensions with a quantity derived from it, and how often it was called.
  private static func problem(batch: Int, calls: Counter = Counter()) throws -> Problem {
    var problem = try Problem(
      "p", parameters: (0..<6).map { Parameter("x\($0)", .uniform(0, 1)) }, derived: ["first", "sum"]
    ) { theta, derived, logL in
      calls.value += 1
      for row in 0..<logL.count {
        var (squares, sum) = (0.0, 0.0)
        for i in 6 * row..<6 * row + 6 {
          squares += (theta[i] - 0.5) * (theta[i] - 0.5)
          sum += theta[i]
        }
        logL[row] = -0.5 * squares / (0.03 * 0.03)
        derived[2 * row] = theta[6 * row]
        derived[2 * row + 1] = sum
      }
    }
    problem.batch = batch
    return problem
  }

  private final class Counter: @unchecked Sendable { var value = 0 }

  /// Chains from points of the set above one contour, each with a contour of its own.
  private static func pieces(_ kind: NestedPiece.Kind, count: Int) -> (NestedContext, [NestedPiece]) {
    var random = RandomStream(seed: 3, purpose: .init(rawValue: 2), index: 1)
    var points = PointMatrix(columns: 6)
    while points.rows < 300 {
      let x = (0..<6).map { _ in 0.5 + 0.16 * (random.uniform() - 0.5) }
      if x.reduce(0, { $0 + ($1 - 0.5) * ($1 - 0.5) }) < 0.0064 { points.append(x) }
    }
    let boundaries = [Parameter.Boundary](repeating: .open, count: 6)
    let bound = EllipsoidBound(around: points, boundaries: boundaries, bootstraps: 0, key: (1, 1))
    let context = NestedContext(
      bound: bound, population: points, spread: Ellipsoid.metric(of: points), boundaries: boundaries)
    let pieces = (0..<count).map { i in
      NestedPiece(
        kind: kind, seed: 5, index: 100 + i, context: 1, threshold: -4 + 0.01 * Double(i),
        start: kind == .uniform || kind == .prior ? [] : points[row: 3 * i], scale: 0.7, steps: 12 + i % 3)
    }
    return (context, pieces)
  }

  private static func together(_ pieces: [NestedPiece]) -> NestedPiece {
    var first = pieces[0]
    first.others = Array(pieces.dropFirst())
    return first
  }

  @Test(
    arguments: [
      NestedPiece.Kind.randomWalk, .localSlice, .axisSlice, .randomSlice, .mixture, .prior,
    ], [3, 16, 64])
  func membersDoWhatTheyDoAlone(_ kind: NestedPiece.Kind, batch: Int) throws {
    let (context, pieces) = Self.pieces(kind, count: 16)
    let alone = Evaluator(try Self.problem(batch: 1))
    let counter = Counter()
    let grouped = Evaluator(try Self.problem(batch: batch, calls: counter))
    let outcome = try Self.together(pieces).perform(with: context, on: grouped)
    #expect(outcome.others.count == 15)
    for (i, piece) in pieces.enumerated() {
      let right = try piece.perform(with: context, on: alone)
      let mine = i == 0 ? outcome : outcome.others[i - 1]
      #expect(mine.cube == right.cube && mine.logL == right.logL && mine.derived == right.derived)
      #expect(mine.calls == right.calls && mine.gains == right.gains && mine.losses == right.losses)
      #expect(mine.travel == right.travel && mine.trail == right.trail && mine.trailLogL == right.trailLogL)
      #expect(kind == .prior || right.calls >= 6)
    }
    #expect(grouped.calls == alone.calls)
    // Chains of like length keep the blocks nearly full.
    #expect(Double(counter.value) < 1.7 * Double(alone.calls) / Double(min(batch, 16)) + 4)
  }

  @Test(arguments: [4, 16, 64]) func drawsOfABoundGoToTheMembersInTurn(_ batch: Int) throws {
    var (context, pieces) = Self.pieces(.uniform, count: 16)
    for i in pieces.indices { pieces[i].steps = 64 }
    let evaluator = Evaluator(try Self.problem(batch: batch))
    let outcome = try Self.together(pieces).perform(with: context, on: evaluator)
    let all = [outcome] + outcome.others
    for (mine, piece) in zip(all, pieces) {
      #expect(mine.logL > piece.threshold && mine.cube.count == 6 && mine.derived[0] == mine.cube[0])
    }
    #expect(Set(all.map(\.logL)).count == 16)
    #expect(all.reduce(0) { $0 + $1.calls } == evaluator.calls)
    // Where nothing is found each has had its tries.
    for i in pieces.indices { pieces[i].threshold = 1 }
    let before = evaluator.calls
    let vain = try Self.together(pieces).perform(with: context, on: evaluator)
    #expect(([vain] + vain.others).allSatisfy { $0.cube.isEmpty && $0.calls >= 64 })
    #expect(evaluator.calls - before < 16 * 64 + batch)
  }

  @Test func aGroupGoesThroughBytes() throws {
    let (context, pieces) = Self.pieces(.localSlice, count: 5)
    let piece = Self.together(pieces)
    var writer = WireWriter()
    writer.write(piece)
    var reader = WireReader(writer.bytes)
    let copy = try NestedPiece(from: &reader)
    #expect(reader.remaining == 0 && copy.others.map(\.index) == piece.others.map(\.index))
    let outcome = try copy.perform(with: context, on: Evaluator(Self.problem(batch: 5)))
    writer = WireWriter()
    writer.write(outcome)
    reader = WireReader(writer.bytes)
    let received = try NestedOutcome(from: &reader)
    #expect(reader.remaining == 0 && received.others.map(\.logL) == outcome.others.map(\.logL))
  }
}
