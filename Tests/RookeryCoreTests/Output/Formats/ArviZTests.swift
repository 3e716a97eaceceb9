import Foundation
import RookeryCore
import Testing

/// What may be in one file for ArviZ; that it is there as it should be `ReaderTests` says.
@Suite struct ArviZTests {
  private static let noisy: NoisyModel = { theta, stream in [theta[0] + stream.normal(), 1] }

  private func result(seed: UInt64 = 1) throws -> RunResult {
    try MadeResult.importance(
      logLikelihoods: (0..<500).map { -Double($0 % 7) }, ratios: (0..<500).map { Double($0 % 5) }, seed: seed)
  }

  private func problem(_ names: [String] = ["a", "b"]) throws -> Problem {
    try Problem("p", parameters: names.map { Parameter($0, .uniform(-1, 3)) }) { (_: [Double]) in 0 }
  }

  private func complaint(_ format: OutputFormat, of result: RunResult) throws -> String? {
    var words: String?
    try inTemporaryDirectory { directory in
      do { try result.write(to: directory, formats: [format]) } catch let error as InputError {
        words = error.words
      }
      #expect(FileManager.default.fileExists(atPath: directory + "/arviz.nc") == (words == nil))
    }
    return words
  }

  @Test func whatBelongsTogetherIsWritten() throws {
    let result = try result()
    let parts = try result.pointwise(at: .draws(50)) { [$0[0], $0[1]] }
    let replicated = try result.predict(at: .draws(50), Self.noisy)
    let prior = try problem().predict(priorDraws: 30, Self.noisy)
    #expect(
      try complaint(
        .arviz(
          logLikelihood: parts, posteriorPredictive: replicated, prior: problem().priorDraws(30),
          priorPredictive: prior, observed: [1, 2], variable: "draw"), of: result) == nil)
    for format in [
      OutputFormat.arviz(), .arviz(logLikelihood: parts), .arviz(posteriorPredictive: replicated),
      .arviz(prior: try problem().priorDraws(3)), .arviz(priorPredictive: prior), .arviz(observed: [1]),
    ] {
      #expect(format == .arviz)
      #expect(try complaint(format, of: result) == nil)
    }
  }

  @Test func whatDoesNotIsRefused() throws {
    let result = try result()
    let parts = try result.pointwise(at: .draws(50)) { [$0[0], $0[1]] }
    let others = try self.result(seed: 2).pointwise(at: .draws(50)) { [$0[0], $0[1]] }
    func expect(_ words: String, _ format: OutputFormat, at place: SourceLocation = #_sourceLocation) throws {
      let said = try complaint(format, of: result)
      #expect(said?.contains(words) == true, "\(said ?? "nothing")", sourceLocation: place)
    }
    try expect(
      "log-likelihoods for ArviZ were not made at draws of this result", .arviz(logLikelihood: others))
    try expect(
      "log-likelihoods for ArviZ were not made", .arviz(logLikelihood: PointwiseLogLikelihoods([[1], [2]])))
    try expect(
      "predictions for ArviZ were not", .arviz(posteriorPredictive: result.predict(at: .median, Self.noisy)))
    for (count, seed) in [(50, UInt64(1)), (49, 0)] {
      let predicted = try result.predict(at: .draws(count), seed: seed, Self.noisy)
      try expect(
        "at 50 and \(count) draws that are not the same",
        .arviz(logLikelihood: parts, posteriorPredictive: predicted))
    }
    let prior = try problem().predict(priorDraws: 30, Self.noisy)
    try expect("not those", .arviz(prior: problem().priorDraws(30, seed: 1), priorPredictive: prior))
    try expect("have 1 parameters, and the result 2", .arviz(prior: problem(["a"]).priorDraws(5)))
    try expect("3 data for ArviZ do not fit", .arviz(logLikelihood: parts, observed: [1, 2, 3]))
    try expect("need a name", .arviz(variable: ""))
  }
}
