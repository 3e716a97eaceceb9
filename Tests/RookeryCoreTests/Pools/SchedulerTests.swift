import RookeryCore
import Testing

/// Squares a number; needs a context that adds to it.
private struct Squaring: Work {
  var context: Int
  var number: Double

  func perform(with context: Shift, on evaluator: Evaluator) throws -> Answered {
    let x = number + context.value
    let logLikelihood = try [0.5].withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
    return Answered(value: x * x + logLikelihood)
  }

  init(context: Int, number: Double) {
    self.context = context
    self.number = number
  }
  func encode(to writer: inout WireWriter) {
    writer.write(context)
    writer.write(number)
  }
  init(from reader: inout WireReader) throws(WireError) {
    context = try reader.read()
    number = try reader.read()
  }

  struct Shift: Wire, Sendable {
    var value: Double
    init(value: Double) { self.value = value }
    func encode(to writer: inout WireWriter) { writer.write(value) }
    init(from reader: inout WireReader) throws(WireError) { value = try reader.read() }
  }
  struct Answered: Wire, Sendable {
    var value: Double
    init(value: Double) { self.value = value }
    func encode(to writer: inout WireWriter) { writer.write(value) }
    init(from reader: inout WireReader) throws(WireError) { value = try reader.read() }
  }
}

/// Workers without a thread: each serves its frames when asked for answers, in an order drawn at random, and
/// may die.
private final class ScriptedTransport: Transport {
  private final class Link: WorkerLink {
    struct Empty: Error {}
    var inbox: [[UInt8]] = []
    var outbox: [[UInt8]] = []
    func receive() throws -> [UInt8] {
      if inbox.isEmpty { throw Empty() }
      return inbox.removeFirst()
    }
    func send(_ frame: [UInt8]) { outbox.append(frame) }
  }

  let problem: Problem
  private var links: [Link]
  /// What each worker has been sent, for it forgets between two calls of `serve`.
  private var history: [[[UInt8]]]
  private var random: RandomStream
  /// Dies when it is about to serve a message that holds this piece, while it may.
  var killer: Int?
  var deathsLeft = 0
  var isFromOutside = false
  /// Whether the piece is known at which it dies.
  var isNamed = true
  /// Whether its point kills by itself; else the worker dies of something else, at another point each time.
  var isGuilty = true
  /// Workers that have been sent work.
  private var used: Set<Int> = []
  /// Points tried by workers that had done something before.
  private(set) var badTrials = 0
  private var deaths = 0
  /// The frames that each worker has been sent to let it go.
  var goodbyes: [[UInt8]] = []
  /// Workers that stand for ranks.
  var rankWorkers: Set<Int> = []
  var largestMessage = 0
  private(set) var closed = 0

  init(_ problem: Problem, workers: Int, seed: UInt64) {
    self.problem = problem
    links = (0..<workers).map { _ in Link() }
    history = Array(repeating: [], count: workers)
    random = RandomStream(seed: seed, purpose: .init(rawValue: 1), index: 0)
  }

  var workers: Int { links.count }
  func place(of worker: Int) -> String { "worker \(worker)" }
  /// Who gives no sign of life.
  var silent: [Silence] = []
  /// Whether silent workers can be ended, and which have been.
  var endsSilent = false
  private(set) var ended: [Int] = []

  func silences(at now: Double) -> [Silence] { silent }
  func end(_ worker: Int) -> Bool {
    guard endsSilent else { return false }
    ended.append(worker)
    silent = []
    return true
  }

  func isRank(_ worker: Int) -> Bool { rankWorkers.contains(worker) }
  func send(_ frame: [UInt8], to worker: Int) {
    if Order.isFinish(frame) { goodbyes.append(frame) }
    links[worker].inbox.append(frame)
  }
  func close(byForceAfter error: (any Error)?) { closed += 1 }

  func receive(seconds: Double) throws -> TransportEvent? {
    // Sometimes nothing has come yet.
    if random.integer(below: 3) == 0 { return nil }
    let ready = links.indices.filter { !links[$0].inbox.isEmpty || !links[$0].outbox.isEmpty }
    guard !ready.isEmpty else { return nil }
    let worker = ready[random.integer(below: ready.count)]
    if !links[worker].outbox.isEmpty { return .frame(links[worker].outbox.removeFirst(), from: worker) }
    var tried: [Double]?
    for frame in links[worker].inbox {
      if case .trial(_, let point) = try Order(frame: frame) {
        tried = point
        if used.contains(worker) { badTrials += 1 }
      }
      guard case .work(let count, let pieces) = try Order(frame: frame) else { continue }
      used.insert(worker)
      largestMessage = max(largestMessage, count)
      var reader = WireReader(pieces)
      for _ in 0..<count {
        let sequence = try reader.read(Int.self)
        _ = try reader.read(Int.self)
        _ = try Squaring(from: &reader)
        guard sequence == killer, deathsLeft > 0 else { continue }
        deathsLeft -= 1
        deaths += 1
        links[worker] = Link()
        history[worker] = []
        used.remove(worker)
        let point = isGuilty ? [0.25] : [0.25, Double(deaths)]
        let inside =
          isNamed
          ? WorkerTrace.Moment(sequence: sequence, point: point, isTrial: isGuilty && tried == point) : nil
        return .lost(Loss(worker: worker, how: "signal 11", isFromOutside: isFromOutside, inside: inside))
      }
    }
    let contexts = history[worker]
    let fresh = links[worker].inbox
    history[worker] += fresh.filter { if case .work? = try? Order(frame: $0) { false } else { true } }
    links[worker].inbox = contexts + fresh
    _ = try? Worker<Squaring>(problem).serve(links[worker])
    links[worker].inbox = []
    return links[worker].outbox.isEmpty ? nil : .frame(links[worker].outbox.removeFirst(), from: worker)
  }
}

struct SchedulerTests {
  private static func problem(failing: Bool = false) throws -> Problem {
    try Problem("p", parameters: [Parameter("x", .uniform(0, 1))]) { (_: Span<Double>) in failing ? .nan : 1 }
  }

  /// Squares the numbers up to a count, with a new context every ten.
  private func squares(
    _ count: Int, window: Int, over transport: (any Transport)?, problem: Problem,
    onCrash: CrashPolicy = .stop, waiting seconds: Double = 0, allowing allowance: Int = .max,
    goodbye: [UInt8] = [], silenceLimit: Double? = nil
  ) throws -> [Double] {
    var scheduler = Scheduler<Squaring>(
      problem: problem, transport: transport, onCrash: onCrash, silenceLimit: silenceLimit)
    var outcomes: [Double] = []
    var issued = 0
    var idle = 0
    while outcomes.count < count {
      while issued < count, scheduler.outstanding < window {
        let version = issued / 10
        if !scheduler.holds(context: version) {
          scheduler.publish(Squaring.Shift(value: Double(version)), version: version)
          try scheduler.release(contextsBefore: outcomes.count / 10)
        }
        scheduler.submit(
          Squaring(context: version, number: Double(issued)), allowing: issued % 3 == 1 ? allowance : .max)
        issued += 1
      }
      if let completed = try scheduler.next(seconds: seconds) {
        if let outcome = completed.outcome {
          outcomes.append(outcome.value)
        } else {
          scheduler.repeatOldest(allowing: 1)
        }
        idle = 0
      } else {
        idle += 1
        try #require(idle < 10_000, "the scheduler starves")
      }
    }
    scheduler.finish(goodbye)
    return outcomes
  }

  private static func expected(_ count: Int) -> [Double] {
    (0..<count).map { i -> Double in
      let x = Double(i + i / 10)
      return x * x + 1
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: [1, 2, 7], [1, 5, 64])
  func outcomesComeInTheOrderOfSubmission(_ workers: Int, _ window: Int) throws {
    let problem = try Self.problem()
    for seed: UInt64 in 0..<10 {
      let transport = ScriptedTransport(problem, workers: workers, seed: seed)
      #expect(try squares(200, window: window, over: transport, problem: problem) == Self.expected(200))
      #expect(transport.closed == 1)
    }
    #expect(try squares(200, window: window, over: nil, problem: problem) == Self.expected(200))
  }

  @Test(.timeLimit(.minutes(10))) func cheapPiecesShareMessages() throws {
    let problem = try Self.problem()
    let transport = ScriptedTransport(problem, workers: 2, seed: 1)
    _ = try squares(400, window: 64, over: transport, problem: problem)
    #expect(transport.largestMessage > 3)
  }

  @Test(.timeLimit(.minutes(10)), arguments: [0, 1, 30, 199])
  func lostWorkIsDoneAgain(_ piece: Int) throws {
    let problem = try Self.problem()
    for seed: UInt64 in 0..<10 {
      let transport = ScriptedTransport(problem, workers: 3, seed: seed)
      (transport.killer, transport.deathsLeft) = (piece, 1)
      #expect(try squares(200, window: 40, over: transport, problem: problem) == Self.expected(200))
      #expect(transport.deathsLeft == 0)
    }
  }

  @Test(.timeLimit(.minutes(10))) func workThatKillsTwiceIsReported() throws {
    let problem = try Self.problem()
    let transport = ScriptedTransport(problem, workers: 3, seed: 4)
    (transport.killer, transport.deathsLeft) = (57, 2)
    let failure = #expect(throws: LikelihoodFailure.self) {
      try squares(200, window: 40, over: transport, problem: problem)
    }
    #expect(failure?.point == "x = 0.25")
    #expect(failure?.reason.contains("signal 11") == true)
  }

  /// The likelihood is refused wherever the point is met: here by every worker that has done work since.
  @Test(.timeLimit(.minutes(10))) func pointThatKillsTwiceIsRefused() throws {
    let problem = try Problem("p", parameters: [Parameter("x", .uniform(0, 1))]) { (_: Span<Double>) in 1 }
    let transport = ScriptedTransport(problem, workers: 3, seed: 4)
    (transport.killer, transport.deathsLeft) = (57, 2)
    // Each piece evaluates 0.5; the trace says that the piece died at 0.25, which nobody asks for.
    #expect(
      try squares(200, window: 40, over: transport, problem: problem, onCrash: .refuse) == Self.expected(200))
    #expect(transport.deathsLeft == 0)
  }

  /// Workers that die every so many calls die at a piece more than once, and never at the same point: no point is to blame.
  @Test(.timeLimit(.minutes(10)), arguments: [CrashPolicy.stop, .refuse])
  func unrelatedDeathsBlameNoPoint(_ policy: CrashPolicy) throws {
    let problem = try Self.problem()
    for deaths in [2, 5, 11] {
      let transport = ScriptedTransport(problem, workers: 3, seed: 4)
      (transport.killer, transport.deathsLeft, transport.isGuilty) = (57, deaths, false)
      #expect(
        try squares(200, window: 40, over: transport, problem: problem, onCrash: policy) == Self.expected(200)
      )
      #expect(transport.deathsLeft == 0 && transport.badTrials == 0)
    }
    let hopeless = ScriptedTransport(problem, workers: 3, seed: 4)
    (hopeless.killer, hopeless.deathsLeft, hopeless.isGuilty) = (57, 1000, false)
    let error = #expect(throws: PoolError.self) {
      try squares(200, window: 40, over: hopeless, problem: problem, onCrash: policy)
    }
    #expect(error?.description.contains("every so many calls") == true)
  }

  /// Who has been silent for too long is replaced, or ends the run where that cannot be.
  @Test(.timeLimit(.minutes(10)), arguments: [nil, 200.0, 50.0], [true, false])
  func silentWorkers(_ limit: Double?, _ canBeEnded: Bool) throws {
    let problem = try Self.problem()
    let transport = ScriptedTransport(problem, workers: 3, seed: 4)
    transport.silent = [Silence(worker: 1, place: "rank 1 on node7", seconds: 100)]
    transport.endsSilent = canBeEnded
    func run() throws -> [Double] {
      try squares(50, window: 10, over: transport, problem: problem, silenceLimit: limit)
    }
    guard limit == 50, !canBeEnded else {
      #expect(try run() == Self.expected(50))
      #expect(transport.ended == (limit == 50 ? [1] : []))
      return
    }
    let error = #expect(throws: PoolError.self) { try run() }
    #expect(error?.description.contains("rank 1 on node7 has not answered for 1 m 40 s") == true)
  }

  /// What ranks return is of no use to other workers.
  @Test(.timeLimit(.minutes(10))) func onlyRanksGetTheOutcome() throws {
    let problem = try Self.problem()
    let outcome = [UInt8](repeating: 7, count: 1000)
    for ranks: Set<Int> in [[], [2]] {
      let transport = ScriptedTransport(problem, workers: 3, seed: 4)
      transport.rankWorkers = ranks
      _ = try squares(50, window: 10, over: transport, problem: problem, goodbye: outcome)
      #expect(transport.goodbyes.map(\.count).sorted() == (ranks.isEmpty ? [1, 1, 1] : [1, 1, 1001]))
    }
  }

  /// A piece that runs out of calls is done again, and nothing else is lost.
  @Test(.timeLimit(.minutes(10))) func piecesThatRunOutOfCallsAreRepeated() throws {
    let problem = try Self.problem()
    let transport = ScriptedTransport(problem, workers: 3, seed: 4)
    #expect(
      try squares(200, window: 40, over: transport, problem: problem, allowing: 0) == Self.expected(200))
    #expect(try squares(200, window: 40, over: nil, problem: problem, allowing: 0) == Self.expected(200))
  }

  @Test func pointsToAvoidAreNotEvaluated() throws {
    let problem = try Problem("p", parameters: [Parameter("x", .uniform(0, 2))]) { (x: Span<Double>) in x[0] }
    let evaluator = Evaluator(problem)
    evaluator.avoided = [[0.5]]
    #expect(try [0.25].withUnsafeBufferPointer { try evaluator.logLikelihood($0) } == -.infinity)
    #expect(try [0.75].withUnsafeBufferPointer { try evaluator.logLikelihood($0) } == 1.5)
    #expect(evaluator.refused == 1 && evaluator.calls == 2)
  }

  /// A kill from outside says nothing about the piece, up to a point: memory may not suffice for it.
  @Test(.timeLimit(.minutes(10)), arguments: [(9, true), (10, false)])
  func outsideKillsAreForgiven(_ kills: Int, _ isForgiven: Bool) throws {
    let problem = try Self.problem()
    let transport = ScriptedTransport(problem, workers: 3, seed: 4)
    (transport.killer, transport.deathsLeft, transport.isFromOutside) = (57, kills, true)
    if isForgiven {
      #expect(try squares(200, window: 40, over: transport, problem: problem) == Self.expected(200))
    } else {
      #expect(throws: LikelihoodFailure.self) {
        try squares(200, window: 40, over: transport, problem: problem)
      }
    }
  }

  /// Death between pieces is nobody's fault; death without end is the pool's.
  @Test(.timeLimit(.minutes(10)), arguments: [(5, true), (1000, false)])
  func deathsAtNothing(_ deaths: Int, _ isForgiven: Bool) throws {
    let problem = try Self.problem()
    let transport = ScriptedTransport(problem, workers: 2, seed: 4)
    (transport.killer, transport.deathsLeft, transport.isNamed) = (57, deaths, false)
    if isForgiven {
      #expect(try squares(200, window: 40, over: transport, problem: problem) == Self.expected(200))
    } else {
      #expect(throws: PoolError.self) { try squares(200, window: 40, over: transport, problem: problem) }
    }
  }

  @Test(.timeLimit(.minutes(10))) func failuresNameTheirPlace() throws {
    let problem = try Self.problem(failing: true)
    let transport = ScriptedTransport(problem, workers: 2, seed: 4)
    let failure = #expect(throws: LikelihoodFailure.self) {
      try squares(200, window: 40, over: transport, problem: problem)
    }
    #expect(failure?.place.hasPrefix("worker ") == true)
    #expect(failure?.point == "x = 0.5")
  }

  @Test(.timeLimit(.minutes(10)), arguments: [1, 4]) func threads(_ workers: Int) throws {
    var problem = try Self.problem()
    problem.isThreadSafe = true
    let served = problem
    for _ in 0..<20 {
      let crew = Crew(problem: problem) { _ = try? Worker<Squaring>(served).serve($0) }
      guard case .driver(let transport) = try Pool.threads(workers).open(crew) else {
        Issue.record("a pool of threads has a driver")
        return
      }
      #expect(
        try squares(500, window: 40, over: transport, problem: problem, waiting: 0.01) == Self.expected(500))
    }
  }

  @Test func threadsNeedAThreadSafeLikelihood() throws {
    let crew = Crew(problem: try Self.problem()) { _ in }
    #expect(throws: InputError.self) { try Pool.threads(2).open(crew) }
    #expect(throws: InputError.self) { try Pool.threads(0).open(crew) }
  }
}

struct FingerprintTests {
  private func problem(_ upper: Double, offset: Double = 0) throws -> Problem {
    try Problem("p", parameters: [Parameter("x", .uniform(0, upper))]) { (x: Span<Double>) in offset - x[0] }
  }

  @Test func equalProblemsAgree() throws {
    #expect(try problem(1).fingerprint == problem(1).fingerprint)
  }

  @Test func differencesAreNamed() throws {
    let mine = try problem(1).fingerprint
    let prior = try #require(mine.difference(to: try problem(2).fingerprint, called: "rank 1"))
    #expect(prior.contains("the prior of \"x\"") && prior.contains("rank 1"))
    let likelihood = try #require(
      mine.difference(to: try problem(1, offset: 1).fingerprint, called: "rank 1"))
    #expect(likelihood.contains("the log-likelihood"))
  }

  /// Whatever can differ between two problems of the same shape is seen, and named.
  @Test func everyPropertyCounts() throws {
    func problem(
      _ name: String = "p", parameter: String = "x", boundary: Parameter.Boundary = .open,
      derived: [DerivedQuantity] = [], onNaN: Problem.NaNPolicy = .error, slope: Double = 0,
      batch: Int? = 1
    ) throws -> Fingerprint {
      var problem = try Problem(
        name, parameters: [Parameter(parameter, .uniform(0, 1), boundary: boundary)], derived: derived,
        threadSafe: true
      ) { theta, _ in 1 + slope * theta[0] }
      problem.onNaN = onNaN
      problem.batch = batch
      return problem.fingerprint
    }
    let mine = try problem()
    let others: [(Fingerprint, String)] = [
      (try problem("q"), "name of the problem"), (try problem(parameter: "y"), "list of parameters"),
      (try problem(boundary: .periodic), "boundary of \"x\""), (try problem(derived: ["d"]), "derived"),
      (try problem(onNaN: .refuse), "NaN"), (try problem(slope: 1e-9), "log-likelihood"),
      (try problem(batch: 2), "points the likelihood is asked for at once"),
      (try problem(batch: nil), "at once"),
    ]
    for (other, named) in others {
      let difference = try #require(mine.difference(to: other, called: "rank 2"))
      #expect(difference.contains(named) && difference.contains("rank 2"), "\(difference)")
    }
    #expect(try mine.difference(to: problem(), called: "rank 2") == nil)
    try expectSurvival(of: mine)
  }
}
