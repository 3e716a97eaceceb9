import RookeryCore
import Testing

@Suite struct SchedulerTests {
  @Test(.timeLimit(.minutes(10)), arguments: [1, 2, 7], [1, 5, 64])
  func outcomesComeInTheOrderOfSubmission(_ workers: Int, _ window: Int) throws {
    let problem = try Squares.problem()
    for seed: UInt64 in 0..<10 {
      let transport = ScriptedTransport<Squaring>(problem, workers: workers, seed: seed)
      #expect(
        try Squares.run(200, window: window, over: transport, problem: problem) == Squares.expected(200))
    }
    #expect(try Squares.run(200, window: window, over: nil, problem: problem) == Squares.expected(200))
  }

  @Test(.timeLimit(.minutes(10))) func cheapPiecesShareMessages() throws {
    let problem = try Squares.problem()
    let transport = ScriptedTransport<Squaring>(problem, workers: 2, seed: 1)
    _ = try Squares.run(400, window: 64, over: transport, problem: problem)
    #expect(transport.largestMessage > 3)
  }

  /// Who has been silent for too long is replaced, or ends the run where that cannot be.
  @Test(.timeLimit(.minutes(10)), arguments: [nil, 200.0, 50.0], [true, false])
  func silentWorkers(_ limit: Double?, _ canBeEnded: Bool) throws {
    let problem = try Squares.problem()
    let transport = ScriptedTransport<Squaring>(problem, workers: 3, seed: 4)
    transport.silent = [Silence(worker: 1, place: "rank 1 on node7", seconds: 100)]
    transport.endsSilent = canBeEnded
    func run() throws -> [Double] {
      try Squares.run(50, window: 10, over: transport, problem: problem, silenceLimit: limit)
    }
    guard limit == 50, !canBeEnded else {
      #expect(try run() == Squares.expected(50))
      #expect(transport.ended == (limit == 50 ? [1] : []))
      return
    }
    let error = #expect(throws: PoolError.self) { try run() }
    #expect(error?.description.contains("rank 1 on node7 has not answered for 1 m 40 s") == true)
  }

  /// A piece that runs out of calls is done again, and nothing else is lost.
  @Test(.timeLimit(.minutes(10))) func piecesThatRunOutOfCallsAreRepeated() throws {
    let problem = try Squares.problem()
    let transport = ScriptedTransport<Squaring>(problem, workers: 3, seed: 4)
    #expect(
      try Squares.run(200, window: 40, over: transport, problem: problem, allowing: 0)
        == Squares.expected(200))
    #expect(
      try Squares.run(200, window: 40, over: nil, problem: problem, allowing: 0) == Squares.expected(200))
  }

  @Test(.timeLimit(.minutes(10))) func failuresNameTheirPlace() throws {
    let problem = try Squares.problem(failing: true)
    let transport = ScriptedTransport<Squaring>(problem, workers: 2, seed: 4)
    let failure = #expect(throws: LikelihoodFailure.self) {
      try Squares.run(200, window: 40, over: transport, problem: problem)
    }
    #expect(failure?.place.hasPrefix("worker ") == true)
    #expect(failure?.point == "x = 0.5")
  }
}
