import Glibc

/// Where the circle of a periodic parameter is cut open to show its posterior in one piece. Everything that is said of such a
/// parameter, in tables, files and pictures, is said of its values on this branch.
///
/// The period is the range of the prior. The cut lies in the middle of the emptiest part of the circle; where no part is emptier than
/// chance leaves it, the posterior lies all around and the cut stays where the prior has it, so that mean and deviation are those of the
/// range. Of the branches that differ by whole periods the one is taken whose median lies in the range of the prior. A posterior that
/// lies across the seam with its median in the last eighth of the range is shown a period lower: an angle around zero comes out as
/// -0.05 or 0.08, not as 6.23 in one run and 0.08 in the next.
public struct PeriodicBranch: Sendable, Equatable {
  /// The lower end; the upper one is a period above.
  public let lower: Double
  public let period: Double
  public var upper: Double { lower + period }

  /// The value that is shown for a value of the parameter: the same place on the circle, on this branch.
  public func callAsFunction(_ value: Double) -> Double {
    // What lies on the branch keeps its bits.
    guard value.isFinite, value < lower || value > upper else { return value }
    return value - ((value - lower) / period).rounded(.down) * period
  }

  /// How many periods a value is moved up.
  func turns(of value: Double) -> Double { ((self(value) - value) / period).rounded() }

  private static let bins = 256
  /// The emptiest part is looked for among arcs of an eighth of the circle.
  private static let arc = bins / 8
  /// How much of a posterior lies across the seam before it counts as lying there.
  private static let leastAcross = 0.02

  /// - Returns: nil for a parameter that is not periodic or has no finite range.
  init?(_ parameter: ParameterDescription, _ values: [Double], _ weights: [Double], effectiveSize: Double) {
    let period = parameter.upper - parameter.lower
    guard parameter.boundary == .periodic, !parameter.isFixed, period > 0, period.isFinite else { return nil }
    self.period = period
    guard let mass = Self.mass(values, weights, from: parameter.lower, period),
      let cut = Self.emptiest(mass, effectiveSize: effectiveSize)
    else {
      lower = parameter.lower
      return
    }
    // The first bin, as often as one must turn from there to half of the mass.
    var (below, middle) = (0.0, cut)
    while middle < cut + Self.bins - 1, below + mass[middle % Self.bins] < 0.5 {
      below += mass[middle % Self.bins]
      middle += 1
    }
    let isMedianBeyond = middle >= Self.bins
    let across = mass[..<cut].reduce(0, +)
    let start = parameter.lower + Double(cut) / Double(Self.bins) * period
    let goesLower =
      isMedianBeyond || across > Self.leastAcross && middle >= Self.bins - Self.bins / 8
    lower = goesLower ? start - period : start
  }

  /// The share of the weight in each bin of the circle; nil where nothing has weight.
  private static func mass(_ values: [Double], _ weights: [Double], from lower: Double, _ period: Double)
    -> [Double]?
  {
    var (mass, total) = ([Double](repeating: 0, count: bins), 0.0)
    for (value, weight) in zip(values, weights) where weight > 0 && value.isFinite {
      let turns = (value - lower) / period
      mass[min(Int((turns - turns.rounded(.down)) * Double(bins)), bins - 1)] += weight
      total += weight
    }
    return total > 0 && total.isFinite ? mass.map { $0 / total } : nil
  }

  /// The bin at whose lower end the emptiest part of the circle has its middle; nil where none is emptier than chance leaves it.
  private static func emptiest(_ mass: [Double], effectiveSize: Double) -> Int? {
    // The density on the arc around the lower end of each bin, relative to that of a posterior that lies evenly all around.
    var sum = (-arc / 2..<arc / 2).reduce(0) { $0 + mass[($1 + bins) % bins] }
    let densities = (0..<bins).map { bin in
      defer { sum += mass[(bin + arc / 2) % bins] - mass[(bin - arc / 2 + bins) % bins] }
      return max(sum, 0) * Double(bins) / Double(arc)
    }
    let lowest = densities.min() ?? 1
    // The standard deviation of the share of an arc, over that share.
    let noise = (Double(bins - arc) / Double(arc) / max(effectiveSize, 1)).squareRoot()
    guard lowest < max(1 - 4 * noise, 0.25) else { return nil }
    let isEmpty = densities.map { $0 <= lowest + 0.05 * (1 - lowest) }
    // Begin the round at a bin that is not empty, for no run of empty ones to be cut in two.
    guard let first = isEmpty.firstIndex(of: false) else { return nil }
    var (longest, run) = (0..<0, 0)
    for step in 1...bins {
      run = isEmpty[(first + step) % bins] ? run + 1 : 0
      if run > longest.count { longest = first + step - run + 1..<first + step + 1 }
    }
    return ((longest.lowerBound + longest.upperBound - 1) / 2) % bins
  }
}

extension RunResult {
  /// The branch that each parameter is shown on: see ``PeriodicBranch``; nil for those that are not periodic.
  public func branches() -> [PeriodicBranch?] {
    guard parameters.contains(where: { $0.boundary == .periodic }) else { return parameters.map { _ in nil } }
    let weights = logWeights.map { exp($0) }
    let size = effectiveSampleSize
    return parameters.enumerated().map { i, parameter in
      PeriodicBranch(parameter, samples.column(i), weights, effectiveSize: size)
    }
  }
}
