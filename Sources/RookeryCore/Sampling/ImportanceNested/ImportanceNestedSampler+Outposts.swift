import Glibc

extension ImportanceNestedSampler {
  /// That a mode which was seen has no part in the draws of the stages.
  var lostModeFinding: Finding? {
    guard !exploration.outposts.known.isEmpty else { return nil }
    let record = record()
    guard case .importance(let ratios, _) = record.kind else { return nil }
    let raw = zip(record.logLikelihoods, ratios).map { $0 + $1 }
    let logZ = logSumExp(raw)
    return exploration.outposts.lostModeFinding(
      logZ: logZ, of: record.cube,
      weights: raw.enumerated().filter { $0.element - logZ > -20 }.map { ($0.offset, exp($0.element - logZ)) }
    )
  }
}
