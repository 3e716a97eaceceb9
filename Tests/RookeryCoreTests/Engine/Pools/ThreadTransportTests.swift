import RookeryCore
import Testing

@Suite struct ThreadTransportTests {
  @Test(.timeLimit(.minutes(10)), arguments: [1, 4]) func threads(_ workers: Int) throws {
    var problem = try Squares.problem()
    problem.isThreadSafe = true
    let crew = try Crew(.threads(workers), problems: [problem], kinds: [])
    for _ in 0..<20 {
      guard case .driver(let station) = try crew.begin(Squaring.self, on: problem) else {
        Issue.record("a pool of threads has a driver")
        return
      }
      #expect(station.transport?.workers == workers)
      #expect(try Squares.run(500, window: 40, at: station, waiting: 0.01) == Squares.expected(500))
      try crew.end(haveAllLeft: true, outcome: [])
    }
  }

  @Test func threadsNeedAThreadSafeLikelihood() throws {
    let problem = try Squares.problem()
    #expect(throws: InputError.self) { try Crew(.threads(2), problems: [problem], kinds: []) }
    #expect(throws: InputError.self) { try Crew(.threads(0), problems: [problem], kinds: []) }
  }
}
