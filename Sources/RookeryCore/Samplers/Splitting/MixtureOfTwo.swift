/// Halves points between the two components of a mixture of t densities, each to the component that it is likelier of.
struct MixtureOfTwo<Failure: Error>: Halving {
  var stream: RandomStream
  let halt: Halt<Failure>

  /// The rows of each half come in the order of how surely they belong to the first. Where a component has fewer points than a half must
  /// have, it gets those next to it as well.
  mutating func halves(
    of points: PointMatrix, minimum: Int
  ) throws(Failure) -> (first: [Int], second: [Int])? {
    let ones = [Double](repeating: 1, count: points.rows)
    guard let fit = StudentMixtureFit(points: points.values, weights: ones, dimension: points.columns)
    else { return nil }
    // A few steps from several starts, and more from the best of them: the split decides how many modes are seen.
    var starts: [(mixture: StudentMixture, score: Double)] = []
    for _ in 0..<3 {
      guard let mixture = try fit.fit(components: 2, steps: 5, stream: &stream, unless: halt),
        mixture.count == 2
      else { continue }
      starts.append((mixture, fit.score(mixture)))
    }
    guard let best = starts.max(by: { $0.score < $1.score }) else { return nil }
    let mixture = try fit.improved(best.mixture, steps: 20, tolerance: 2e-3, unless: halt)
    guard mixture.count == 2 else { return nil }
    // ln of the first component's term over the second's.
    let logs = fit.terms(mixture).logs
    let preference = (0..<points.rows).map { logs[$0] - logs[points.rows + $0] }
    let order = preference.indices.sorted { (preference[$0], $0) > (preference[$1], $1) }
    let cut = min(max(preference.count { $0 > 0 }, minimum), order.count - minimum)
    return (Array(order[..<cut]), Array(order[cut...]))
  }
}
