import Synchronization
import Testing

@testable import RookeryCore

/// Counts how often it is opened, and on which thread it is evaluated.
private final class CountedLikelihood: Likelihood {
  let abilities = LikelihoodAbilities(isThreadSafe: true)
  let opened = Atomic(0)

  func open(at place: WorkerPlace) -> any OpenLikelihood {
    opened.add(1, ordering: .relaxed)
    return Open()
  }

  private final class Open: OpenLikelihood {
    func evaluate(
      _ parameters: Span<Double>, rows: Int, logLikelihoods: inout MutableSpan<Double>,
      derived: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
      refused: inout MutableSpan<UInt8>
    ) { for row in 0..<rows { logLikelihoods[row] = -50 * parameters[row] * parameters[row] } }
  }
}

/// Workers that stay for several runs.
@Suite struct CrewTests {
  private static let quiet: RunSettings = {
    var settings = RunSettings()
    settings.showsProgress = false
    return settings
  }()

  private static var nested: Method {
    var settings = NestedSettings()
    settings.live = 50
    return .nested(settings)
  }

  private static func problem(_ likelihood: any Likelihood) throws -> Problem {
    try Problem("p", parameters: [Parameter("x", .uniform(-1, 1))], likelihood: likelihood)
  }

  private static func parabola(threadSafe: Bool = true, failing: Bool = false) throws -> Problem {
    try Problem("q", parameters: [Parameter("x", .uniform(-1, 1))], threadSafe: threadSafe) {
      (theta: Span<Double>) in failing ? .nan : -theta[0] * theta[0]
    }
  }

  /// Each worker opens a problem once, whatever methods and however many runs; the bits are those of runs by themselves.
  @Test(.timeLimit(.minutes(10)), arguments: [Pool.serial, .threads(3)])
  func problemsAreOpenedOnce(_ pool: Pool) throws {
    let likelihood = CountedLikelihood()
    let problem = try Self.problem(likelihood)
    let crew = try Crew(on: pool, for: [problem])
    let workers = try crew.measure(problem) { meter in
      // Each has something to do, or some would not open it.
      try meter.stream(PointPiece(index: 0, rest: 0.01), window: 9, seconds: 1, pieces: 9).pieces == 9
        ? meter.workers : 0
    }
    var few = ImportanceNestedSettings()
    few.targetEffectiveSize = 300
    let first = try crew.sample(problem, by: Self.nested, settings: Self.quiet)
    let second = try crew.sample(problem, by: .importanceNested(few), settings: Self.quiet)
    let third = try crew.sample(problem, by: Self.nested, settings: Self.quiet)
    #expect(likelihood.opened.load(ordering: .relaxed) == workers)
    #expect(first.digest == third.digest)
    #expect(try sample(problem, by: Self.nested, settings: Self.quiet).digest == first.digest)
    #expect(try sample(problem, by: .importanceNested(few), settings: Self.quiet).digest == second.digest)
  }

  /// A problem that the crew was not opened for is let in, unless it cannot be worked on there.
  @Test(.timeLimit(.minutes(10))) func laterProblems() throws {
    let crew = try Crew(on: .threads(2), for: [Self.parabola()])
    let later = try Self.parabola()
    let digest = try sample(later, by: Self.nested, settings: Self.quiet).digest
    let unsafe = try Self.parabola(threadSafe: false)
    for _ in 0..<2 {
      #expect(throws: InputError.self) {
        try crew.sample(unsafe, by: Self.nested, settings: Self.quiet)
      }
      #expect(try crew.sample(later, by: Self.nested, settings: Self.quiet).digest == digest)
    }
    let wide = try Problem(
      "wide", parameters: (0..<700).map { Parameter("x\($0)", .uniform(0, 1)) }, threadSafe: true
    ) { (_: Span<Double>) in throw PointRefused() }
    let refused = try crew.measure(wide) {
      try $0.stream(PointPiece(index: 0), window: 2, seconds: 1, pieces: 2).cost.refused
    }
    #expect(refused == 2)
  }

  /// A run that fails takes no other with it.
  @Test(.timeLimit(.minutes(10)), arguments: [Pool.serial, .threads(2)])
  func runsAfterAFailure(_ pool: Pool) throws {
    let (good, bad) = (try Self.parabola(), try Self.parabola(failing: true))
    let crew = try Crew(on: pool, for: [good, bad])
    let digest = try crew.sample(good, by: Self.nested, settings: Self.quiet).digest
    #expect(throws: LikelihoodFailure.self) {
      try crew.sample(bad, by: Self.nested, settings: Self.quiet)
    }
    #expect(try crew.sample(good, by: Self.nested, settings: Self.quiet).digest == digest)
    crew.close()
    // A crew that was closed is opened again.
    #expect(try crew.sample(good, by: Self.nested, settings: Self.quiet).digest == digest)
  }

  /// A run that is started by what listens to another would talk into it.
  @Test func oneRunAtATime() throws {
    let problem = try Self.parabola()
    let crew = try Crew(on: .threads(2), for: [problem])
    let inner = try crew.measure(problem) { meter in
      #expect(throws: InputError.self) { try crew.measure(problem) { _ in 1 } }
      return try meter.stream(PointPiece(index: 0), window: 4, seconds: 1, pieces: 4).pieces
    }
    #expect(try inner == 4 && crew.measure(problem) { _ in 1 } == 1)
  }

  /// How calls are guarded is a matter of the workers, which one run cannot have otherwise than the crew.
  @Test func guardsAreTheCrews() throws {
    let crew = try Crew(on: .serial, for: [Self.parabola()])
    var settings = Self.quiet
    settings.silenceTimeout = 100
    #expect(throws: InputError.self) {
      try crew.sample(Self.parabola(), by: Self.nested, settings: settings)
    }
  }

  /// What can be set on a problem goes with each run; another likelihood is another problem.
  @Test func whatIsTheSameProblem() throws {
    let problem = try Self.parabola()
    let stock = Stock(problems: [problem], kinds: [WorkKind(PointPiece.self)])
    var other = problem
    (other.batch, other.onNaN) = (7, .refuse)
    let (assignment, added) = stock.assignment(WorkKind(PointPiece.self), other)
    #expect(added == nil)
    let found = try stock.look(up: assignment).problem
    #expect(found.batch == 7 && found.onNaN == .refuse && found.identity == problem.identity)
    let (later, addition) = stock.assignment(WorkKind(Squaring.self), problem.withCost(mean: 1, spread: 0))
    #expect(addition?.problem != nil && addition?.isNewKind == true && later != assignment)
    if let addition { stock.takeBack(addition) }
    #expect(throws: WireError.self) { try stock.look(up: later) }
  }

  /// A rank that was called for another run than rank 0 says so, and does not take the wrong result for its own.
  @Test func ranksThatGoDifferentWays() throws {
    final class Line: WorkerLink {
      var orders: [[UInt8]] = []
      var answers: [[UInt8]] = []
      func receive() throws -> [UInt8] { orders.removeFirst() }
      func send(_ frame: [UInt8]) { answers.append(frame) }
    }
    let stock = Stock(
      problems: [try Self.parabola(), try Self.parabola()], kinds: [WorkKind(PointPiece.self)])
    let assignments = (0..<2).map { Assignment(kind: 0, problem: $0, settings: stock.problems[$0]) }
    let line = Line()
    line.orders = [
      Order.begin(assignments[0]).frame, Order.begin(assignments[1]).frame, Order.report.frame,
      Order.finish.frame,
    ]
    #expect(try WorkerPost(stock, line).serveRun(expecting: assignments[0]))
    guard case .confused(let reason) = try Answer(frame: line.answers[0]) else {
      Issue.record("the second run was not expected")
      return
    }
    #expect(reason.contains("the same runs in the same order") && line.answers.count == 3)
    // Work before a run is no order either.
    line.orders = [Order.wary.frame, Order.leave.frame]
    #expect(try WorkerPost(stock, line).serveRun() == false)
    #expect(line.answers.count == 4)
  }
}
