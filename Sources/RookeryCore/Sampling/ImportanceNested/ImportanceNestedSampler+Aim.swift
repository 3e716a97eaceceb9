extension ImportanceNestedSampler {
  /// Goes on where more effective samples are wanted than there were when the run converged.
  package mutating func aim(like other: ImportanceNestedSampler) {
    settings.targetEffectiveSize = other.settings.targetEffectiveSize
    guard ending == .converged, out.isEmpty, phase == .sampling else { return }
    ending = nil
    findings = []
    watchStage()
  }
}
