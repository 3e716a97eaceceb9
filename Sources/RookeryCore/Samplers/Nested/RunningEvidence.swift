import Glibc

/// The evidence as far as a run has come: for the stopping rule and for people to look at. The result's own
/// numbers come from the record.
struct RunningEvidence: Sendable, Equatable {
  private(set) var logVolume = 0.0
  private(set) var logZ = -Double.infinity
  /// ln of the sum of squared weights.
  private var logSquares = -Double.infinity
  /// The mean of ln L under the weights so far.
  private var meanLogL = 0.0

  /// Takes off the volume of draws from the prior that are not live.
  ///
  /// - Parameter below: their log-likelihoods in rising order, minus infinity for those without.
  mutating func start(live: Int, below: [Double]) {
    for (index, logL) in below.enumerated() { kill(logL: logL, live: live + below.count - index) }
  }

  /// - Returns: the part of the evidence so far that this point has.
  @discardableResult
  mutating func kill(logL: Double, live: Int) -> Double {
    let next = logVolume - log1p(1 / Double(live))
    let logWeight = logL + logSubtract(logVolume, next)
    logVolume = next
    let sum = logAdd(logZ, logWeight)
    let share = sum > -.infinity ? exp(logWeight - sum) : 0
    if share > 0 { meanLogL += share * (logL - meanLogL) }
    logZ = sum
    logSquares = logAdd(logSquares, 2 * logWeight)
    return share
  }

  /// ln(1 + evidence left / evidence so far), with all that is left at the best likelihood found.
  func remaining(best: Double) -> Double {
    logZ == -.infinity ? .infinity : logAdd(logZ, best + logVolume) - logZ
  }

  /// The part of all evidence that is left, if its mean likelihood is this.
  func shareLeft(meanLogL: Double) -> Double {
    let left = meanLogL + logVolume
    return logZ == -.infinity ? 1 : exp(left - logAdd(logZ, left))
  }

  var information: Double { logZ == -.infinity ? 0 : meanLogL - logZ }
  var effectiveSampleSize: Double { logZ == -.infinity ? 0 : exp(2 * logZ - logSquares) }

  /// A guess at how much of the way is done, from the volume: the run ends near ln X = -(information + a few).
  ///
  /// - Parameter most: what is left at the most, where the live points tell.
  func progress(best: Double, target: Double, atMost most: Double) -> Double {
    let left = min(best + logVolume - logZ - log(expm1(target)), most)
    guard left.isFinite, logVolume < 0 else { return .nan }
    return max(0, min(1, logVolume / (logVolume - max(left, 0))))
  }
}

extension RunningEvidence: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(logVolume)
    writer.write(logZ)
    writer.write(logSquares)
    writer.write(meanLogL)
  }

  init(from reader: inout WireReader) throws(WireError) {
    logVolume = try reader.read()
    logZ = try reader.read()
    logSquares = try reader.read()
    meanLogL = try reader.read()
  }
}
