import Foundation
import RookeryCore

extension CaseProblem {
  /// Minus infinity everywhere.
  public static var none: CaseProblem {
    CaseProblem("none", logZ: nil) {
      try Problem(
        "none", parameters: [Parameter("A0", .uniform(0, 10)), Parameter("beta", .uniform(-4, -2))],
        threadSafe: true
      ) { (_: Span<Double>) in -.infinity }
    }
  }

  /// A likelihood within `width` of a line through the prior and one and the same value elsewhere.
  public static func sliver(width: Double, floor: Double) -> CaseProblem {
    // ∫ exp(-d²·9/2) over |d| < 1, times the width over the prior's range of 2; the normal of 0.5 in a range of 10.
    let across = width / 2 * (2 * Double.pi).squareRoot() / 3 * erf(3 / 2.0.squareRoot())
    let along = 0.5 * (2 * Double.pi).squareRoot() / 10
    let logZ = logSum([log(across * along), floor == -.infinity ? floor : floor + log1p(-width)])
    return CaseProblem(floor == -.infinity ? "sliver" : "floor", logZ: logZ) {
      try Problem(
        "sliver", parameters: [Parameter("A0", .uniform(0, 10)), Parameter("beta", .uniform(-4, -2))],
        threadSafe: true
      ) { (theta: Span<Double>) in
        let (d, a) = ((theta[1] + 3.001) / width, (theta[0] - 4) / 0.5)
        return abs(d) > 1 ? floor : -0.5 * (a * a + 9 * d * d)
      }
    }
  }
}
