import Testing

@testable import RookeryCore

/// Workers that die, and what is made of it.
@Suite struct SchedulerLossTests {
  @Test(.timeLimit(.minutes(10)), arguments: [0, 1, 30, 199])
  func lostWorkIsDoneAgain(_ piece: Int) throws {
    let problem = try Squares.problem()
    for seed: UInt64 in 0..<10 {
      let transport = ScriptedTransport<Squaring>(problem, workers: 3, seed: seed)
      (transport.killer, transport.deathsLeft) = (piece, 1)
      #expect(try Squares.run(200, window: 40, over: transport, problem: problem) == Squares.expected(200))
      #expect(transport.deathsLeft == 0)
    }
  }

  @Test(.timeLimit(.minutes(10))) func workThatKillsTwiceIsReported() throws {
    let problem = try Squares.problem()
    let transport = ScriptedTransport<Squaring>(problem, workers: 3, seed: 4)
    (transport.killer, transport.deathsLeft) = (57, 2)
    let failure = #expect(throws: LikelihoodFailure.self) {
      try Squares.run(200, window: 40, over: transport, problem: problem)
    }
    #expect(failure?.point == "x = 0.25")
    #expect(failure?.reason.contains("signal 11") == true)
  }

  /// The likelihood is refused wherever the point is met: here by every worker that has done work since.
  @Test(.timeLimit(.minutes(10))) func pointThatKillsTwiceIsRefused() throws {
    let problem = try Problem("p", parameters: [Parameter("x", .uniform(0, 1))]) { (_: Span<Double>) in 1 }
    let transport = ScriptedTransport<Squaring>(problem, workers: 3, seed: 4)
    (transport.killer, transport.deathsLeft) = (57, 2)
    // Each piece evaluates 0.5; the trace says that the piece died at 0.25, which nobody asks for.
    #expect(
      try Squares.run(200, window: 40, over: transport, problem: problem, onCrash: .refuse)
        == Squares.expected(200))
    #expect(transport.deathsLeft == 0)
  }

  /// Workers that die every so many calls die at a piece more than once, and never at the same point: no point is to blame.
  @Test(.timeLimit(.minutes(10)), arguments: [CrashPolicy.stop, .refuse])
  func unrelatedDeathsBlameNoPoint(_ policy: CrashPolicy) throws {
    let problem = try Squares.problem()
    for deaths in [2, 5, 11] {
      let transport = ScriptedTransport<Squaring>(problem, workers: 3, seed: 4)
      (transport.killer, transport.deathsLeft, transport.isGuilty) = (57, deaths, false)
      #expect(
        try Squares.run(200, window: 40, over: transport, problem: problem, onCrash: policy)
          == Squares.expected(200)
      )
      #expect(transport.deathsLeft == 0 && transport.badTrials == 0)
    }
    let hopeless = ScriptedTransport<Squaring>(problem, workers: 3, seed: 4)
    (hopeless.killer, hopeless.deathsLeft, hopeless.isGuilty) = (57, 1000, false)
    let error = #expect(throws: PoolError.self) {
      try Squares.run(200, window: 40, over: hopeless, problem: problem, onCrash: policy)
    }
    #expect(error?.description.contains("every so many calls") == true)
  }

  /// The worker that has taken the place of the dead one tries the point, not one that is free and has done something before: of that it
  /// could not be told what it died of.
  @Test(.timeLimit(.minutes(10))) func whoHasDoneNothingTriesThePoint() throws {
    let problem = try Squares.problem()
    for seed: UInt64 in 0..<40 {
      let transport = ScriptedTransport<Squaring>(problem, workers: 2, seed: seed)
      (transport.killer, transport.deathsLeft) = (1, 2)
      let failure = #expect(throws: LikelihoodFailure.self) {
        try Squares.run(2, window: 2, over: transport, problem: problem)
      }
      #expect(failure?.reason.contains("signal 11") == true)
      #expect(transport.badTrials == 0 && transport.deathsLeft == 0)
    }
  }

  /// A point at which workers die in the course of the piece, and not when they are asked for it alone, is not what kills them.
  @Test func onlyDeathsAtThePointAloneConvict() {
    var suspicion = Suspicion()
    for _ in 0..<3 {
      #expect(suspicion.note(.init(sequence: 1, point: [0.25]), isFromOutside: false) == .none)
      #expect(suspicion.pointToTry == [0.25])
    }
    let alone = suspicion.note(.init(sequence: 1, point: [0.25], isTrial: true), isFromOutside: false)
    #expect(alone == .guilty(times: "twice"))
  }

  /// A kill from outside says nothing about the piece, up to a point: memory may not suffice for it.
  @Test(.timeLimit(.minutes(10)), arguments: [(9, true), (10, false)])
  func outsideKillsAreForgiven(_ kills: Int, _ isForgiven: Bool) throws {
    let problem = try Squares.problem()
    let transport = ScriptedTransport<Squaring>(problem, workers: 3, seed: 4)
    (transport.killer, transport.deathsLeft, transport.isFromOutside) = (57, kills, true)
    if isForgiven {
      #expect(try Squares.run(200, window: 40, over: transport, problem: problem) == Squares.expected(200))
    } else {
      #expect(throws: LikelihoodFailure.self) {
        try Squares.run(200, window: 40, over: transport, problem: problem)
      }
    }
  }

  /// Death between pieces is nobody's fault; death without end is the pool's.
  @Test(.timeLimit(.minutes(10)), arguments: [(5, true), (1000, false)])
  func deathsAtNothing(_ deaths: Int, _ isForgiven: Bool) throws {
    let problem = try Squares.problem()
    let transport = ScriptedTransport<Squaring>(problem, workers: 2, seed: 4)
    (transport.killer, transport.deathsLeft, transport.isNamed) = (57, deaths, false)
    if isForgiven {
      #expect(try Squares.run(200, window: 40, over: transport, problem: problem) == Squares.expected(200))
    } else {
      #expect(throws: PoolError.self) { try Squares.run(200, window: 40, over: transport, problem: problem) }
    }
  }
}
