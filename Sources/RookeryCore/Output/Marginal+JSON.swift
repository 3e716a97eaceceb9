extension RunResult.Marginal {
  /// - Parameter isSummarised: whether its moments mean something: see ``RunResult/obstacleToSummary``.
  func json(isSummarised: Bool) -> [(String, JSON)] {
    let moments = [
      ("mean", mean), ("sd", deviation), ("median", median), ("q16", lower), ("q84", upper),
    ].map { ($0.0, isSummarised ? JSON.exact($0.1) : .null) }
    return moments + [
      ("map", .exact(map)), ("best", .exact(best)), ("bits", bits.map { .exact($0) } ?? .null),
      ("edges", .strings(edges.words)),
      ("branch", branch.map { .numbers([$0.lower, $0.upper]) } ?? .null),
    ]
  }
}

extension PriorEdges {
  var words: [String] { (contains(.lower) ? ["lower"] : []) + (contains(.upper) ? ["upper"] : []) }
}
