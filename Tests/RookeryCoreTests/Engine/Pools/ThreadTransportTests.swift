import RookeryCore
import Testing

@Suite struct ThreadTransportTests {
  @Test(.timeLimit(.minutes(10)), arguments: [1, 4]) func threads(_ workers: Int) throws {
    var problem = try Squares.problem()
    problem.isThreadSafe = true
    let served = problem
    for _ in 0..<20 {
      let crew = Crew(problem: problem) { _ = try? Worker<Squaring>(served).serve($0) }
      guard case .driver(let transport) = try Pool.threads(workers).open(crew) else {
        Issue.record("a pool of threads has a driver")
        return
      }
      #expect(
        try Squares.run(500, window: 40, over: transport, problem: problem, waiting: 0.01)
          == Squares.expected(500))
    }
  }

  @Test func threadsNeedAThreadSafeLikelihood() throws {
    let crew = Crew(problem: try Squares.problem()) { _ in }
    #expect(throws: InputError.self) { try Pool.threads(2).open(crew) }
    #expect(throws: InputError.self) { try Pool.threads(0).open(crew) }
  }
}
