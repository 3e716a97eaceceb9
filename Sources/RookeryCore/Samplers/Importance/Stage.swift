import Glibc

/// Draws from one frozen proposal, and the estimate they make.
///
/// The proposal and the normalisations it rests on were fixed before the first draw, so the mean of L/q over
/// a stage is an unbiased estimate of Z. Stages are put together as Σ trust L/q over Σ trust, both over
/// draws, where trust follows from points that the stage did not draw.
struct Stage: Sendable, Equatable {
  let proposal: Proposal
  /// What each draw counts: the efficiency that points of other origin foresee.
  var trust: Double
  /// Whether its draws have been given up but for the fits.
  var isRetired = false
  /// Relative variance of each component's normalisation.
  let normVariances: [Double]
  /// How many points are to be drawn before the fit is looked at again.
  var quota: Int
  var issued = 0
  /// ln q of each point.
  var logQ: [Double] = []
  var logL: [Double] = []
  /// The log density of each component at each point.
  var densities: [Double] = []
  /// ln Σ L/q, ln Σ (L/q)², and the largest ln L/q.
  var logSum = -Double.infinity
  var logSquares = -Double.infinity
  var logPeak = -Double.infinity

  var count: Int { logQ.count }

  init(proposal: Proposal, trust: Double, normVariances: [Double], quota: Int) {
    self.proposal = proposal
    self.trust = trust
    self.normVariances = normVariances
    self.quota = quota
  }

  mutating func note(_ outcome: ShellOutcome) {
    let logs = proposal.logDensities(table: outcome.densities)
    densities += outcome.densities
    logQ += logs
    logL += outcome.logLikelihoods
    for (value, density) in zip(outcome.logLikelihoods, logs) {
      let weight = value - density
      logSum = logAdd(logSum, weight)
      logSquares = logAdd(logSquares, 2 * weight)
      logPeak = max(logPeak, weight)
    }
  }

  /// Effective points a draw (Kish).
  var efficiency: Double {
    count == 0 || logSum == -.infinity ? 0 : exp(2 * logSum - logSquares) / Double(count)
  }

  /// ln L/q of each draw.
  var logWeights: [Double] { zip(logL, logQ).map { $0 - $1 } }

}

extension Stage {
  /// What a draw of a proposal is worth: near its efficiency, from the posterior masses of points and ln(L/q) at them, both up to a
  /// constant.
  ///
  /// The efficiency of q is 1 / E_posterior[L/(Z q)]. In the place of Z stands the median of L/q here: an error in the normalisation
  /// of q then cancels. Were it left in, a stage whose q is too high, and whose evidence is too low, would be trusted
  /// more, and the evidence of all stages come out too low by the variance of such errors.
  static func worth(masses: [Double], logWeights: [Double]) -> Double {
    let order = logWeights.indices.filter { masses[$0] > 0 && logWeights[$0] > -.infinity }
      .sorted { (logWeights[$0], $0) < (logWeights[$1], $1) }
    let total = order.reduce(0) { $0 + masses[$1] }
    guard total > 0 else { return 1 }
    var (below, median) = (0.0, logWeights[order[0]])
    for i in order where below < 0.5 * total {
      below += masses[i]
      median = logWeights[i]
    }
    let mean = order.reduce(0) { $0 + masses[$1] * exp(logWeights[$1] - median) } / total
    return min(max(1 / mean, 1e-4), 1)
  }
}

/// What all stages say together.
struct StageSummary {
  var logZ = -Double.infinity
  var error = Double.nan
  var effectiveSize = 0.0
  /// The largest share of one point in the whole weight.
  var largestShare = 0.0

  init(_ stages: [Stage], withError: Bool = true) {
    let draws = stages.reduce(0) { $0 + $1.trust * Double($1.count) }
    guard draws > 0 else { return }
    let logSum = logSumExp(stages.map { log($0.trust) + $0.logSum })
    guard logSum > -.infinity else { return }
    let logSquares = logSumExp(stages.map { 2 * log($0.trust) + $0.logSquares })
    logZ = logSum - log(draws)
    effectiveSize = exp(2 * logSum - logSquares)
    largestShare = exp((stages.map { log($0.trust) + $0.logPeak }.max() ?? -.infinity) - logSum)
    if withError { error = Self.variance(stages, logZ: logZ, logSum: logSum, draws: draws).squareRoot() }
  }

  /// The variance of log Z: of the weights about their stage's mean, and of the normalisations of components,
  /// each with the share of the evidence whose density rests on it.
  private static func variance(_ stages: [Stage], logZ: Double, logSum: Double, draws: Double) -> Double {
    var variance = 0.0
    for stage in stages where stage.count > 0 {
      let n = Double(stage.count)
      let mean = exp(stage.logSum - logZ) / n
      let square = exp(stage.logSquares - 2 * logZ) / n
      variance +=
        stage.trust * stage.trust * n * max(square - mean * mean, 0) * n / max(n - 1, 1) / (draws * draws)
      let width = stage.proposal.shares.count
      var rests = [Double](repeating: 0, count: width)
      for i in 0..<stage.count {
        let weight = stage.trust * exp(stage.logL[i] - stage.logQ[i] - logSum)
        guard weight > 0 else { continue }
        for k in 0..<width {
          rests[k] += weight * stage.proposal.shares[k] * exp(stage.densities[i * width + k] - stage.logQ[i])
        }
      }
      for k in 0..<width { variance += rests[k] * rests[k] * stage.normVariances[k] }
    }
    return variance
  }
}

extension Stage: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(proposal)
    writer.write(trust)
    writer.write(isRetired)
    writer.write(normVariances)
    writer.write(quota)
    writer.write(issued)
    writer.write(logQ)
    writer.write(logL)
    writer.write(densities)
    writer.write([logSum, logSquares, logPeak])
  }

  init(from reader: inout WireReader) throws(WireError) {
    proposal = try reader.read()
    trust = try reader.read()
    isRetired = try reader.read()
    normVariances = try reader.read([Double].self)
    quota = try reader.read()
    issued = try reader.read()
    logQ = try reader.read([Double].self)
    logL = try reader.read([Double].self)
    densities = try reader.read([Double].self)
    let sums = try reader.read([Double].self)
    guard sums.count == 3, normVariances.count == proposal.shares.count, logL.count == logQ.count,
      densities.count == logQ.count * proposal.shares.count
    else { throw WireError("a stage whose parts do not fit") }
    (logSum, logSquares, logPeak) = (sums[0], sums[1], sums[2])
  }
}
