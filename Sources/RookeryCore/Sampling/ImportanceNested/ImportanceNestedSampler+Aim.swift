extension ImportanceNestedSampler {
  /// Goes on where more is wanted than there was when the run converged: more effective samples, or bounds that leave less evidence.
  package mutating func aim(like other: ImportanceNestedSampler) {
    settings.targetEffectiveSize = other.settings.targetEffectiveSize
    settings.remainingEvidence = other.settings.remainingEvidence
    guard ending == .converged, out.isEmpty, phase == .sampling else { return }
    ending = nil
    findings = []
    watchStage()
  }
}
