import Glibc

extension RunResult {
  private static let drawPurpose = RandomStream.Purpose(rawValue: 0x4452_5700)

  /// Rows drawn in proportion to their weights, to use as samples of equal weight: by systematic resampling, which adds
  /// the least noise, in random order. A sample of large weight comes more than once.
  ///
  /// - Parameters:
  ///   - count: how many, at most 100 million; nil for the effective sample size.
  ///   - seed: of the draw; the same seed draws the same rows.
  /// - Returns: rows of `samples` and `derivedSamples`; none where no sample has weight.
  public func equallyWeightedRows(_ count: Int? = nil, seed: UInt64 = 0) -> [Int] {
    let weights = logWeights.map { exp($0) }
    let count = min(max(count ?? max(1, Int(saturating: effectiveSampleSize)), 0), 100_000_000)
    guard count > 0 else { return [] }
    var stream = RandomStream(seed: seed, purpose: Self.drawPurpose, index: 0)
    let times = systematicDraws(count, of: weights, offset: stream.uniform())
    var rows = times.indices.flatMap { repeatElement($0, count: times[$0]) }
    for i in stride(from: rows.count - 1, to: 0, by: -1) { rows.swapAt(i, stream.integer(below: i + 1)) }
    return rows
  }

  /// Draws of all parameters from the posterior, one a row, with equal weight: see ``equallyWeightedRows(_:seed:)``.
  public func draws(_ count: Int? = nil, seed: UInt64 = 0) -> PointMatrix {
    samples.rows(at: equallyWeightedRows(count, seed: seed))
  }
}
