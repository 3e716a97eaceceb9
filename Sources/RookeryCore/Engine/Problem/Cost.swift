import Glibc

/// How long an artificially slow likelihood takes: the mean in seconds and the spread of a lognormal.
///
/// Its text form is a time with its unit, and the spread after a colon where there is one: `5ms`,
/// `200us:0.3`, `1.5s:1`.
public struct EvaluationCost: Sendable, Equatable {
  /// The mean time of one evaluation in seconds.
  public let mean: Double
  /// The standard deviation of the logarithm of the time; zero for a constant time.
  public let spread: Double

  private static let longest = 1e8
  /// With a spread of ten one evaluation in six takes 20 000 times the median.
  private static let widest = 10.0

  /// - Throws: ``InputError`` for a number that is negative, or too large to be meant.
  public init(mean: Double, spread: Double = 0) throws {
    guard mean >= 0, mean <= Self.longest else {
      throw InputError(
        "the cost of an evaluation must be a time from zero to \(Int(Self.longest)) s, not \(mean) s")
    }
    guard spread >= 0, spread <= Self.widest else {
      throw InputError(
        "the spread of the cost of an evaluation must be from 0 to \(Int(Self.widest)), not \(spread): it is the standard "
          + "deviation of a logarithm")
    }
    self.mean = mean
    self.spread = spread
  }

  /// Reads `MEAN[:SPREAD]`, where MEAN has a unit: s, ms, us or ns.
  ///
  /// - Throws: ``InputError`` that shows the text and the form it should have.
  public init(_ text: String) throws {
    let wrong = InputError(
      "\"\(text)\" is not a cost: write a time and maybe a spread, like 5ms, 200us:0.3 or 1.5s:1")
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let time = parts.first, parts.count <= 2 else { throw wrong }
    let units = [("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("s", 1.0)]
    guard let (suffix, seconds) = units.first(where: { time.hasSuffix($0.0) }),
      let number = Double(time.dropLast(suffix.count))
    else { throw wrong }
    var spread = 0.0
    if parts.count == 2 {
      guard let given = Double(parts[1]) else { throw wrong }
      spread = given
    }
    try self.init(mean: number * seconds, spread: spread)
  }

  /// How long the evaluation at the given parameters takes, in seconds: a function of the bits of their
  /// values alone.
  package func seconds(at parameters: Span<Double>) -> Double {
    guard spread > 0 else { return mean }
    // Philox as a hash: each value is mixed into the counter that the values before it left.
    var hash = SIMD4<UInt32>(repeating: 0)
    for i in parameters.indices {
      let bits = parameters[i].bitPattern
      hash.x ^= UInt32(truncatingIfNeeded: bits)
      hash.y ^= UInt32(truncatingIfNeeded: bits &>> 32)
      hash = Philox.block(counter: hash, key: SIMD2(0x636F_7374, 0))
    }
    let word = UInt64(hash.y) &<< 32 | UInt64(hash.x)
    let normal = SpecialFunctions.inverseNormalCDF((Double(word &>> 11) + 0.5) * 0x1p-53)
    return mean * exp(spread * normal - 0.5 * spread * spread)
  }
}

extension Problem {
  /// The same problem with a likelihood that takes longer, for tests and measurements of parallel runs.
  ///
  /// Each evaluation first sleeps, for a time that depends on the parameters alone: never on the worker, the
  /// order or the run. Every point of a batch sleeps.
  ///
  /// - Parameters:
  ///   - mean: the mean time in seconds; nothing is added where it is not positive.
  ///   - spread: the standard deviation of the logarithm of the time, which is lognormal; zero for a constant
  ///     time.
  public func withCost(mean: Double, spread: Double) -> Problem {
    guard mean > 0, let cost = try? EvaluationCost(mean: mean, spread: max(spread, 0)) else { return self }
    return withCost(cost)
  }

  /// The same problem with a likelihood that takes longer: see ``withCost(mean:spread:)``.
  public func withCost(_ cost: EvaluationCost) -> Problem {
    guard cost.mean > 0 else { return self }
    var slow = self
    slow.likelihood = SlowLikelihood(base: likelihood, cost: cost)
    return slow
  }
}

/// A likelihood that sleeps for every row before it evaluates them.
private struct SlowLikelihood: Likelihood {
  let base: any Likelihood
  let cost: EvaluationCost

  var abilities: LikelihoodAbilities { base.abilities }
  func open(at place: WorkerPlace) throws -> any OpenLikelihood { Open(try base.open(at: place), cost) }

  private final class Open: OpenLikelihood {
    private let base: any OpenLikelihood
    private let cost: EvaluationCost

    init(_ base: any OpenLikelihood, _ cost: EvaluationCost) {
      self.base = base
      self.cost = cost
    }

    func evaluate(
      _ parameters: Span<Double>, rows: Int, logLikelihoods: inout MutableSpan<Double>,
      derived: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
      refused: inout MutableSpan<UInt8>
    ) throws {
      let size = parameters.count / rows
      for row in 0..<rows {
        sleep(seconds: cost.seconds(at: parameters.extracting(row * size..<(row + 1) * size)))
      }
      try base.evaluate(
        parameters, rows: rows, logLikelihoods: &logLikelihoods, derived: &derived, gradients: &gradients,
        refused: &refused)
    }
  }
}

/// Sleeps for at least the given time, also where a signal interrupts it.
package func sleep(seconds: Double) {
  // Thirty years at most: a time that does not fit in a `timespec` would trap.
  guard seconds > 0 else { return }
  let whole = min(seconds, 1e9).rounded(.down)
  var wanted = timespec(tv_sec: Int(whole), tv_nsec: Int((min(seconds, 1e9) - whole) * 1e9))
  var left = timespec()
  while nanosleep(&wanted, &left) == -1 && errno == EINTR { wanted = left }
}
