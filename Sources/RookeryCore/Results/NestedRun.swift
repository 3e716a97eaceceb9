import Glibc

/// A nested run as its table of births and deaths, and what can be made of it without any sampler: threads, bootstraps, simulated
/// volumes.
///
/// Its rows are those of the result it was taken from, in order of death.
public struct NestedRun: Sendable {
  public let logLikelihoods: [Double]
  /// The contour above which each point was drawn; minus infinity is the whole prior.
  public let births: [Double]
  /// Points alive just before each death: constant in a static run, more where batches of a dynamic run helped.
  public let liveCounts: [Int]

  private static let purpose = RandomStream.Purpose(rawValue: 0x5448_5244)

  /// - Throws: ``InputError`` for a result without birth contours.
  public init(_ result: RunResult) throws(InputError) {
    guard let births = result.birthLogLikelihoods else {
      throw InputError("\(result.problem): a run without birth contours has no threads and volumes")
    }
    self.init(logLikelihoods: result.logLikelihoods, births: births)
  }

  /// - Parameter logLikelihoods: in rising order.
  init(logLikelihoods: [Double], births: [Double]) {
    self.logLikelihoods = logLikelihoods
    self.births = births
    liveCounts = NestedEvidence.liveCounts(deaths: logLikelihoods, births: births)
  }

  /// ln of the prior volume within each point's contour at its expected value, Σ ln(n / (n + 1)).
  public var logVolumes: [Double] {
    var sum = 0.0
    return liveCounts.map { count in
      sum -= log1p(1 / Double(count))
      return sum
    }
  }

  /// One draw of those volumes from their distribution given the live counts, ln t = ln u / n for each death.
  ///
  /// - Parameters:
  ///   - seed: of the random numbers.
  ///   - index: which draw.
  public func simulatedLogVolumes(seed: UInt64, index: Int) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: Self.purpose, index: UInt64(bitPattern: Int64(index)))
    var sum = 0.0
    return liveCounts.map { count in
      sum -= stream.exponential() / Double(count)
      return sum
    }
  }

  /// Evidence and normalised posterior weights for given volumes, by the trapezoid rule.
  public func weights(logVolumes: [Double]) -> (logZ: Double, logWeights: [Double]) {
    let raw = zip(NestedEvidence.logShells(logVolumes), logLikelihoods).map { $0 + $1 }
    let logZ = logSumExp(raw)
    return (logZ, raw.map { $0 - logZ })
  }

  /// The rows of each thread: points of which each was born after the death of the one before, as of a run with a single live point.
  ///
  /// Any run is made of threads, a dynamic or merged one too; some begin within the prior (Higson et al. 2018,
  /// doi:10.1214/17-BA1075).
  public func threads() -> [[Int]] {
    let byBirth = births.indices.sorted { (births[$0], $0) < (births[$1], $1) }
    var threads: [[Int]] = []
    // Threads whose last point has died, by its death; as births rise the latest of them is the last.
    var waiting = IdleThreads()
    for row in byBirth {
      if births[row] > -.infinity, let thread = waiting.take(diedBy: births[row]) {
        threads[thread].append(row)
        waiting.add(thread, death: logLikelihoods[row])
      } else {
        threads.append([row])
        waiting.add(threads.count - 1, death: logLikelihoods[row])
      }
    }
    return threads
  }

  /// The rows of a bootstrap of the threads, in order of death; those that begin in the whole prior and those that begin within are drawn
  /// apart, each as many as there are.
  ///
  /// - Parameters:
  ///   - threads: of this run; rows that it does not have are left out.
  ///   - seed: of the random numbers.
  ///   - index: which bootstrap.
  public func resampledRows(of threads: [[Int]], seed: UInt64, index: Int) -> [Int] {
    var stream = RandomStream(
      seed: seed, purpose: Self.purpose, index: UInt64(bitPattern: Int64(index)) | 1 << 63)
    let known = threads.map { $0.filter(births.indices.contains) }.filter { !$0.isEmpty }
    let whole = known.filter { births[$0[0]] == -.infinity }
    let inner = known.filter { births[$0[0]] > -.infinity }
    var rows: [Int] = []
    for group in [whole, inner] {
      for _ in group { rows += group[stream.integer(below: group.count)] }
    }
    return rows.sorted()
  }

  /// Estimates from bootstraps of the threads, each with volumes drawn anew: their spread is the error of the sampling and of the volumes
  /// together, of parameters too.
  ///
  /// - Parameters:
  ///   - count: how many; none for a number below one.
  ///   - estimate: gets the rows of a bootstrap, log Z and the normalised weights of those rows.
  public func bootstraps<T>(
    _ count: Int, seed: UInt64, _ estimate: (_ rows: [Int], _ logZ: Double, _ logWeights: [Double]) -> T
  ) -> [T] {
    let threads = threads()
    return (0..<max(count, 0)).map { index in
      let rows = resampledRows(of: threads, seed: seed, index: index)
      let part = NestedRun(logLikelihoods: rows.map { logLikelihoods[$0] }, births: rows.map { births[$0] })
      let (logZ, logWeights) = part.weights(logVolumes: part.simulatedLogVolumes(seed: seed, index: index))
      return estimate(rows, logZ, logWeights)
    }
  }

  /// The standard deviation of log Z over bootstraps of the threads, with the volumes that are expected: that of drawn ones is the same
  /// error once again.
  public func bootstrapError(of count: Int = 100, seed: UInt64 = 1) -> Double {
    let threads = threads()
    return deviation(
      (0..<max(count, 0)).map { index in
        let rows = resampledRows(of: threads, seed: seed, index: index)
        let part = NestedRun(logLikelihoods: rows.map { logLikelihoods[$0] }, births: rows.map { births[$0] })
        return part.weights(logVolumes: part.logVolumes).logZ
      })
  }

  /// Kullback-Leibler divergences, in nats, of the posterior under simulated volumes from that under the expected ones: how much the
  /// weights of this run can be off. The shells of single points alone make that 0.23.
  public func divergences(_ count: Int, seed: UInt64) -> [Double] {
    let (_, expected) = weights(logVolumes: logVolumes)
    return (0..<max(count, 0)).map { index in
      let (_, drawn) = weights(logVolumes: simulatedLogVolumes(seed: seed, index: index))
      return zip(drawn, expected).reduce(0) { sum, pair in
        pair.0 > -.infinity && pair.1 > -.infinity ? sum + exp(pair.0) * (pair.0 - pair.1) : sum
      }
    }
  }
}

/// The standard deviation of numbers.
func deviation(_ values: [Double]) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count - 1, 1))).squareRoot()
}

/// Threads by the death of their last point; contours asked for must rise.
private struct IdleThreads {
  /// A heap of those whose last point may still be alive, with the earliest death on top.
  private var alive = LiveSet()
  private var idle: [Int] = []

  mutating func add(_ thread: Int, death: Double) { alive.insert(LiveSet.Member(row: thread, logL: death)) }

  /// The thread that ended last among those that have ended by the contour.
  mutating func take(diedBy contour: Double) -> Int? {
    while let first = alive.worst, first.logL <= contour {
      _ = alive.removeWorst()
      idle.append(first.row)
    }
    return idle.popLast()
  }
}
