import RookeryCore
import Testing

@Suite struct FingerprintTests {
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
