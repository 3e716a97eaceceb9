import Glibc

/// How far it has come, for people to look at.
extension ImportanceNestedSampler {
  package var status: SamplerStatus {
    var status = SamplerStatus()
    status.phase = phase == .exploring ? "Bounding" : phase == .sampling ? "Sampling" : "Fitting"
    guard !stages.isEmpty else {
      status.logZ = exploration.roughLogZ
      describeBounding(&status)
      return status
    }
    let summary = StageSummary(standing)
    (status.logZ, status.logZError) = (summary.logZ, summary.error)
    status.effectiveSampleSize = summary.effectiveSize
    status.targetEffectiveSize = settings.targetEffectiveSize
    if phase == .exploring {
      // Bounds are built once more.
      describeBounding(&status)
    } else {
      let efficiency = stages.last.map { $0.count > 100 ? $0.efficiency : nil } ?? nil
      let left = drawsLeft(summary.effectiveSize, efficiency: efficiency ?? Self.usualEfficiency)
      status.progress = Double(drawn) / (Double(drawn) + left)
      status.progressIsGuess = efficiency == nil || phase != .sampling
    }
    return status
  }

  /// Effective points a draw from a density that follows the posterior as well as fits usually do.
  private static var usualEfficiency: Double { 0.5 }

  /// Points drawn so far, those put aside too.
  private var drawn: Int { points.count + aside.count }

  private func drawsLeft(_ effectiveSize: Double, efficiency: Double) -> Double {
    max(settings.targetEffectiveSize - effectiveSize, 0) / max(efficiency, 0.01)
  }

  private var goesOnBounding: Bool {
    exploration.liveEvidence > exploration.settings.liveFraction
      || exploration.remaining > exploration.settings.remainingEvidenceInForce
  }

  private func describeBounding(_ status: inout SamplerStatus) {
    let dimension = exploration.periodic.count
    let isBounding = phase == .exploring
    if isBounding {
      status.liveShare = exploration.liveEvidence
      status.targetLiveShare = exploration.settings.liveFraction
      if let target = exploration.settings.remainingEvidence {
        (status.remaining, status.targetRemaining) = (exploration.remaining, target)
      }
    }
    // Draws from bounds go as the nats that the volume has been shrunk by.
    let (draws, shrunk) = (Double(points.count), -exploration.logVolume(exploration.current))
    let best = points.logL.max() ?? -.infinity
    let left =
      isBounding && goesOnBounding
      ? natsLeft(range: best - exploration.threshold, dimension: dimension) : 0
    let usual = Double(exploration.settings.live) * (10 + Double(dimension * dimension) / 3)
    let bounding =
      shrunk > 0.5 && left.isFinite ? draws * left / shrunk : isBounding ? max(usual - draws, draws) : 0
    let total =
      Double(drawn) + bounding + drawsLeft(status.effectiveSampleSize, efficiency: Self.usualEfficiency)
    status.progress = total > 0 ? Double(drawn) / total : .nan
    status.progressIsGuess = true
  }
}
