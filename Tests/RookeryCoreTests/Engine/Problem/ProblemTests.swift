import Glibc
import RookeryCore
import Testing

@Suite struct ProblemTests {
  private static func make(_ parameters: [Parameter], derived: [DerivedQuantity] = []) throws -> Problem {
    try Problem("p", parameters: parameters, derived: derived) { _, _ in 0 }
  }

  @Test(arguments: [
    ([], "it has no parameter to infer; give at least one that is not fixed"),
    ([Parameter("a", .fixed(1))], "it has no parameter to infer; give at least one that is not fixed"),
    (
      [Parameter("a", .uniform(0, 1)), Parameter("a", .uniform(0, 2))],
      "two parameters are called \"a\"; rename one"
    ),
    ([Parameter("", .uniform(0, 1))], "a parameter has an empty name"),
    (
      [Parameter("a", .uniform(2, 1))],
      "parameter \"a\": uniform(2.0, 1.0) needs its lower bound below its upper bound"
    ),
    (
      [Parameter("a", .uniform(0, 1)), Parameter("b", .fixed(.nan))],
      "parameter \"b\": fixed(nan) needs a finite value"
    ),
  ])
  func badParametersAreNamed(_ parameters: [Parameter], _ complaint: String) {
    #expect(throws: InputError("problem \"p\": \(complaint)")) { try Self.make(parameters) }
  }

  @Test func derivedQuantitiesShareTheNames() {
    #expect(throws: InputError("problem \"p\": two parameters are called \"a\"; rename one")) {
      try Self.make([Parameter("a", .uniform(0, 1))], derived: ["a"])
    }
  }

  @Test func fixedParametersTakeNoDimension() throws {
    let problem = try Self.make([
      Parameter("a", .uniform(0, 10)), Parameter("b", .fixed(7)),
      Parameter("c", .uniform(-1, 1), boundary: .periodic),
    ])
    #expect(problem.dimension == 2)
    #expect(problem.free == [0, 2])
    #expect(problem.boundaries == [.open, .periodic])
    #expect(try problem.values(at: [0.5, 0.25]) == [5, 7, -0.5])
    #expect(try problem.cube(of: [5, 7, -0.5]) == [0.5, 0.25])
  }

  @Test func conditionalPriorsSeeTheValuesBeforeThem() throws {
    let problem = try Self.make([
      Parameter("a", .uniform(1, 2)),
      Parameter("b", .conditional { given in .uniform(0, given[0]) }),
      Parameter("c", .conditional { given in .normal(mean: given[1], deviation: given[0]) }),
    ])
    let values = try problem.values(at: [0.5, 0.5, 0.5])
    #expect(values == [1.5, 0.75, 0.75])
    #expect(try problem.cube(of: values) == [0.5, 0.5, 0.5])
    let wanted = -log(1.5) - log(1.5) - 0.5 * log(2 * Double.pi)
    #expect(abs(try problem.logPrior(values) - wanted) < 1e-14)
  }

  @Test func badConditionalPriorsAreNamed() throws {
    let wrong = try Self.make([
      Parameter("a", .uniform(1, 2)), Parameter("b", .conditional { given in .uniform(given[0], 0) }),
    ])
    #expect(
      throws: InputError(
        "the conditional prior of \"b\": uniform(1.5, 0.0) needs its lower bound below its upper bound")
    ) { try wrong.values(at: [0.5, 0.5]) }
    let nested = try Self.make([
      Parameter("a", .uniform(1, 2)), Parameter("b", .conditional { _ in .flat }),
    ])
    #expect(
      throws: InputError("the conditional prior of \"b\" must give the prior of one parameter by itself")
    ) { try nested.values(at: [0.5, 0.5]) }
    let endless = try Self.make([
      Parameter("a", .uniform(1, 2)), Parameter("b", .conditional { _ in .fixed(.infinity) }),
    ])
    #expect(throws: InputError("the conditional prior of \"b\": fixed(inf) needs a finite value")) {
      try endless.values(at: [0.5, 0.5])
    }
  }

  @Test func conditionalPriorsMayHoldTheirParameterFixed() throws {
    let problem = try Self.make([
      Parameter("kind", .uniform(0, 2)),
      Parameter("b", .conditional { given in given[0] < 1 ? .fixed(7) : .uniform(0, 4) }),
    ])
    #expect(problem.dimension == 2)
    #expect(try problem.values(at: [0.25, 0.3]) == [0.5, 7])
    #expect(try problem.values(at: [0.25, 0.9]) == [0.5, 7])
    #expect(try problem.values(at: [0.75, 0.25]) == [1.5, 1])
    #expect(try problem.cube(of: [0.5, 7]) == [0.25, 0.5])
    #expect(try problem.logPrior([0.5, 7]) == -log(2))
    #expect(try problem.logPrior([0.5, 6]) == -.infinity)
  }

  @Test func cubeIsTheInverseOfValues() throws {
    let problem = try Self.make([
      Parameter("a", .logUniform(1e-3, 1e3)), Parameter("b", .normal(mean: 3, deviation: 2)),
      Parameter("c", .gamma(shape: 2.5, scale: 0.1)), Parameter("d", .beta(0.5, 2)),
      Parameter("e", .studentT(degrees: 3)), Parameter("f", .cosine()),
      Parameter("g", .conditional { given in .truncatedNormal(mean: given[1], deviation: 1, lower: 4) }),
    ])
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 1), index: 0)
    for _ in 0..<200 {
      let cube = (0..<problem.dimension).map { _ in stream.uniform() }
      let back = try problem.cube(of: problem.values(at: cube))
      for (u, v) in zip(cube, back) { #expect(abs(u - v) < 1e-11) }
    }
  }

  @Test func listsOfTheWrongLengthAreRefused() throws {
    let problem = try Self.make([Parameter("a", .uniform(0, 1)), Parameter("b", .fixed(1))])
    #expect(throws: InputError("a point of problem \"p\" has 1 coordinates, not 2")) {
      try problem.values(at: [0.5, 0.5])
    }
    #expect(throws: InputError("problem \"p\" has 2 parameters, not 1")) { try problem.cube(of: [0.5]) }
    #expect(throws: InputError("problem \"p\" has 2 parameters, not 3")) {
      try problem.logPrior([0.5, 1, 1])
    }
  }

  @Test func logPriorIsMinusInfinityOutside() throws {
    let problem = try Self.make([Parameter("a", .uniform(0, 2)), Parameter("b", .fixed(1))])
    #expect(try problem.logPrior([1, 1]) == -log(2))
    #expect(try problem.logPrior([3, 1]) == -.infinity)
  }

  @Test func theArrayFormOfALikelihoodWorks() throws {
    let problem = try Problem("p", parameters: [Parameter("a", .uniform(0, 4))]) { (theta: [Double]) in
      theta.reduce(0, +)
    }
    let value = try [0.25].withUnsafeBufferPointer { try Evaluator(problem).logLikelihood($0) }
    #expect(value == 1)
  }
}
