import Glibc

extension PointwiseLogLikelihoods {
  /// The expected log predictive density by leave-one-out cross-validation with Pareto smoothed importance sampling (PSIS-LOO).
  ///
  /// The posterior without a datum comes from the draws of that with it by weights 1 / p(y_i | θ_s) (Vehtari, Gelman & Gabry 2017,
  /// arXiv:1507.04544, equation 6), the largest of which are smoothed by a generalised Pareto distribution that is fitted to them (Vehtari,
  /// Simpson, Gelman, Yao & Gabry 2024, JMLR 25(72), arXiv:1507.02646, algorithm 1; Zhang & Stephens 2009, Technometrics 51, 316). The tail
  /// has ⌈min(S / 5, 3 √(S / r_eff))⌉ of S draws. With the smoothed weights w,
  ///
  ///     elpd_i = ln (Σ_s w_s p(y_i | θ_s) / Σ_s w_s)        (equation 10 of the former)
  ///
  /// - Throws: ``InputError`` for a single draw.
  public func loo() throws -> Elpd {
    try requireDraws(for: "leave-one-out")
    let count = Double(draws)
    let tailSize = Int(min(count / 5, 3 * (count / relativeEfficiency).squareRoot()).rounded(.up))
    let limit = ParetoTail.limit(draws: max(effectiveSize, 2))
    var (terms, parameters, shapes) = ([Double](), [Double](), [Double]())
    var noise = 0.0
    for datum in 0..<data {
      let logP = values.column(datum)
      let logRatios = logP.map { -$0 }
      let tail = ParetoTail(logWeights: logRatios, size: tailSize)
      let peak = logRatios.max() ?? 0
      let logWeights = tail?.smoothed(logRatios) ?? logRatios.map { $0 - peak }
      let weights = logWeights.map { exp($0) }
      let logTerms = zip(logWeights, logP).map { $0 + $1 }
      let highest = logTerms.max() ?? 0
      let products = logTerms.map { exp($0 - highest) }
      let (total, sum) = (weights.reduce(0, +), products.reduce(0, +))
      let term = highest + log(sum / total)
      terms.append(term)
      parameters.append(logMean(logP) - term)
      // Weights that are all the same are those of independent draws from the very posterior that is asked for.
      shapes.append(tail?.shape ?? (logP.min() == logP.max() ? -.infinity : .infinity))
      // The variance of a mean by self-normalised weights, over its square (Owen 2013, Monte Carlo theory, section 9.2).
      for (weight, product) in zip(weights, products) {
        let pull = product / sum - weight / total
        noise += pull * pull
      }
    }
    return Elpd(
      criterion: .loo, pointwise: terms, pointwiseParameters: parameters, paretoShapes: shapes,
      shapeLimit: limit, monteCarloError: (noise / relativeEfficiency).squareRoot(),
      findings: findings + shapeFindings(shapes, limit: limit))
  }

  /// The expected log predictive density by the widely applicable information criterion (Watanabe 2010, Journal of Machine Learning
  /// Research 11, 3571), on the scale of ``loo()``: for the deviance of other programs multiply by -2.
  ///
  ///     elpd_i = ln (Σ_s p(y_i | θ_s) / S) - V_s ln p(y_i | θ_s)
  ///
  /// with the sample variance V over S draws (Vehtari, Gelman & Gabry 2017, arXiv:1507.04544, equations 3, 11 and 13). ArviZ divides by S
  /// in place of S - 1. Leave-one-out costs no more, is the safer, and says where it fails.
  ///
  /// - Throws: ``InputError`` for a single draw.
  public func waic() throws -> Elpd {
    try requireDraws(for: "WAIC")
    var (terms, variances) = ([Double](), [Double]())
    for datum in 0..<data {
      let logP = values.column(datum)
      let variance = sampleVariance(logP)
      terms.append(logMean(logP) - variance)
      variances.append(variance)
    }
    return Elpd(
      criterion: .waic, pointwise: terms, pointwiseParameters: variances, paretoShapes: [], shapeLimit: .nan,
      monteCarloError: .nan, findings: findings + varianceFindings(variances))
  }

  /// ln of the mean of p(y_i | θ_s) over the draws: the log predictive density of a datum that was seen.
  private func logMean(_ logP: [Double]) -> Double { logSumExp(logP) - log(Double(draws)) }

  private func requireDraws(for criterion: String) throws {
    guard draws >= 2 else {
      throw InputError("\(criterion) needs at least 2 draws from the posterior, better 1000, not \(draws)")
    }
  }

  private func shapeFindings(_ shapes: [Double], limit: Double) -> [Finding] {
    // Fewer have no tail: the shapes are then infinite, which says nothing of the data.
    guard draws > 20 else { return [Finding("few-draws-to-predict", .warning, ["draws": Double(draws)])] }
    return Self.worst(shapes, above: limit).map { worst, count in
      [
        Finding(
          "influential-data", .warning,
          [
            "data": Double(count), "all": Double(data), "pareto_k": shapes[worst], "datum": Double(worst),
            "limit": limit,
          ])
      ]
    } ?? []
  }

  /// Above this variance of a log-likelihood WAIC may fail: Vehtari, Gelman & Gabry 2017.
  private static let largestVariance = 0.4

  private func varianceFindings(_ variances: [Double]) -> [Finding] {
    Self.worst(variances, above: Self.largestVariance).map { worst, count in
      [
        Finding(
          "waic-variance", .warning,
          [
            "data": Double(count), "all": Double(data), "variance": variances[worst], "datum": Double(worst),
            "limit": Self.largestVariance,
          ])
      ]
    } ?? []
  }

  /// Where the largest value is and how many are above a limit; nil for none.
  private static func worst(_ values: [Double], above limit: Double) -> (index: Int, count: Int)? {
    guard let worst = values.indices.max(by: { values[$0] < values[$1] }), values[worst] > limit else {
      return nil
    }
    return (worst, values.count { $0 > limit })
  }
}
