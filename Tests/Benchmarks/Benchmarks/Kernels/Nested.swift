import Benchmark

@testable import RookeryCore

/// Bounds and moves of nested sampling in ten dimensions, with a likelihood that costs next to nothing.
func nestedBenchmarks() {
  let points = cloud(500, dimension: 10)
  let open = [Parameter.Boundary](repeating: .open, count: 10)
  kernel("nested: bound around 500 points in 10-D") { _ in
    blackHole(EllipsoidBound(around: points, boundaries: open, bootstraps: 0, key: (1, 1)))
  }

  let parameters = (0..<10).map { Parameter("x\($0)", .uniform(0, 1)) }
  guard
    let problem = try? Problem(
      "ball", parameters: parameters, threadSafe: true,
      logLikelihood: { (x: Span<Double>) in
        var sum = 0.0
        for i in x.indices { sum -= (x[i] - 0.5) * (x[i] - 0.5) }
        return sum
      })
  else { return }
  let bound = EllipsoidBound(around: points, boundaries: open, bootstraps: 0, key: (1, 1))
  let context = NestedContext(bound: bound, boundaries: open)
  for (name, kind) in [("slice", NestedPiece.Kind.localSlice), ("random walk step", .randomWalk)] {
    kernel("nested: \(name) in 10-D", items: 1000) { items in
      let piece = NestedPiece(
        kind: kind, seed: 1, index: 1, context: 1, threshold: -0.01, start: points[row: 0], scale: 1,
        steps: items)
      blackHole(try piece.perform(with: context, on: Evaluator(problem)).calls)
    }
  }
}
