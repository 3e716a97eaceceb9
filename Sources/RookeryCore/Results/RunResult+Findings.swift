import Glibc

extension RunResult {
  /// Below this p-value a test counts as failed.
  private static let suspicious = 1e-3

  /// What a reader of this result should know before trusting it, in words; empty for a run with nothing to say against.
  public func warnings() -> [String] { findings().map(\.message) }

  /// The same with a short name for each, for programs.
  public func findings() -> [Finding] { findings(ranks: insertionRanks()) }

  func findings(ranks: InsertionRanks?) -> [Finding] {
    var findings = head.findings
    if let left = evidenceLeftFinding() { findings.append(left) }
    if ending == .converged, effectiveSampleSize < 100 {
      findings.append(
        Finding(
          "few-effective-samples", .warning, ["effective_size": effectiveSampleSize], remedies: [.live]))
    }
    if ending == .converged, let carried = carriedByLastLivePoints() {
      findings.append(Finding("live-points-carry", .warning, ["share": carried], remedies: [.dlogz]))
    }
    guard let ranks, !ranks.places.isEmpty else { return findings }
    if ranks.pValue < Self.suspicious || ranks.rollingPValue < Self.suspicious {
      findings.append(
        Finding(
          "insertion-ranks", .warning,
          [
            "p": min(ranks.pValue, ranks.rollingPValue),
            "over_whole_run": ranks.pValue < Self.suspicious ? 1 : 0,
          ], remedies: [.slices, .walks, .live]))
    }
    if let few = fewestAlive(), few < 2 * engine.dimension {
      findings.append(
        Finding(
          "few-alive", .warning, ["alive": Double(few), "dimensions": Double(engine.dimension)],
          remedies: [.live]))
    }
    return findings
  }

  /// More than this of the posterior on the points alive at the end, if their weights are also unlike, is worth a word.
  private static let carried = (share: 0.05, unevenness: 1.0)

  /// Which part of the posterior lies on the points that were alive when a nested run ended, where that is much and rests on few of them.
  ///
  /// Many points of nearly one weight stand for what is left as well as any; on a plateau at the top they may have all of it.
  private func carriedByLastLivePoints() -> Double? {
    guard let births = birthLogLikelihoods, let last = births.max(), last > -.infinity else { return nil }
    let weights = logLikelihoods.indices.filter { logLikelihoods[$0] > last }.map {
      exp(logLikelihoods[$0] - logLikelihoods[logLikelihoods.count - 1])
    }
    let share = logLikelihoods.indices.reduce(0) { logLikelihoods[$1] > last ? $0 + exp(logWeights[$1]) : $0 }
    let sum = weights.reduce(0, +)
    let unevenness = weights.reduce(0) { $0 + $1 * $1 } * Double(weights.count) / (sum * sum) - 1
    return share > Self.carried.share && unevenness > Self.carried.unevenness ? share : nil
  }

  /// The smallest number of points alive before the live points of the end died one after another.
  private func fewestAlive() -> Int? {
    guard let births = birthLogLikelihoods, let last = births.max(), last > -.infinity else { return nil }
    let counts = NestedEvidence.liveCounts(deaths: logLikelihoods, births: births)
    // Points of one plateau die together, and all but the first of them with fewer alive than there were.
    return counts.indices.filter {
      logLikelihoods[$0] <= last && ($0 == 0 || logLikelihoods[$0] > logLikelihoods[$0 - 1])
    }.map { counts[$0] }.min()
  }
}
