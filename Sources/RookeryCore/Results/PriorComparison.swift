import Glibc

/// The ends of a prior's range.
public struct PriorEdges: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let lower = PriorEdges(rawValue: 1)
  public static let upper = PriorEdges(rawValue: 2)
}

/// What the posterior of one parameter says beside its prior.
struct PriorComparison {
  /// The Kullback-Leibler divergence from marginal prior to marginal posterior, in bits; nil for too few samples.
  let bits: Double?
  /// Where the likelihood is still high at an end of the prior: the posterior density, relative to the prior, is at least half
  /// of what it is on average in the central 68 %.
  let edges: PriorEdges

  private static let fewestSamples = 100.0

  /// - Parameters:
  ///   - sorted: the samples, ascending, with their positions: the share of the prior below each.
  ///   - hasEdges: false for a periodic parameter.
  init(_ sorted: SortedColumn, effectiveSize: Double, hasEdges: Bool) {
    guard effectiveSize >= Self.fewestSamples else {
      (bits, edges) = (nil, [])
      return
    }
    let bits = Self.divergence(sorted, effectiveSize: effectiveSize)
    self.bits = bits
    // A parameter about which nothing was learnt is flat up to both ends.
    edges = hasEdges && bits > 0.1 ? Self.edges(sorted) : []
  }

  /// ∫ p log₂ p du over the position u in the prior, from bins of equal posterior mass (Vasicek 1976).
  private static func divergence(_ sorted: SortedColumn, effectiveSize: Double) -> Double {
    let bins = min(max(Int(saturating: effectiveSize.squareRoot()), 5), 100)
    let tail = 0.5 / Double(bins)
    let mass = (1 - 2 * tail) / Double(bins)
    var sum = 0.0
    var position = sorted.position(at: tail)
    let first = position
    var densities: [Double] = []
    for bin in 1...bins {
      let next = sorted.position(at: tail + mass * Double(bin))
      // Samples of one value have no density; they are taken to be as close as numbers can be.
      let density = mass / max(next - position, 0x1p-60)
      densities.append(density)
      sum += mass * log2(density)
      position = next
    }
    // The tails fall off, unless the prior ends there.
    for (room, inner) in [(first, densities[0]), (1 - position, densities[bins - 1])] {
      sum += tail * log2(max(tail / max(room, 0x1p-60), inner / 2))
    }
    return max(sum, 0)
  }

  private static func edges(_ sorted: SortedColumn) -> PriorEdges {
    let strip = 0.03 * (sorted.position(at: 0.84) - sorted.position(at: 0.16))
    let enough = 0.5 * 0.03 * 0.68
    var edges: PriorEdges = []
    if sorted.share(ofPositionsUpTo: strip) > enough { edges.insert(.lower) }
    if 1 - sorted.share(ofPositionsUpTo: 1 - strip) > enough { edges.insert(.upper) }
    return edges
  }
}

extension ParameterDescription {
  /// The share of the marginal prior below each value: the coordinate of the unit cube where there is one, unless the prior depends on
  /// other parameters; else by interpolation between its quantiles.
  func priorShares(below values: [Double], cube: [Double]?) -> [Double] {
    if !isConditional, let cube { cube } else { values.map(priorShare) }
  }

  /// The same counted from the cut of a branch: numbers from 0 to 1 that ascend with the values on it.
  func priorShares(_ shares: [Double], of values: [Double], on branch: PeriodicBranch) -> [Double] {
    let turns = ((branch.lower - lower) / branch.period).rounded(.down)
    let place = (branch.lower - lower) / branch.period - turns
    // Of an even prior exactly, else between its quantiles.
    let cut = prior.hasPrefix("uniform(") ? place : priorShare(below: lower + place * branch.period)
    return zip(shares, values).map { min(max($0 + branch.turns(of: $1) - turns - cut, 0), 1) }
  }

  private func priorShare(below value: Double) -> Double {
    let count = Double(priorQuantiles.count)
    var (low, high) = (0, priorQuantiles.count)
    while low < high {
      let middle = (low + high) / 2
      if priorQuantiles[middle] >= value { high = middle } else { low = middle + 1 }
    }
    guard low > 0 else { return 0.25 / count }
    guard low < priorQuantiles.count else { return 1 - 0.25 / count }
    let (a, b) = (priorQuantiles[low - 1], priorQuantiles[low])
    return (Double(low) - 0.5 + (b > a ? (value - a) / (b - a) : 1)) / count
  }
}
