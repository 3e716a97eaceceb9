import Testing

@testable import RookeryCore

/// Draws that an earlier search has paid for answer the first pieces as if the sampler had made them itself.
@Suite struct AdoptionTests {
  private static let floor = -1e10

  /// A peak over the whole prior, or one that only a part of the prior sees: the rest shares one value.
  private static func problem(seeing part: Double = 1) throws -> Problem {
    try Problem(
      "peak", parameters: [Parameter("x", .uniform(0, 1)), Parameter("y", .uniform(0, 1))], derived: ["sum"]
    ) { theta, derived in
      derived[0] = theta[0] + theta[1]
      let (x, y) = (theta[0], theta[1] - 0.5)
      return x < part ? -50 * (x * x + y * y) : Self.floor
    }
  }

  private static func sampler(_ problem: Problem, window: Int) throws -> NestedSampler {
    var settings = NestedSettings()
    (settings.live, settings.window) = (100, window)
    return try NestedSampler(problem: problem, settings: settings, seed: 6)
  }

  /// What the sampler's own first pieces come to, as far as anybody likes.
  private static func draws(_ count: Int, _ problem: Problem) throws -> PriorDraws {
    let evaluator = Evaluator(problem)
    let context = try sampler(problem, window: 1).context
    var draws = PriorDraws(cube: PointMatrix(columns: 2), derived: PointMatrix(columns: 1), logL: [])
    for index in 0..<count {
      let piece = NestedPiece(kind: .prior, seed: 6, index: index, context: 0)
      let outcome = try piece.perform(with: context, on: evaluator)
      draws.cube.append(outcome.cube)
      draws.derived.append(outcome.derived)
      draws.logL.append(outcome.logL)
    }
    return draws
  }

  /// Lets a sampler run to its end, or until it has all its first live points. Returns what it leaves behind, and the calls it made.
  private static func finish(
    _ sampler: inout NestedSampler, on problem: Problem, isFilled: Bool = false
  ) throws -> (bytes: [UInt8], calls: Int) {
    let evaluator = Evaluator(problem)
    var pieces: [NestedPiece] = []
    while !(isFilled && !sampler.isFilling) {
      while pieces.count < sampler.window, let piece = sampler.nextPiece() { pieces.append(piece) }
      guard !pieces.isEmpty else { break }
      let piece = pieces.removeFirst()
      sampler.absorb(try piece.perform(with: sampler.context, on: evaluator), of: piece)
    }
    var writer = WireWriter()
    writer.write(sampler.record())
    return (writer.bytes, evaluator.calls)
  }

  /// Whether there are none, too few or too many of them: the run is the same to the bit, and makes so many calls fewer.
  @Test(arguments: [0, 30, 100, 500]) func theRunIsAsWithItsOwnDraws(_ count: Int) throws {
    let problem = try Self.problem()
    var own = try Self.sampler(problem, window: 10)
    let (expected, calls) = try Self.finish(&own, on: problem)
    var heir = try Self.sampler(problem, window: 10)
    heir.adopt(try Self.draws(count, problem))
    #expect(heir.logL.count == min(count, 100))
    let (bytes, fewer) = try Self.finish(&heir, on: problem)
    #expect(own.ending == .converged && heir.ending == .converged)
    let isSame = bytes == expected
    #expect(isSame)
    #expect(calls - fewer >= min(count, 100))
  }

  /// As many as it would have asked for itself: on a plateau until a quarter of the live points lie above it.
  @Test func searchesOfAPlateauGoOnWhereTheyWere() throws {
    let problem = try Self.problem(seeing: 0.02)
    let known = try Self.draws(5000, problem)
    var own = try Self.sampler(problem, window: 1)
    _ = try Self.finish(&own, on: problem, isFilled: true)
    #expect(own.live.count == 25 && own.logL.count > 500 && own.logL.count < known.count)
    for part in [400, 5000] {
      var heir = try Self.sampler(problem, window: 1)
      heir.adopt(
        PriorDraws(
          cube: known.cube.rows(at: Array(0..<part)), derived: known.derived.rows(at: Array(0..<part)),
          logL: Array(known.logL[..<part])))
      #expect(heir.logL.count == min(part, own.logL.count) && heir.isFilling == (part == 400))
      let (bytes, _) = try Self.finish(&heir, on: problem)
      var undisturbed = try Self.sampler(problem, window: 1)
      let isSame = try Self.finish(&undisturbed, on: problem).bytes == bytes
      #expect(isSame)
    }
  }

  /// Once pieces are out, or the live points are there, draws would answer what nobody asked.
  @Test func aSamplerThatHasBegunTakesNone() throws {
    let problem = try Self.problem()
    let draws = try Self.draws(100, problem)
    var begun = try Self.sampler(problem, window: 1)
    let issued = begun.nextPiece()
    let piece = try #require(issued)
    begun.adopt(draws)
    #expect(begun.logL.isEmpty && begun.out == 1)
    begun.absorb(try piece.perform(with: begun.context, on: Evaluator(problem)), of: piece)
    _ = try Self.finish(&begun, on: problem, isFilled: true)
    let pieces = begun.piecesIssued
    begun.adopt(draws)
    #expect(begun.logL.count == 100 && begun.piecesIssued == pieces && begun.vacant == 0)
  }

  /// What is known already is looked at to its end, before a search is given up that would have ended sooner by itself.
  @Test func allThatIsKnownIsLookedAt() throws {
    let blank = PriorDraws(
      cube: PointMatrix(columns: 2, values: [Double](repeating: 0.5, count: 2 * 6000)),
      derived: PointMatrix(columns: 1, values: [Double](repeating: 1, count: 6000)),
      logL: (0..<6000).map { $0 < 5900 ? Self.floor : -Double($0 % 100) })
    var heir = try Self.sampler(Self.problem(), window: 1)
    heir.adopt(blank)
    #expect(heir.ending == nil && !heir.isFilling && heir.live.count >= 25)
  }
}
