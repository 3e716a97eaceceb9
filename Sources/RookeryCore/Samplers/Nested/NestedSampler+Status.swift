import Glibc

/// How far it has come, for people to look at.
extension NestedSampler {
  package var status: SamplerStatus {
    var status = SamplerStatus()
    status.phase =
      dynamic.batches > 0
      ? "batch \(dynamic.batches)"
      : isFilling ? "live points" : explorer.kind == .uniform ? "uniform" : "chains"
    if settings.isDynamic {
      status.targetEffectiveSize = settings.targetSizeInForce(dimension: problemDimension)
      status.targetError = settings.targetError
    }
    if dynamic.batches > 0 {
      (status.logZ, status.logZError) = (dynamic.logZ, dynamic.error)
      status.effectiveSampleSize = dynamic.effectiveSize
      status.progress = shareOfTargets(
        effectiveSize: dynamic.effectiveSize, error: dynamic.error)
      return status
    }
    // Nothing is known yet of how narrow the posterior is.
    let usual = Double(logL.count) / (Double(settings.live) * usualCallsPerLivePoint)
    guard !isFilling else {
      status.progress = min(usual, 0.1) * shareOfFirstRun(error: .nan)
      status.progressIsGuess = true
      return status
    }
    status.logZ = logAdd(totals.logZ, totals.logVolume + best)
    status.remaining = totals.remaining(best: best)
    status.targetRemaining = settings.remainingEvidenceInForce
    status.logZError = (max(totals.information, 0) / Double(settings.live)).squareRoot()
    status.effectiveSampleSize = totals.effectiveSampleSize
    let left = natsLeft(range: best - threshold, dimension: problemDimension)
    let way = totals.progress(best: best, target: settings.remainingEvidenceInForce, atMost: left)
    status.progress = (way > 0 ? way : min(usual, 0.1)) * shareOfFirstRun(error: status.logZError)
    status.progressIsGuess = settings.isDynamic || !(status.remaining < 1)
    return status
  }

  /// Calls for each live point that reference problems of so many dimensions have taken.
  private var usualCallsPerLivePoint: Double { 20 + Double(problemDimension * problemDimension) }

  /// Effective samples for each live point that a first run usually leaves.
  private static var usualSizePerLivePoint: Double { 4 }

  /// How much of the way to all targets has been made. The error falls as the square root of the work.
  private func shareOfTargets(effectiveSize: Double, error: Double) -> Double {
    var share = 1.0
    if let size = settings.targetSizeInForce(dimension: problemDimension) {
      share = min(share, effectiveSize / size)
    }
    if let target = settings.targetError { share = min(share, target * target / (error * error)) }
    return share
  }

  /// The part that the first run probably is of a dynamic one.
  private func shareOfFirstRun(error: Double) -> Double {
    guard settings.isDynamic else { return 1 }
    let share = shareOfTargets(
      effectiveSize: Self.usualSizePerLivePoint * Double(settings.live),
      error: error.isNaN ? settings.targetError ?? 1 : error)
    return share.isNaN ? 1 : max(1e-3, share)
  }
}
