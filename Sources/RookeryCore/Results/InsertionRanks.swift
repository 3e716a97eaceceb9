import Glibc

/// Where each new point of a nested run came in among those alive: the insertion-rank test of Fowlie, Handley & Su (2020),
/// arXiv:2006.03371.
///
/// A point drawn evenly from the prior above its birth contour is equally likely to take any place among the points alive there, by
/// log-likelihood. Chains that are too short come in near where they started, bounds that are too tight come in too
/// high: both show as places that are not uniform.
public struct InsertionRanks: Sendable, Equatable {
  /// The place of each point that was not drawn from the whole prior, as a number between 0 and 1, in the order of their birth
  /// contours. Points of equal log-likelihood share their places out at random.
  public let places: [Double]
  /// How many points were alive where each of them came in, itself included.
  public let liveCounts: [Int]
  /// The largest distance between the distribution of the places and the uniform one.
  public let statistic: Double
  /// The chance of a distance as large as that (Kolmogorov-Smirnov); small where the run cannot be trusted. NaN without places.
  public let pValue: Double
  /// The same for the worst stretch of one set of live points: with p the smallest p-value of m stretches it is 1 - (1 - p)^m, as small
  /// by chance as any p-value.
  public let rollingPValue: Double

  private static let purpose = RandomStream.Purpose(rawValue: 0x524e_4b53)

  /// - Parameters:
  ///   - deaths: the log-likelihood of each point.
  ///   - births: the contour above which each was drawn; minus infinity for draws from the whole prior.
  ///   - seed: of the numbers that share out equal places and the steps of the ranks.
  package init(deaths: [Double], births: [Double], seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: Self.purpose, index: 0)
    // Points of one birth contour in random order: in that of their deaths each stretch of them would look biased.
    let tickets = births.map { _ in stream.next() }
    let byBirth = births.indices.sorted { (births[$0], tickets[$0], $0) < (births[$1], tickets[$1], $1) }
    let levels = Array(Set(deaths)).sorted()
    var born = LevelCounts(levels: levels.count)
    let allDeaths = deaths.sorted()
    var places: [Double] = []
    var liveCounts: [Int] = []
    var dead = 0
    for (earlier, point) in byBirth.enumerated() {
      let contour = births[point]
      // One after another also where many were born at one contour, as from a plateau: places among all of them would not be independent,
      // but spread more evenly than chance.
      born.add(Self.index(of: deaths[point], in: levels))
      guard contour > -.infinity else { continue }
      while dead < allDeaths.count, allDeaths[dead] <= contour { dead += 1 }
      // All that died by the contour were born below it.
      let level = Self.index(of: deaths[point], in: levels)
      let below = born.count(below: level) - dead
      let equal = born.count(below: level + 1) - dead - below
      let alive = earlier + 1 - dead
      places.append((Double(below) + stream.uniform() * Double(equal)) / Double(alive))
      liveCounts.append(alive)
    }
    self.places = places
    self.liveCounts = liveCounts
    statistic = Self.distance(places[...])
    pValue = Self.chance(ofDistance: statistic, count: places.count)
    rollingPValue = Self.rolling(places, liveCounts)
  }

  /// The p-value over stretches of as many places as there were points alive at their start.
  private static func rolling(_ places: [Double], _ liveCounts: [Int]) -> Double {
    var (smallest, stretches, start) = (Double.infinity, 0, 0)
    while start < places.count {
      let end = min(start + max(liveCounts[start], 1), places.count)
      // What is left at the end joins in if it is at least half a stretch.
      if stretches > 0, 2 * (end - start) < liveCounts[start] { break }
      smallest = min(smallest, chance(ofDistance: distance(places[start..<end]), count: end - start))
      stretches += 1
      start = end
    }
    return stretches == 0 ? .nan : -expm1(Double(stretches) * log1p(-min(smallest, 1)))
  }

  private static func index(of value: Double, in sorted: [Double]) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// sup |F(u) - u| of the places' empirical distribution F.
  package static func distance(_ places: ArraySlice<Double>) -> Double {
    let n = Double(places.count)
    var largest = 0.0
    for (i, place) in places.sorted().enumerated() {
      largest = max(largest, place - Double(i) / n, Double(i + 1) / n - place)
    }
    return largest
  }

  /// The Kolmogorov-Smirnov chance, by the asymptotic series with the correction of Stephens (1970) for few numbers.
  package static func chance(ofDistance distance: Double, count: Int) -> Double {
    guard count > 0 else { return .nan }
    let root = Double(count).squareRoot()
    let x = (root + 0.12 + 0.11 / root) * distance
    // Below this the series converges slowly, to one.
    guard x > 0.2 else { return 1 }
    var (sum, sign) = (0.0, 1.0)
    for k in 1...100 {
      let term = exp(-2 * Double(k * k) * x * x)
      sum += sign * term
      sign = -sign
      if term < 1e-17 { break }
    }
    return min(max(2 * sum, 0), 1)
  }
}

/// Counts at numbered levels with quick sums of all below one (Fenwick 1994).
private struct LevelCounts {
  private var tree: [Int]

  init(levels: Int) { tree = [Int](repeating: 0, count: levels + 1) }

  mutating func add(_ level: Int) {
    var i = level + 1
    while i < tree.count {
      tree[i] += 1
      i += i & -i
    }
  }

  func count(below level: Int) -> Int {
    var (i, sum) = (min(level, tree.count - 1), 0)
    while i > 0 {
      sum += tree[i]
      i -= i & -i
    }
    return sum
  }
}

extension RunResult {
  /// The insertion-rank test of a nested run; nil for runs without birth contours.
  public func insertionRanks() -> InsertionRanks? {
    birthLogLikelihoods.map { InsertionRanks(deaths: logLikelihoods, births: $0, seed: seed) }
  }
}
