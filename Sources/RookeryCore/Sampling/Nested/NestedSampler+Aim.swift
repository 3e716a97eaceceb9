extension NestedSampler {
  /// Goes on where the evidence left is to be smaller than it was when the run converged.
  package mutating func aim(like other: NestedSampler) {
    settings.remainingEvidence = other.settings.remainingEvidence
    guard hasConverged, out.isEmpty else { return }
    hasConverged = totals.remaining(best: best) < settings.remainingEvidenceInForce
    // The place of the last that was taken off was not filled.
    if !hasConverged { vacant = max(0, settings.live - live.count) }
  }
}
