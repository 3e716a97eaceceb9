import AllocationCounter
import Glibc
import RookeryCore
import Testing

/// Parameters and derived quantities by their names, wherever their values are given in order.
@Suite struct NamedIndexTests {
  @Test func namesThatAreNotThere() throws {
    let parameters = [Parameter("slope", .uniform(0, 1)), Parameter("offset", .fixed(1))]
    #expect(try parameters.index(of: "slope").position == 0)
    #expect(try parameters.index(of: "offset").position == 1)
    #expect(throws: InputError("there is no parameter \"slop\"; did you mean \"slope\"?")) {
      try parameters.index(of: "slop")
    }
    #expect(throws: InputError("there is no parameter \"amplitude\"; there are slope, offset")) {
      try parameters.index(of: "amplitude")
    }
    #expect(throws: InputError("there is no parameter \"\"; there are none")) {
      try [Parameter]().index(of: "")
    }
    let derived: [DerivedQuantity] = ["chi2"]
    #expect(throws: InputError("there is no derived quantity \"chi\"; did you mean \"chi2\"?")) {
      try derived.index(of: "chi")
    }
  }

  /// A fixed parameter between others, one whose prior depends on another by name, and a derived quantity.
  @Test func everyValueIsFoundUnderItsName() throws {
    let first = [Parameter("a", .uniform(1, 2)), Parameter("b", .fixed(7))]
    let a = try first.index(of: "a")
    let parameters = first + [Parameter("c", .conditional { given in .uniform(0, given[a]) })]
    let derived: [DerivedQuantity] = ["sum", "difference"]
    let (b, c) = (try parameters.index(of: "b"), try parameters.index(of: "c"))
    let (sum, difference) = (try derived.index(of: "sum"), try derived.index(of: "difference"))
    let problem = try Problem("named", parameters: parameters, derived: derived) { theta, derived in
      derived[difference] = theta[b] - theta[c]
      derived[sum] = theta[b] + theta[c]
      return -theta[a]
    }
    #expect(try problem.values(at: [0.5, 0.5]) == [1.5, 7, 0.75])
    let found = try problem.evaluate(at: ["a": 1.5, "c": 0.75])
    #expect(found.logLikelihood == -1.5 && found.derived[sum] == 7.75 && found.derived[difference] == 6.25)
  }

  @Test func slopesArraysAndRowsOfBlocks() throws {
    let parameters = ["x", "y"].map { Parameter($0, .uniform(-1, 1)) }
    let (x, y) = (try parameters.index(of: "x"), try parameters.index(of: "y"))
    let sloping = try Problem("sloping", parameters: parameters, logLikelihood: { $0[x] - 3 * $0[y] }) {
      theta, gradient in
      gradient[y] = -3
      gradient[x] = 1
      return theta[x] - 3 * theta[y]
    }
    var buffer = EvaluationBuffer()
    try [0.5, 0.25].withUnsafeBufferPointer {
      try Evaluator(sloping).evaluate($0, in: .parameters, gradients: true, into: &buffer)
    }
    #expect(buffer.gradients == [1, -3] && buffer.logLikelihoods == [-0.25])
    let asArray = try Problem("array", parameters: parameters) { (theta: [Double]) in theta[x] - 3 * theta[y]
    }
    #expect(try asArray.logLikelihood(at: [0.5, 0.25]) == -0.25)
    let blocks = try Problem("blocks", parameters: parameters) { points, _, logLikelihoods in
      for row in 0..<logLikelihoods.count {
        let theta = points.extracting(2 * row..<2 * row + 2)
        logLikelihoods[row] = theta[x] - 3 * theta[y]
      }
    }
    buffer.removeAll()
    try [0.5, 0.25, 1, 2].withUnsafeBufferPointer {
      try Evaluator(blocks.settingBatch(or: 2)).evaluate($0, in: .parameters, into: &buffer)
    }
    #expect(buffer.logLikelihoods == [-0.25, -5])
  }

  /// A result knows its parameters by the same names, fixed ones too.
  @Test func rowsOfSamples() throws {
    let parameters = [Parameter("level", .fixed(4)), Parameter("x", .uniform(-1, 1))]
    var settings = RunSettings()
    (settings.maxCalls, settings.showsProgress) = (200, false)
    let result = try sample(
      Problem("result", parameters: parameters) { theta in -theta[1] }, by: .nested(NestedSettings()),
      settings: settings)
    let (level, x) = (try result.parameters.index(of: "level"), try result.parameters.index(of: "x"))
    #expect(result.samples[row: 7][level] == 4 && result.samples[row: 7][x] == -result.logLikelihoods[7])
    #expect(throws: InputError("there is no parameter \"levels\"; did you mean \"level\"?")) {
      try result.parameters.index(of: "levels")
    }
  }

  /// What is found by name is found before the run: a call neither looks for it nor allocates.
  @Test(.enabled(if: allocationsAreCounted() != 0)) func callsAllocateNothing() throws {
    let parameters = (0..<10).map { Parameter("p\($0)", .uniform(0, 1)) }
    let (first, last) = (try parameters.index(of: "p0"), try parameters.index(of: "p9"))
    let problem = try Problem("cheap", parameters: parameters) { theta in -theta[first] * theta[last] }
    let evaluator = Evaluator(problem)
    let point = [Double](repeating: 0.5, count: 10)
    try point.withUnsafeBufferPointer { point in
      _ = try evaluator.logLikelihood(point)
      let before = allocationsOfThread()
      for _ in 0..<1000 { _ = try evaluator.logLikelihood(point) }
      #expect(allocationsOfThread() == before)
    }
  }
}
