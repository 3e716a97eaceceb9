import Glibc

extension RunResult {
  /// The same samples under another likelihood: each weight is multiplied by the ratio of the two.
  ///
  /// Good while the two posteriors overlap: look at the effective sample size of what comes back. The error of log Z is that of the
  /// first run and the spread of the new weights together.
  ///
  /// - Parameter logLikelihood: the new log-likelihood of the values of all parameters; minus infinity for none.
  /// - Throws: ``InputError`` where it gives no number or plus infinity, or refuses all samples; what the closure throws.
  public func reweighted(by logLikelihood: ([Double]) throws -> Double) throws -> RunResult {
    var logL: [Double] = []
    for row in 0..<samples.rows {
      let value = try logLikelihood(samples[row: row])
      guard value < .infinity else {
        throw InputError("the new log-likelihood is \(value) at sample \(row), \(samples[row: row])")
      }
      logL.append(value)
    }
    let raw = logWeights.indices.map { row in
      logL[row] == -.infinity || logWeights[row] == -.infinity
        ? -Double.infinity : logWeights[row] + logL[row] - logLikelihoods[row]
    }
    let gain = logSumExp(raw)
    guard gain > -.infinity else { throw InputError("the new likelihood refuses all samples") }
    let weights = raw.map { $0 - gain }
    let size = kishSize(logWeights: weights)
    let logZ = evidence.logZ + gain
    // Of a mean of ratios over as many independent draws as there are effective samples.
    let spread = max(1 / size - 1 / max(effectiveSampleSize, size), 0)
    let evidence = Evidence(
      logZ: logZ, error: (self.evidence.error * self.evidence.error + spread).squareRoot(),
      errorKind: self.evidence.errorKind,
      information: Evidence.information(logLikelihoods: logL, logWeights: weights, logZ: logZ))
    var (head, draws) = (head, draws)
    head.provenance = Provenance(
      version: provenance.version, settings: provenance.settings, command: provenance.command,
      parts: [digest], inForce: provenance.inForce, circumstances: provenance.circumstances)
    draws.logLikelihoods = logL
    // The contours of a nested run were those of the old likelihood.
    return RunResult(
      head: head, draws: draws, kind: .importance(ImportanceTable(logWeights: weights, evidence: evidence)))
  }
}
