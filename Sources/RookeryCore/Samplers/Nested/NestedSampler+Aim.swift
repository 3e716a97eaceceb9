extension NestedSampler {
  /// Goes on where more is wanted than there was when the run converged: less evidence left, or further batches, also after a run
  /// that had none.
  package mutating func aim(like other: NestedSampler) {
    let asked = other.settings
    let before = settings
    settings.remainingEvidence = asked.remainingEvidence
    settings.isDynamic = asked.isDynamic
    settings.targetEffectiveSize = asked.targetEffectiveSize
    settings.targetError = asked.targetError
    settings.batch = asked.batch
    settings.posteriorShare = asked.posteriorShare
    guard hasConverged, out == 0 else { return }
    if settings.isDynamic {
      // The next batch is planned first of all, and is none where the targets are reached.
      hasConverged = false
      isDraining = true
    } else if dynamic.batches == 0, asksForMore(than: before) {
      hasConverged = totals.remaining(best: best) < settings.remainingEvidenceInForce
      // The place of the last that was taken off was not filled.
      if !hasConverged { vacant = max(0, settings.live - live.count) }
    }
  }

  /// Asked for the same again a run stays as it is, even if the last points to come in left more than was asked for.
  private func asksForMore(than before: NestedSettings) -> Bool {
    settings.remainingEvidence != before.remainingEvidence
      && settings.remainingEvidenceInForce < before.remainingEvidenceInForce
  }
}
