import RookeryCore
import Testing

/// Blocks of points: each row is answered, refused and blamed by itself.
@Suite struct EvaluatorBlockTests {
  private struct Broken: Error {}

  /// Three parameters of which one is fixed, and two derived quantities: columns and rows of different numbers.
  private static func problem(
    batch: Int, _ likelihood: @escaping Problem.BatchLogLikelihood
  ) throws -> Problem {
    var problem = try Problem(
      "p",
      parameters: [
        Parameter("a", .uniform(0, 10)), Parameter("b", .fixed(3)), Parameter("c", .uniform(0, 1)),
      ],
      derived: ["sum", "again"], batchLogLikelihood: likelihood)
    problem.batch = batch
    return problem
  }

  /// What a row is worth, by itself.
  private static func value(_ a: Double, _ b: Double, _ c: Double) -> Double { a - b * c }

  private static let rowWise: Problem.BatchLogLikelihood = { theta, derived, logL in
    for i in 0..<logL.count {
      let (a, b, c) = (theta[3 * i], theta[3 * i + 1], theta[3 * i + 2])
      logL[i] = value(a, b, c)
      derived[2 * i] = a + b + c
      derived[2 * i + 1] = a
    }
  }

  private static func cubes(_ count: Int) -> [Double] {
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 77), index: 0)
    return (0..<2 * count).map { _ in stream.uniform() }
  }

  private func evaluate(
    _ evaluator: Evaluator, _ points: [Double], in space: Space = .cube
  ) throws -> EvaluationBuffer {
    var buffer = EvaluationBuffer()
    try points.withUnsafeBufferPointer { try evaluator.evaluate($0, in: space, into: &buffer) }
    return buffer
  }

  @Test(arguments: [1, 2, 7, 10, 64]) func rowsAreAnsweredByThemselves(_ batch: Int) throws {
    let evaluator = Evaluator(try Self.problem(batch: batch, Self.rowWise))
    let points = Self.cubes(10)
    let buffer = try evaluate(evaluator, points)
    #expect(evaluator.calls == 10)
    for row in 0..<10 {
      let (a, c) = (10 * points[2 * row], points[2 * row + 1])
      #expect(buffer.logLikelihoods[row] == Self.value(a, 3, c))
      #expect(Array(buffer.derived[2 * row..<2 * row + 2]) == [a + 3 + c, a])
    }
    // And one of them alone.
    let alone = try points[4..<6].withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
    #expect(alone == buffer.logLikelihoods[2])
    #expect(Array(evaluator.derived) == Array(buffer.derived[4..<6]))
  }

  @Test func blocksHaveTheSizeOfTheBatch() throws {
    let sizes = Recorder()
    let evaluator = Evaluator(
      try Self.problem(batch: 4) { theta, derived, logL in
        sizes.values.append(Double(logL.count))
        #expect(theta.count == 3 * logL.count && derived.count == 2 * logL.count)
        try Self.rowWise(theta, &derived, &logL)
      })
    _ = try evaluate(evaluator, Self.cubes(10))
    #expect(sizes.values == [4, 4, 2])
  }

  @Test func parametersAreTakenAsTheyAre() throws {
    let evaluator = Evaluator(try Self.problem(batch: 2, Self.rowWise))
    let buffer = try evaluate(evaluator, [1, 2, 3, 4, 5, 6, 7, 8, 9], in: .parameters)
    #expect(buffer.logLikelihoods == [-5.0, -26, -65] as [Double])
  }

  @Test func oneRowIsRefusedAndNoOther() throws {
    var problem = try Self.problem(batch: 8) { theta, derived, logL in
      try Self.rowWise(theta, &derived, &logL)
      logL[2] = -.infinity
      logL[5] = .nan
    }
    problem.onNaN = .refuse
    let evaluator = Evaluator(problem)
    let logL = try evaluate(evaluator, Self.cubes(8)).logLikelihoods
    #expect(logL.indices.filter { logL[$0] == -.infinity } == [2, 5])
    // Minus infinity is an answer, not a refusal.
    #expect(evaluator.refused == 1 && evaluator.calls == 8)
  }

  @Test func aFailingRowIsNamed() throws {
    for (bad, reason) in [(Double.nan, "returned NaN"), (.infinity, "returned +infinity")] {
      let problem = try Self.problem(batch: 8) { theta, derived, logL in
        try Self.rowWise(theta, &derived, &logL)
        logL[6] = bad
      }
      let points = Self.cubes(8)
      let failure = #expect(throws: LikelihoodFailure.self) { try evaluate(Evaluator(problem), points) }
      #expect(failure?.reason.contains(reason) == true)
      #expect(failure?.point.hasPrefix("a = \(10 * points[12]), b = 3.0") == true)
    }
  }

  /// Whoever throws for a block means one of its points: which is found by asking for each.
  @Test func aThrownRefusalConcernsOneRow() throws {
    let points = Self.cubes(8)
    let bad = 10 * points[6]
    let problem = try Self.problem(batch: 8) { theta, derived, logL in
      for i in 0..<logL.count where theta[3 * i] == bad { throw PointRefused("no model") }
      try Self.rowWise(theta, &derived, &logL)
    }
    let evaluator = Evaluator(problem)
    let buffer = try evaluate(evaluator, points)
    let right = try evaluate(Evaluator(Self.problem(batch: 8, Self.rowWise)), points).logLikelihoods
    for row in 0..<8 { #expect(buffer.logLikelihoods[row] == (row == 3 ? -.infinity : right[row])) }
    #expect(buffer.derived[6].isNaN && buffer.derived[8].isFinite)
    #expect(evaluator.refused == 1 && evaluator.calls == 8)
  }

  @Test func aThrownErrorNamesItsRow() throws {
    let points = Self.cubes(8)
    let bad = 10 * points[10]
    let problem = try Self.problem(batch: 8) { theta, _, logL in
      for i in 0..<logL.count {
        if theta[3 * i] == bad { throw Broken() }
        logL[i] = 0
      }
    }
    let failure = #expect(throws: LikelihoodFailure.self) { try evaluate(Evaluator(problem), points) }
    #expect(failure?.reason == "it threw Broken()")
    #expect(failure?.point.hasPrefix("a = \(bad),") == true)
    let ofBlocks = try Self.problem(batch: 8) { _, _, logL in
      if logL.count > 1 { throw Broken() }
      logL[0] = 0
    }
    let other = #expect(throws: LikelihoodFailure.self) { try evaluate(Evaluator(ofBlocks), points) }
    #expect(other?.reason == "it threw Broken(), but for none of the 8 points of its block alone")
  }

  @Test func whatARowLeavesOutIsNotLeftOver() throws {
    let problem = try Self.problem(batch: 4) { theta, derived, logL in
      for i in 0..<logL.count {
        logL[i] = 0
        if theta[3 * i] < 5 { derived[2 * i] = 1 }
      }
    }
    let points = [0.1, 0.5, 0.9, 0.5, 0.2, 0.5, 0.8, 0.5, 0.7, 0.5, 0.3, 0.5]
    let derived = try evaluate(Evaluator(problem), points).derived
    #expect((0..<6).map { derived[2 * $0] == 1 } == [true, false, true, false, false, true])
    #expect((0..<6).allSatisfy { derived[2 * $0 + 1].isNaN })
  }

  @Test func closuresOfOnePointTakeBlocksToo() throws {
    var problem = try Problem(
      "p", parameters: [Parameter("a", .uniform(0, 10)), Parameter("c", .uniform(0, 1))], derived: ["twice"]
    ) { theta, derived in
      if theta[0] > 9 { throw PointRefused() }
      derived[0] = 2 * theta[1]
      return theta[0]
    }
    problem.batch = 3
    let evaluator = Evaluator(problem)
    let buffer = try evaluate(evaluator, [0.1, 0.2, 0.95, 0.4, 0.5, 0.6, 0.7, 0.8])
    #expect(buffer.logLikelihoods == [1, -.infinity, 5, 7])
    #expect(buffer.derived[0] == 0.4 && buffer.derived[2] == 1.2 && buffer.derived[3] == 1.6)
    #expect(evaluator.refused == 1)
  }

  /// A worker that died at a block asks for each of its points first, so that the next death tells which one it was.
  @Test func aWaryEvaluatorShowsEachRowInItsTrace() throws {
    let shown = Recorder()
    let pages = try TracePages(slots: 1, values: 1, guardedBy: CallGuard(timeout: 1))
    let problem = try Self.problem(batch: 4) { theta, derived, logL in
      shown.values += [Double(logL.count), pages[0].pointOfCall(before: .infinity)?[0] ?? .nan]
      try Self.rowWise(theta, &derived, &logL)
    }
    let evaluator = Evaluator(problem)
    evaluator.trace = pages[0]
    pages[0].beginPiece(1)
    let points = [0.1, 0.5, 0.2, 0.5, 0.3, 0.5]
    let plain = try evaluate(evaluator, points)
    #expect(shown.values == [3, 1])
    shown.values = []
    evaluator.isWary = true
    #expect(try evaluate(evaluator, points).logLikelihoods == plain.logLikelihoods)
    #expect(shown.values == [1, 1, 1, 2, 1, 3, 3, 1])
    #expect(evaluator.calls == 6)
    // A point to be avoided is left out, and the others are asked for by themselves.
    evaluator.avoided = [[2, 3, 0.5]]
    shown.values = []
    let logL = try evaluate(evaluator, points).logLikelihoods
    #expect(logL == [plain.logLikelihoods[0], -.infinity, plain.logLikelihoods[2]])
    #expect(shown.values == [1, 1, 1, 3] && evaluator.refused == 1)
  }

  @Test func aLikelihoodIsOpenedOnceAWorker() throws {
    let openings = Recorder()
    let problem = try Problem(
      "p", parameters: [Parameter("a", .uniform(0, 1))], likelihood: Counting(openings: openings))
    let evaluator = Evaluator(problem, at: WorkerPlace(name: "thread 3"))
    #expect(openings.values.isEmpty)
    #expect(try evaluate(evaluator, [0.5]).logLikelihoods == [1])
    #expect(try evaluate(evaluator, [0.5]).logLikelihoods == [2])
    #expect(openings.values == [8])
    let broken = try Problem(
      "p", parameters: [Parameter("a", .uniform(0, 1))], likelihood: Counting(openings: nil))
    let failure = #expect(throws: LikelihoodFailure.self) { try evaluate(Evaluator(broken), [0.5]) }
    #expect(failure?.reason == "it could not be opened: Broken()")
  }

  @Test(arguments: [0, -1, .max]) func batchesThatCannotBe(_ batch: Int) throws {
    let problem = try Self.problem(batch: batch, Self.rowWise)
    #expect(throws: InputError.self) {
      try sample(problem, by: .importanceNested(ImportanceNestedSettings()))
    }
    #expect(throws: InputError.self) { try sample(problem, by: .nested(NestedSettings())) }
  }

  private final class Recorder: @unchecked Sendable { var values: [Double] = [] }

  private struct Counting: Likelihood {
    let openings: Recorder?
    var abilities: LikelihoodAbilities { LikelihoodAbilities() }

    func open(at place: WorkerPlace) throws -> any OpenLikelihood {
      guard let openings else { throw Broken() }
      openings.values.append(Double(place.name.count))
      return Open()
    }

    private final class Open: OpenLikelihood {
      private var calls = 0.0
      func evaluate(
        _ parameters: Span<Double>, rows: Int, logLikelihoods: inout MutableSpan<Double>,
        derived: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
        refused: inout MutableSpan<UInt8>
      ) {
        calls += 1
        for i in 0..<rows { logLikelihoods[i] = calls }
      }
    }
  }
}
