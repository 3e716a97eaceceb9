extension ImportanceNestedSampler {
  /// Goes on where more is wanted than there was when the run ended: more effective samples, or bounds that leave less evidence.
  package mutating func aim(like other: ImportanceNestedSampler) {
    let wantsMore =
      other.settings.targetEffectiveSize > settings.targetEffectiveSize
      || other.settings.remainingEvidenceInForce < settings.remainingEvidenceInForce
    settings.targetEffectiveSize = other.settings.targetEffectiveSize
    settings.remainingEvidence = other.settings.remainingEvidence
    guard ending != nil, wantsMore, out == 0, phase == .sampling else { return }
    ending = nil
    findings = []
    watchStage()
  }
}
