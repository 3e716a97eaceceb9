import RookeryCore
import Testing

@testable import RookeryCore

@Suite struct RunOutcomeTests {
  private struct OfATransport: Error, CustomStringConvertible { let description = "MPI_Send failed" }

  private func sent(_ result: Result<RunResult, any Error>) throws -> Result<RunResult, any Error> {
    try RunOutcome(message: RunOutcome(result).message).result
  }

  private func error(_ error: any Error) throws -> any Error {
    switch try sent(.failure(error)) {
    case .success: throw WireError("an error became a result")
    case .failure(let error): return error
    }
  }

  /// Every rank throws the error that rank 0 throws.
  @Test func errorsKeepTheirKindAndWords() throws {
    let failure = LikelihoodFailure(reason: "r", point: "x = 1", place: "rank 3")
    #expect(try error(failure) as? LikelihoodFailure == failure)
    #expect(try error(InputError("i")) as? InputError == InputError("i"))
    #expect(try error(OutputError("o")) as? OutputError == OutputError("o"))
    #expect(try error(PoolError("p")) as? PoolError == PoolError("p"))
    for own in [failure, InputError("i"), OutputError("o"), PoolError("p"), OfATransport()] as [any Error] {
      let told = RunOutcome<RunResult>.told(own)
      #expect(type(of: try error(told)) == type(of: told))
      #expect("\(try error(told))" == "\(told)" && "\(told)" == "\(own)")
    }
  }

  @Test func resultsComeWhole() throws {
    let result = try MadeResult.nested(
      logLikelihoods: [1, 2, 3], births: [-.infinity, -.infinity, 1], derived: [7, 8, 9])
    guard case .success(let back) = try sent(.success(result)) else {
      Issue.record("a result became an error")
      return
    }
    #expect("\(back)" == "\(result)")
  }

  @Test func wordsOfUnknownKindAreRefused() {
    #expect(throws: WireError.self) { try RunOutcome<RunResult>(message: [99]) }
    #expect(throws: WireError.self) { try RunOutcome<RunResult>(message: []) }
  }

  @Test(
    arguments: [
      Ending.converged, .callLimit, .timeLimit, .interrupted,
      .stuck(
        Finding("why", .failure, ["a": 1, "b": -.infinity], remedies: [.live, .method.set(to: "nested")])),
    ])
  func endingsComeBack(_ ending: Ending) throws { try expectSurvival(of: ending) }
}
