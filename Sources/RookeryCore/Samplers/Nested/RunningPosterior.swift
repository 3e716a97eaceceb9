import Glibc

/// Means and variances of the posterior as far as a run has come, so that it can tell whether the live points still matter to them.
///
/// They are kept in the unit cube and in coordinates in which the prior is a standard normal. In the cube the tail of a normal prior
/// lies beside its middle; in the others a mode cut off by an edge of a uniform prior moves ever farther out. What matters is far in both.
struct RunningPosterior: Sendable, Equatable {
  /// Of the cube's coordinates, then of the normal ones.
  private var means: [Double]
  private var variances: [Double]
  /// Deaths since the live points were last looked at.
  private var deaths = 0

  /// Deaths with less of the evidence so far than this leave the moments where they are.
  private static let least = 1e-9

  init(dimension: Int) {
    means = [Double](repeating: 0, count: 2 * dimension)
    variances = means
  }

  private static func normal(_ u: Double) -> Double {
    SpecialFunctions.inverseNormalCDF(min(max(u, 1e-300), 1 - 0x1p-53))
  }

  /// - Parameter share: of the evidence so far, this point's included.
  mutating func kill(_ point: UnsafeBufferPointer<Double>, share: Double) {
    deaths += 1
    guard share > Self.least else { return }
    for i in means.indices {
      let step = value(i, of: point) - means[i]
      variances[i] = (1 - share) * (variances[i] + share * step * step)
      means[i] += share * step
    }
  }

  private func value(_ i: Int, of point: UnsafeBufferPointer<Double>) -> Double {
    i < point.count ? point[i] : Self.normal(point[i - point.count])
  }

  /// Whether so many points have died since the last time that another look is worth its while.
  mutating func isDue(every count: Int) -> Bool {
    guard deaths >= count else { return false }
    deaths = 0
    return true
  }

  /// How far off the points are, as the mean of their squared distance from the mean over the variance, in the coordinate where that is
  /// largest; at least one.
  ///
  /// - Parameter weights: of the points, which need not sum to one.
  func reach(of points: PointMatrix, weights: [Double]) -> Double {
    let total = weights.reduce(0, +)
    guard total > 0 else { return 1 }
    var sums = [Double](repeating: 0, count: means.count)
    for row in 0..<points.rows where weights[row] > 1e-4 * total / Double(points.rows) {
      points.withRow(row) { point in
        for i in means.indices {
          let step = value(i, of: point) - means[i]
          sums[i] += weights[row] * step * step
        }
      }
    }
    let reach = sums.indices.map { variances[$0] > 0 ? sums[$0] / total / variances[$0] : 0 }
    let half = means.count / 2
    return (0..<half).reduce(1) { max($0, min(reach[$1], reach[$1 + half])) }
  }
}

extension RunningPosterior: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(means)
    writer.write(variances)
    writer.write(deaths)
  }

  init(from reader: inout WireReader) throws(WireError) {
    means = try reader.read()
    variances = try reader.read()
    deaths = try reader.read()
    guard means.count == variances.count else { throw WireError("moments are cut short") }
  }
}

extension NestedSampler {
  /// What the live points may hold at the end, by default, times what makes it worth more calls.
  private static let most = (uneven: 0.03, far: 0.01)
  /// Live points are looked at so often on one e-fold of volume.
  private static let looks = 20

  mutating func note(death worst: LiveSet.Member) {
    let share = totals.kill(logL: worst.logL, live: live.count + 1 + placesOut)
    cube.withRow(worst.row) { posterior.kill($0, share: share) }
  }

  /// Whether what is left inside no longer matters.
  ///
  /// Asked for a remaining evidence the rule is that alone. By default the live points must not matter to the posterior either. In the
  /// neck of a funnel a hundredth of the posterior is a third of the variance, and a few of the live points have nearly all of it.
  mutating func hasLittleLeft() -> Bool {
    guard totals.remaining(best: best) < settings.remainingEvidenceInForce else { return false }
    guard settings.remainingEvidence == nil else { return true }
    guard posterior.isDue(every: max(1, settings.live / Self.looks)) else { return false }
    return !livePointsMatter()
  }

  /// Whether the live points' part of the posterior is worth more calls: by how far off they are, in variances beyond the first, or by how
  /// unlike their weights are. Points spread evenly over a top that is nearly flat stand for it as well as more of them would.
  func livePointsMatter() -> Bool {
    let weights = live.members.map { exp($0.logL - best) }
    let sum = weights.reduce(0, +)
    let mean = sum / Double(max(live.count, 1))
    let unevenness = weights.reduce(0) { $0 + $1 * $1 } / (sum * mean) - 1
    let share = totals.shareLeft(meanLogL: best + log(mean))
    guard share * unevenness < Self.most.uneven else { return true }
    let reach = posterior.reach(of: cube.rows(at: live.members.map(\.row)), weights: weights)
    return share * (reach - 1) > Self.most.far
  }
}
