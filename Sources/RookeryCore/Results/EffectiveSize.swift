import Glibc

/// How many independent draws those of a result are worth, as draws of its kind tell.
public enum EffectiveSize: Sendable, Equatable {
  /// Of weighted draws: Kish's (Σw)² / Σw².
  case kish(Double)

  /// The one number that stands for it.
  public var value: Double {
    switch self {
    case .kish(let size): size
    }
  }
}

/// Kish's effective sample size of weights given by their logarithms, up to a constant.
package func kishSize(logWeights: [Double]) -> Double {
  let sum = logSumExp(logWeights)
  guard sum.isFinite else { return 0 }
  var squares = 0.0
  for weight in logWeights { squares += exp(2 * (weight - sum)) }
  return 1 / squares
}
