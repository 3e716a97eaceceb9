import Glibc

extension RunResult {
  /// One column of the samples or derived samples with its moments and quantiles under the posterior weights.
  public struct Marginal: Sendable, Equatable {
    public let name: String
    public let label: String
    public let unit: String
    public let mean: Double
    public let deviation: Double
    public let median: Double
    /// The quantiles at 0.16 and 0.84.
    public let lower: Double
    public let upper: Double
    /// The value at the sample of highest posterior density, that of the likelihood times the prior; NaN where a prior has no density.
    public let map: Double
    /// The value at the sample of highest likelihood.
    public let best: Double
    /// How much was learnt beyond the prior; nil for derived quantities and fixed parameters, and for too few samples.
    public let bits: Double?
    /// The ends of the prior's range at which the posterior piles up.
    public let edges: PriorEdges
    /// Of a periodic parameter, the branch that all these values lie on: the sample ``RunResult/column(_:)`` gives is the same place
    /// on the circle, but may be a period away.
    public let branch: PeriodicBranch?
  }

  /// The marginal posteriors of all parameters and derived quantities, in order.
  public func marginals() -> [Marginal] {
    let weights = logWeights.map { exp($0) }
    let effective = effectiveSampleSize
    let (map, best) = (mapIndex, bestIndex)
    let branches = branches()
    let isInCube = draws.space == .cube
    func marginal(
      _ quantity: DerivedQuantity, _ values: [Double], branch: PeriodicBranch? = nil,
      prior: (shares: [Double], hasEdges: Bool)? = nil
    ) -> Marginal {
      let sorted = SortedColumn(values, weights, positions: prior?.shares ?? [])
      var (mean, deviation) = Self.moments(values, weights)
      // One value over and over is that value, without rounding.
      if let only = sorted.values.first, only == sorted.values.last { (mean, deviation) = (only, 0) }
      let gain = prior.map { PriorComparison(sorted, effectiveSize: effective, hasEdges: $0.hasEdges) }
      return Marginal(
        name: quantity.name, label: quantity.label, unit: quantity.unit, mean: mean, deviation: deviation,
        median: sorted.quantile(0.5), lower: sorted.quantile(0.16), upper: sorted.quantile(0.84),
        map: map.map { values[$0] } ?? .nan, best: best.map { values[$0] } ?? .nan, bits: gain?.bits,
        edges: gain?.edges ?? [], branch: branch)
    }
    var free = 0
    let ofParameters = parameters.enumerated().map { i, parameter in
      let values = samples.column(i)
      guard !parameter.isFixed else { return marginal(parameter.quantity, values) }
      defer { free += 1 }
      let shares = parameter.priorShares(below: values, cube: isInCube ? draws.coordinates.column(free) : nil)
      guard let branch = branches[i] else {
        let hasEdges = parameter.boundary != .periodic && !parameter.isConditional
        return marginal(parameter.quantity, values, prior: (shares, hasEdges))
      }
      let turned = parameter.priorShares(shares, of: values, on: branch)
      return marginal(parameter.quantity, values.map { branch($0) }, branch: branch, prior: (turned, false))
    }
    return ofParameters + derived.enumerated().map { marginal($1, derivedSamples.column($0)) }
  }

  /// The row of the sample of highest likelihood; nil without samples.
  public var bestIndex: Int? { Self.argmax(logLikelihoods) }

  /// The row of the sample of highest posterior density (MAP); nil without samples, and where a prior has no density.
  public var mapIndex: Int? {
    hasPriorDensity ? Self.argmax(zip(logLikelihoods, logPriors).map { $0 + $1 }) : nil
  }

  /// Whether the density of the prior is known at any sample.
  var hasPriorDensity: Bool { logPriors.isEmpty || logPriors.contains { !$0.isNaN } }

  private static func argmax(_ values: [Double]) -> Int? {
    values.indices.max { values[$0] < values[$1] || values[$0].isNaN && !values[$1].isNaN }
  }

  /// Quantiles of a parameter or derived quantity under the posterior weights; those of a periodic parameter on its branch.
  ///
  /// - Parameters:
  ///   - levels: numbers from 0 to 1.
  ///   - name: of the parameter or derived quantity.
  /// - Returns: one number a level; NaN where no sample has weight.
  /// - Throws: ``InputError`` for a name that the result does not have, and for a level that is none.
  public func quantiles(_ levels: [Double], of name: String) throws -> [Double] {
    if let wrong = levels.first(where: { !(0...1).contains($0) }) {
      throw InputError("a quantile is at a level from 0 to 1, not \(wrong)")
    }
    var values = try column(name)
    if let i = parameters.firstIndex(where: { $0.name == name }), let branch = branches()[i] {
      values = values.map { branch($0) }
    }
    return Self.quantiles(levels, of: values, logWeights.map { exp($0) })
  }

  /// All samples of a parameter or derived quantity as they were drawn, in the order of the rows.
  ///
  /// - Throws: ``InputError`` for a name that the result does not have.
  public func column(_ name: String) throws -> [Double] {
    if let i = parameters.firstIndex(where: { $0.name == name }) { return samples.column(i) }
    if let i = derived.firstIndex(where: { $0.name == name }) { return derivedSamples.column(i) }
    throw InputError(
      "\"\(problem)\" has no \"\(name)\"; it has \(quantities.map(\.name).joined(separator: ", "))")
  }

  /// The covariance of all parameters under the posterior weights, a square matrix; zero for fixed ones. Periodic ones are on their
  /// branch.
  public func covariance() -> PointMatrix {
    let count = parameters.count
    var covariance = PointMatrix(rows: count, columns: count)
    let weights = logWeights.map { exp($0) }
    let branches = branches()
    func shown(_ row: Int, _ i: Int) -> Double { branches[i]?(samples[row, i]) ?? samples[row, i] }
    let means = (0..<count).map { i in
      Self.moments((0..<samples.rows).map { shown($0, i) }, weights).mean
    }
    let total = weights.reduce(0) { $0 + ($1 > 0 ? $1 : 0) }
    var offsets = [Double](repeating: 0, count: count)
    for (row, weight) in weights.enumerated() where weight > 0 {
      for i in 0..<count { offsets[i] = shown(row, i) - means[i] }
      for i in 0..<count {
        for j in 0...i { covariance[i, j] += weight * offsets[i] * offsets[j] }
      }
    }
    for i in 0..<count {
      for j in 0...i {
        covariance[i, j] /= total
        covariance[j, i] = covariance[i, j]
      }
    }
    return covariance
  }

  /// The Bayesian model dimensionality, twice the posterior variance of ln L: how many parameters the data constrain (Handley &
  /// Lemos 2019, arXiv:1903.06682, equation 11).
  public var modelDimensionality: Double {
    let (_, deviation) = Self.moments(logLikelihoods, logWeights.map { exp($0) })
    return 2 * deviation * deviation
  }

  static func moments(_ values: [Double], _ weights: [Double]) -> (mean: Double, deviation: Double) {
    var (sum, total) = (0.0, 0.0)
    for (value, weight) in zip(values, weights) where weight > 0 {
      sum += weight * value
      total += weight
    }
    let mean = sum / total
    var square = 0.0
    for (value, weight) in zip(values, weights) where weight > 0 {
      square += weight * (value - mean) * (value - mean)
    }
    return (mean, (square / total).squareRoot())
  }

  /// Weighted quantiles by linear interpolation of the cumulative weights, each sample at the middle of its step.
  package static func quantiles(_ levels: [Double], of values: [Double], _ weights: [Double]) -> [Double] {
    let sorted = SortedColumn(values, weights)
    return levels.map { sorted.quantile($0) }
  }
}
