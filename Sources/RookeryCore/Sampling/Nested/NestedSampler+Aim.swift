extension NestedSampler {
  /// Goes on where the evidence left is to be smaller than it was when the run converged.
  package mutating func aim(like other: NestedSampler) {
    let before = settings.remainingEvidenceInForce
    settings.remainingEvidence = other.settings.remainingEvidence
    // Asked for the same again it stays as it is, even if the last points to come in left more than was asked for.
    guard hasConverged, out.isEmpty, settings.remainingEvidenceInForce < before else { return }
    hasConverged = totals.remaining(best: best) < settings.remainingEvidenceInForce
    // The place of the last that was taken off was not filled.
    if !hasConverged { vacant = max(0, settings.live - live.count) }
  }
}
