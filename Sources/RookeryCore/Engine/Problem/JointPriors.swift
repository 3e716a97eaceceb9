import Glibc

extension [Prior] {
  /// Normal with correlations.
  ///
  /// - Parameters:
  ///   - mean: one number a parameter.
  ///   - covariance: its rows, symmetric and positive definite.
  public static func multivariateNormal(mean: [Double], covariance: [[Double]]) -> [Prior] {
    JointNormal(mean: mean, covariance: covariance).priors
  }

  /// Shares of a whole: density proportional to the product of share^(alpha - 1), over all shares.
  ///
  /// - Parameter alphas: one a share, all positive.
  /// - Returns: the priors of all shares but the last, which is what the others leave.
  public static func dirichlet(_ alphas: [Double]) -> [Prior] { JointShares(alphas).priors }

  /// Numbers between two bounds in rising order: uniform numbers, sorted. Times of events or periods of planets that are told apart by
  /// nothing but their order, with none of the prior refused.
  public static func orderedUniform(_ count: Int, _ lower: Double, _ upper: Double) -> [Prior] {
    OrderedUniforms(count: count, lower: lower, upper: upper).priors
  }
}

/// One given those before it by regression on them: with the Cholesky factor L of the covariance and A its inverse, the normal numbers
/// behind the parameters are z = A (θ - mean), a row of which gives θ.
final class JointNormal: JointPrior {
  let count: Int
  let complaint: String?
  private let mean: [Double]
  private let covariance: [Double]
  /// What each parameter is moved by for each of those before it, row by row, and the deviation that is left.
  private let weights: [Double]
  private let left: [Double]

  init(mean: [Double], covariance: [[Double]]) {
    let n = mean.count
    count = n
    self.mean = mean
    let flat = covariance.flatMap(\.self)
    self.covariance = flat
    let isSquare = covariance.count == n && covariance.allSatisfy { $0.count == n }
    let factor = isSquare && n > 0 ? LinearAlgebra.cholesky(flat, size: n) : nil
    let inverse = factor.flatMap { LinearAlgebra.invertLower($0, size: n) }
    guard isSquare, mean.allSatisfy(\.isFinite), let factor, let inverse, Self.isSymmetric(flat, n) else {
      (weights, left) = ([], [])
      complaint =
        isSquare
        ? "needs finite means and a covariance that is symmetric and positive definite"
        : "needs a covariance of as many rows and columns as there are means"
      return
    }
    left = (0..<n).map { factor[$0 * n + $0] }
    weights = (0..<n * n).map { -inverse[$0] * factor[$0 / n * (n + 1)] }
    complaint = nil
  }

  private static func isSymmetric(_ matrix: [Double], _ n: Int) -> Bool {
    (0..<n * n).allSatisfy { at in
      let (row, column) = (at / n, at % n)
      let scale = (matrix[row * (n + 1)] * matrix[column * (n + 1)]).squareRoot()
      return abs(matrix[at] - matrix[column * n + row]) <= 1e-12 * scale
    }
  }

  /// With its row of the covariance as far as itself: the words of all parameters have the whole.
  func words(of place: Int) -> String {
    "normal, mean \(mean[place]), covariance \(covariance.dropFirst(place * count).prefix(place + 1))"
  }

  func distribution(of place: Int, given: UnsafeBufferPointer<Double>) -> any PriorDistribution {
    var centre = mean[place]
    for i in given.indices { centre += weights[place * count + i] * (given[i] - mean[i]) }
    return NormalPrior(mean: centre, deviation: left[place])
  }

  func marginal(of place: Int) -> any PriorDistribution {
    NormalPrior(mean: mean[place], deviation: covariance[place * (count + 1)].squareRoot())
  }
}

/// By breaking a stick: each share is a beta part of what those before it leave.
final class JointShares: JointPrior {
  let count: Int
  private let alphas: [Double]
  /// The sums of the alphas after each.
  private let after: [Double]

  init(_ alphas: [Double]) {
    self.alphas = alphas
    count = Swift.max(alphas.count - 1, 0)
    var sums = [0.0]
    for alpha in alphas.dropFirst().reversed() { sums.append(sums[sums.count - 1] + alpha) }
    after = sums.reversed()
  }

  var complaint: String? {
    alphas.allSatisfy { $0 > 0 && $0.isFinite } ? nil : "needs alphas that are positive and finite"
  }

  func words(of place: Int) -> String { "dirichlet, alpha \(alphas[place]) of \(alphas.reduce(0, +))" }

  func distribution(of place: Int, given: UnsafeBufferPointer<Double>) -> any PriorDistribution {
    // Rounding may leave nothing of the stick.
    BetaPrior(
      alpha: alphas[place], beta: after[place],
      upper: Swift.max(1 - given.reduce(0, +), .leastNormalMagnitude))
  }

  func marginal(of place: Int) -> any PriorDistribution {
    BetaPrior(alpha: alphas[place], beta: alphas.reduce(0, +) - alphas[place])
  }
}

/// Each is the lowest of as many uniform numbers above the one before it as are left.
final class OrderedUniforms: JointPrior {
  let count: Int
  private let lower: Double
  private let upper: Double

  init(count: Int, lower: Double, upper: Double) {
    self.count = Swift.max(count, 0)
    self.lower = lower
    self.upper = upper
  }

  var complaint: String? { rangeComplaint(lower: lower, upper: upper) }

  func words(of place: Int) -> String { "ordered, uniform between \(lower) and \(upper)" }

  func distribution(of place: Int, given: UnsafeBufferPointer<Double>) -> any PriorDistribution {
    LowestOfUniforms(lower: given.last ?? lower, upper: upper, count: count - place)
  }

  func marginal(of place: Int) -> any PriorDistribution {
    BetaPrior(alpha: Double(place + 1), beta: Double(count - place), lower: lower, upper: upper)
  }
}

/// The lowest of several uniform numbers.
private struct LowestOfUniforms: PriorDistribution {
  let lower: Double
  let upper: Double
  let count: Int

  /// Two numbers may be one by rounding.
  private var width: Double { Swift.max(upper - lower, .leastNormalMagnitude) }
  private func share(above x: Double) -> Double { Swift.min(Swift.max((upper - x) / width, 0), 1) }

  var description: String { "lowest of \(count) between \(lower) and \(upper)" }
  var givenRange: (lower: Double, upper: Double)? { (lower, upper) }
  var complaint: String? { nil }
  func value(at u: Double) -> Double { Swift.min(lower - width * expm1(log1p(-u) / Double(count)), upper) }
  func value(above v: Double) -> Double { Swift.max(upper - width * pow(v, 1 / Double(count)), lower) }
  func cumulative(_ x: Double) -> Double { -expm1(Double(count) * log(share(above: x))) }
  func logDensity(_ x: Double) -> Double {
    guard x >= lower, x <= upper else { return -.infinity }
    let rest = count == 1 ? 0 : Double(count - 1) * log(share(above: x))
    return log(Double(count) / width) + rest
  }
  func logDensitySlope(_ x: Double) -> Double { count == 1 ? 0 : -Double(count - 1) / (upper - x) }
}
