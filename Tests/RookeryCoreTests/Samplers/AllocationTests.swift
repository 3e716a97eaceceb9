import AllocationCounter
import ReferenceProblems
import Testing

@testable import RookeryCore

/// Hot loops run over storage obtained once: what they do a million times must not ask for memory.
@Suite(.enabled(if: allocationsAreCounted() != 0))
struct AllocationTests {
  private func allocations(_ body: () throws -> Void) rethrows -> Int {
    let before = allocationsOfThread()
    try body()
    return Int(allocationsOfThread() - before)
  }

  @Test func theCounterCounts() {
    var grown: [Int] = []
    #expect(allocations { for i in 0..<1000 { grown.append(i) } } >= 5)
    #expect(allocations {} == 0)
    #expect(grown.count == 1000)
  }

  @Test(arguments: ReferenceProblem.all.map(\.name)) func anEvaluation(_ name: String) throws {
    let evaluator = Evaluator(try ReferenceProblem.named(name).problem)
    let cube = [Double](repeating: 0.4, count: evaluator.problem.dimension)
    try cube.withUnsafeBufferPointer { cube in
      _ = try evaluator.logLikelihood(cube)
      let count = try allocations { for _ in 0..<100 { _ = try evaluator.logLikelihood(cube) } }
      #expect(count == 0)
    }
  }

  /// Slopes in every space, through priors of several kinds and into a buffer that has had such a block before.
  @Test(arguments: [Space.cube, .whitened, .parameters]) func aGradient(_ space: Space) throws {
    let problem = try Problem(
      "p",
      parameters: [
        Parameter("a", .normal(mean: 0, deviation: 1)), Parameter("b", .beta(2, 3, lower: 0, upper: 2)),
        Parameter("c", .uniform(0, 1), boundary: .periodic),
      ], logLikelihood: { $0[0] + $0[1] + $0[2] }
    ) { theta, gradient in
      for i in 0..<theta.count { gradient[i] = 1 }
      return theta[0] + theta[1] + theta[2]
    }
    let evaluator = Evaluator(problem)
    var buffer = EvaluationBuffer()
    try [0.4, 0.3, 0.2].withUnsafeBufferPointer { point in
      try evaluator.evaluate(point, in: space, gradients: true, into: &buffer)
      let count = try allocations {
        for _ in 0..<100 {
          buffer.removeAll()
          try evaluator.evaluate(point, in: space, gradients: true, into: &buffer)
        }
      }
      #expect(count == 0)
    }
  }

  @Test func randomNumbers() {
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 1), index: 1)
    var sum = 0.0
    // The tables are made at the first use.
    sum += stream.normal()
    #expect(allocations { for _ in 0..<100 { sum += stream.normal() + stream.uniform() } } == 0)
    #expect(sum.isFinite)
  }

  /// A point found costs a few arrays; a step on the way to it costs none.
  @Test(arguments: [NestedPiece.Kind.uniform, .randomWalk, .localSlice, .mixture])
  func theStepsOfAPiece(_ kind: NestedPiece.Kind) throws {
    let problem = try ReferenceProblem.named("gauss10").problem
    let evaluator = Evaluator(problem)
    var random = RandomStream(seed: 1, purpose: .init(rawValue: 2), index: 1)
    var points = PointMatrix(columns: 10)
    for _ in 0..<400 { points.append((0..<10).map { _ in 0.5 + 0.02 * random.normal() }) }
    let boundaries = [Parameter.Boundary](repeating: .open, count: 10)
    let bound = EllipsoidBound(around: points, boundaries: boundaries, bootstraps: 0, key: (1, 1))
    let context = NestedContext(bound: bound, boundaries: boundaries)
    /// With a threshold that uniform draws never pass, so that each tries as often as it may.
    func cost(steps: Int) throws -> (allocations: Int, calls: Int) {
      let piece = NestedPiece(
        kind: kind, seed: 1, index: 5, context: 1, threshold: kind == .uniform ? 1e9 : -1e9,
        start: points[row: 0], scale: 1, steps: steps)
      var calls = 0
      let count = try allocations { calls = try piece.perform(with: context, on: evaluator).calls }
      return (count, calls)
    }
    let short = try cost(steps: 16)
    let long = try cost(steps: 160)
    #expect(long.calls > 5 * short.calls)
    #expect(long.allocations <= short.allocations + 1)
  }

  @Test func anAnswerOfANetwork() {
    var random = RandomStream(seed: 1, purpose: .init(rawValue: 3), index: 1)
    let network = Network(inputs: 10, hidden: [48, 24], stream: &random)
    let points = (0..<640).map { _ in Float(random.normal()) }
    var scratch = [Float](repeating: 0, count: network.scratch(64))
    var result = [Float](repeating: 0, count: 64)
    points.withUnsafeBufferPointer { points in
      scratch.withUnsafeMutableBufferPointer { scratch in
        result.withUnsafeMutableBufferPointer { result in
          guard let points = points.baseAddress, let scratch = scratch.baseAddress,
            let result = result.baseAddress
          else { return }
          let count = allocations {
            for _ in 0..<20 {
              network.accumulate(points, count: 64, scale: 1, scratch: scratch, into: result)
            }
          }
          // One a block of points, none a point.
          #expect(count <= 20)
        }
      }
    }
  }
}
