import Glibc

/// A run in the order of shrinking prior volume: what a run plot shows.
///
/// Of a nested run the volumes follow from the numbers of points alive; of importance samples they are the share of the prior
/// above each likelihood, as the samples measure it.
struct RunCurve: Sendable {
  /// -ln X of each sample, X the prior volume above its likelihood, in rising order.
  let depths: [Double]
  /// The rows of the result in that order.
  let rows: [Int]
  /// How many points were alive, for nested runs.
  let liveCounts: [Int]?
  /// ln of the evidence up to some depths, with its spread.
  let evidence: [Step]

  struct Step: Sendable {
    let depth: Double
    /// The evidence so far over that of the whole run: the estimate, and 2.5, 16, 84 and 97.5 % of what it may be.
    let share: Double
    let quantiles: [Double]
  }

  /// - Returns: nil where no sample has weight.
  init?(_ result: RunResult) {
    guard result.evidence.logZ.isFinite, result.logWeights.contains(where: { $0 > -.infinity }) else {
      return nil
    }
    if let births = result.birthLogLikelihoods {
      let counts = NestedEvidence.liveCounts(deaths: result.logLikelihoods, births: births)
      var depth = 0.0
      depths = counts.map { count in
        depth += 1 / Double(count)
        return depth
      }
      rows = Array(result.logLikelihoods.indices)
      liveCounts = counts
      evidence = Self.simulated(result, counts, depths)
    } else {
      rows = result.logLikelihoods.indices.filter { result.logWeights[$0] > -.infinity }
        .sorted { (result.logLikelihoods[$0], $0) < (result.logLikelihoods[$1], $1) }
      var volume = 0.0
      // ln of each sample's share of the prior: L π/q = weight times Z.
      depths = rows.reversed().map { row in
        volume += exp(result.logWeights[row] + result.evidence.logZ - result.logLikelihoods[row])
        return max(-log(volume), 0)
      }.reversed()
      liveCounts = nil
      evidence = Self.summed(result, rows, depths)
    }
  }

  // MARK: - Evidence so far

  private static let steps = 240
  private static let simulations = 200
  private static let purpose = RandomStream.Purpose(rawValue: 0x5255_4e00)

  /// Simulates the volumes of a nested run. Deaths are taken together in blocks, whose steps are nearly normal.
  private static func simulated(_ result: RunResult, _ counts: [Int], _ depths: [Double]) -> [Step] {
    let size = (counts.count + 1999) / 2000
    let blocks = stride(from: 0, to: counts.count, by: size).map { $0..<min($0 + size, counts.count) }
    let logZ = result.evidence.logZ
    let likelihoods = blocks.map { block in
      block.reduce(0) { $0 + exp(result.logLikelihoods[$1] - logZ) } / Double(block.count)
    }
    let moments = blocks.map { block in
      block.reduce((0.0, 0.0)) { sum, i in
        let step = 1 / Double(counts[i])
        return (sum.0 + step, sum.1 + step * step)
      }
    }
    let every = (blocks.count + steps - 1) / steps
    var shares = [[Double]](repeating: [], count: blocks.count)
    for simulation in 0..<simulations {
      var stream = RandomStream(seed: result.seed, purpose: purpose, index: UInt64(simulation))
      var (logVolume, volume, sum) = (0.0, 1.0, 0.0)
      for (i, (mean, variance)) in moments.enumerated() {
        let isOne = blocks[i].count == 1
        logVolume -=
          isOne ? mean * stream.exponential() : max(mean + variance.squareRoot() * stream.normal(), 0)
        let next = exp(logVolume)
        sum += likelihoods[i] * (volume - next)
        volume = next
        if i % every == 0 || i == blocks.count - 1 { shares[i].append(sum) }
      }
    }
    var sum = 0.0
    var result: [Step] = []
    for (i, block) in blocks.enumerated() {
      let before = block.lowerBound == 0 ? 0 : depths[block.lowerBound - 1]
      sum += likelihoods[i] * (exp(-before) - exp(-depths[block.upperBound - 1]))
      guard !shares[i].isEmpty else { continue }
      result.append(
        Step(depth: depths[block.upperBound - 1], share: sum, quantiles: Self.levels(of: shares[i].sorted())))
    }
    return result
  }

  private static func levels(of sorted: [Double]) -> [Double] {
    [0.025, 0.16, 0.84, 0.975].map { sorted[Int($0 * Double(sorted.count - 1) + 0.5)] }
  }

  /// Adds up importance weights; the spread of a sum of independent terms.
  private static func summed(_ result: RunResult, _ rows: [Int], _ depths: [Double]) -> [Step] {
    let every = max(1, (rows.count + steps - 1) / steps)
    var (sum, squares) = (0.0, 0.0)
    var found: [Step] = []
    // What is quoted for the whole holds more than the spread of the weights; it is shared out like that.
    let total = rows.reduce(0) { $0 + exp(2 * result.logWeights[$1]) }
    let scale = total > 0 ? result.evidence.error / total.squareRoot() : 0
    for (i, row) in rows.enumerated() {
      let weight = exp(result.logWeights[row])
      sum += weight
      squares += weight * weight
      guard i % every == 0 || i == rows.count - 1 else { continue }
      let error = scale.isFinite ? scale * squares.squareRoot() : 0
      found.append(
        Step(depth: depths[i], share: sum, quantiles: [-2, -1, 1, 2].map { sum + $0 * error }))
    }
    return found
  }
}

extension RunCurve {
  /// What falls into even bins of depth.
  func binned(_ count: Int, _ value: (Int) -> Double) -> [(depth: Double, sum: Double)] {
    guard let deepest = depths.last, deepest > 0 else { return [] }
    let width = deepest / Double(count)
    var sums = [Double](repeating: 0, count: count)
    for (depth, row) in zip(depths, rows) { sums[min(Int(depth / width), count - 1)] += value(row) }
    return sums.enumerated().map { ((Double($0.offset) + 0.5) * width, $0.element / width) }
  }

  /// Places in the order of depth, evenly spread over the samples, not more than so many.
  func thinned(_ count: Int) -> [Int] {
    guard depths.count > count else { return Array(depths.indices) }
    return (0..<count).map { $0 * (depths.count - 1) / (count - 1) }
  }
}
