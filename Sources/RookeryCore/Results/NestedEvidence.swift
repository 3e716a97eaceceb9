import Glibc

/// The evidence of a nested run as a function of its record: the log-likelihood of each point and its birth contour.
///
/// A point with birth contour b and log-likelihood l is alive on every contour from b up to l. Where n points are alive
/// the prior volume shrinks with each death by t ~ Beta(n, 1) (Skilling 2006, doi:10.1214/06-BA127). Points that share one
/// log-likelihood die one after another with falling n, which counts plateaus right (Fowlie, Handley & Su 2021,
/// arXiv:2010.13884, section 3).
package struct NestedEvidence {
  /// The points in order of death.
  package let order: [Int]
  /// How many points were alive just before each death.
  package let liveCounts: [Int]
  /// ln of the prior volume inside each point's contour, with its expected value: Σ ln(n / (n + 1)).
  package let logVolumes: [Double]
  /// Normalised posterior weights.
  package let logWeights: [Double]
  package let evidence: Evidence
  /// By how much the descent of the points from few draws makes the error of log Z larger; 1 where it does not.
  package let lineageFactor: Double

  private static let purpose = RandomStream.Purpose(rawValue: 0x564f_4c00)

  /// - Parameters:
  ///   - deaths: the log-likelihood of each point.
  ///   - births: the contour above which each was drawn; minus infinity for draws from the whole prior.
  ///   - families: from which draw each point descends; nothing where all are independent.
  ///   - seed: of the simulated volumes.
  ///   - simulations: how many; for none the error is that to first order in the volumes, which is quick.
  package init(
    deaths: [Double], births: [Double], families: [Int] = [], seed: UInt64, simulations: Int = 200
  ) {
    let order = deaths.indices.sorted { (deaths[$0], births[$0], $0) < (deaths[$1], births[$1], $1) }
    let logL = order.map { deaths[$0] }
    let liveCounts = Self.liveCounts(deaths: logL, births: births)
    var logVolume = 0.0
    let logVolumes = liveCounts.map { count in
      logVolume -= log1p(1 / Double(count))
      return logVolume
    }
    let raw = Self.logShells(logVolumes).enumerated().map { $1 + logL[$0] }
    let logZ = logSumExp(raw)
    self.order = order
    self.liveCounts = liveCounts
    self.logVolumes = logVolumes
    logWeights = raw.map { $0 - logZ }
    let error =
      simulations > 0
      ? Self.simulatedError(logL, liveCounts, logWeights, seed: seed, simulations)
      : Self.firstOrderError(logWeights, liveCounts)
    let lineages = Lineages(order: order, deaths: deaths, births: births, families: families)
    lineageFactor = lineages.errorFactor(logWeights: logWeights, liveCounts: liveCounts)
    evidence = Evidence(
      logZ: logZ, error: error * lineageFactor, errorKind: .simulatedVolumes,
      information: Evidence.information(logLikelihoods: logL, logWeights: logWeights, logZ: logZ))
  }

  /// Points alive before each of the deaths in rising order: those born below its contour less those that died before.
  static func liveCounts(deaths: [Double], births: [Double]) -> [Int] {
    let sortedBirths = births.sorted()
    var born = 0
    return deaths.indices.map { i in
      // A birth at minus infinity is a draw from the whole prior, alive from the start.
      while born < sortedBirths.count, sortedBirths[born] < deaths[i] || sortedBirths[born] == -.infinity {
        born += 1
      }
      return max(born - i, 1)
    }
  }

  /// ln of the trapezoid weight of each contour, (X_{i-1} - X_{i+1}) / 2, with X_{-1} = 1 and X_N = 0.
  static func logShells(_ logVolumes: [Double]) -> [Double] {
    logVolumes.indices.map { i in
      let outer = i == 0 ? 0 : logVolumes[i - 1]
      let inner = i + 1 < logVolumes.count ? logVolumes[i + 1] : -.infinity
      return logSubtract(outer, inner) - log(2)
    }
  }

  /// The standard deviation of log Z over simulated volumes, ln t = ln U / n for each death.
  ///
  /// Simulating keeps the correlation between the volumes of the last live points, whose steps are wide; adding up their
  /// variances as if they were independent doubles the error of a run that stops early.
  private static func simulatedError(
    _ logL: [Double], _ liveCounts: [Int], _ logWeights: [Double], seed: UInt64, _ simulations: Int
  ) -> Double {
    guard let peak = logL.max(), peak > -.infinity else { return .nan }
    // Points before this one hold next to nothing however the volumes turn out: only their steps count.
    let first = logWeights.firstIndex { $0 > -60 } ?? 0
    let likelihoods = logL.map { exp($0 - peak) }
    let steps = liveCounts.map { -1 / Double($0) }
    var volumes = [Double](repeating: 0, count: logL.count + 1)
    var moments = (sum: 0.0, square: 0.0)
    for simulation in 0..<simulations {
      var stream = RandomStream(seed: seed, purpose: purpose, index: UInt64(simulation))
      var logVolume = 0.0
      for i in steps.indices {
        logVolume += steps[i] * stream.exponential()
        if i + 1 >= first { volumes[i] = exp(logVolume) }
      }
      var sum = 0.0
      for i in first..<steps.count {
        sum += likelihoods[i] * ((i == 0 ? 1 : volumes[i - 1]) - volumes[i + 1])
      }
      let logZ = log(sum / 2)
      moments.sum += logZ
      moments.square += logZ * logZ
    }
    let mean = moments.sum / Double(simulations)
    let variance = max(moments.square / Double(simulations) - mean * mean, 0)
    return (variance * Double(simulations) / Double(simulations - 1)).squareRoot()
  }

  /// Which part of the evidence lies on or within the contour of each point in order of death, from normalised weights.
  static func shareWithin(_ logWeights: [Double]) -> [Double] {
    var sum = 0.0
    return logWeights.reversed().map { weight in
      sum += exp(weight)
      return sum
    }.reversed()
  }

  /// The standard deviation of log Z to first order: ln t of the step onto a contour, whose variance is 1 / n², moves log Z by the share
  /// of the evidence within.
  private static func firstOrderError(_ logWeights: [Double], _ liveCounts: [Int]) -> Double {
    zip(shareWithin(logWeights), liveCounts).reduce(0) {
      let step = $1.0 / Double($1.1)
      return $0 + step * step
    }.squareRoot()
  }
}
