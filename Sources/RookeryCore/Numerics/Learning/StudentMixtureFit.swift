internal import COpenBLAS
import Glibc

/// Fits mixtures of Student-t densities to weighted points by expectation and maximisation (Peel & McLachlan
/// 2000, "Robust mixture modelling using the t distribution", section 3, with the degrees of freedom held).
struct StudentMixtureFit {
  let dimension: Int
  let count: Int
  private let freedom: Double
  private let points: [Double]
  private let weights: [Double]
  private let meanOfAll: [Double]
  private let covarianceOfAll: [Double]

  /// - Parameters:
  ///   - points: row after row.
  ///   - weights: of any sum.
  ///   - freedom: degrees of freedom of the mixtures to be fitted.
  init?(
    points: [Double], weights: [Double], dimension: Int, freedom: Double = StudentMixture.usualFreedom
  ) {
    self.dimension = dimension
    self.freedom = freedom
    count = weights.count
    let sum = weights.reduce(0, +)
    guard sum > 0, sum.isFinite else { return nil }
    self.points = points
    // A mean weight of one, so that sums of responsibilities count points.
    self.weights = weights.map { $0 * Double(weights.count) / sum }
    var mean = [Double](repeating: 0, count: dimension)
    for p in 0..<count {
      for i in 0..<dimension { mean[i] += self.weights[p] * points[p * dimension + i] / Double(count) }
    }
    meanOfAll = mean
    covarianceOfAll = Self.covariance(
      points, about: mean, weights: self.weights, total: Double(count), dimension: dimension)
    guard Ellipsoid.regularRoot(covarianceOfAll, size: dimension) != nil else { return nil }
  }

  /// Σ w (x-m)(x-m)ᵀ / total.
  private static func covariance(
    _ points: [Double], about mean: [Double], weights: [Double], total: Double, dimension d: Int
  ) -> [Double] {
    let count = weights.count
    var scaled = [Double](repeating: 0, count: count * d)
    points.withUnsafeBufferPointer { points in
      for p in 0..<count {
        let root = weights[p].squareRoot()
        for i in 0..<d { scaled[p * d + i] = root * (points[p * d + i] - mean[i]) }
      }
    }
    var covariance = [Double](repeating: 0, count: d * d)
    cblas_dsyrk(
      CblasRowMajor, CblasLower, CblasTrans, Int32(d), Int32(count), 1 / total, scaled, Int32(d), 0,
      &covariance, Int32(d))
    for i in 0..<d { for j in 0..<i { covariance[j * d + i] = covariance[i * d + j] } }
    return covariance
  }

  /// Locations far apart: each next one drawn with probability by weight times squared distance to those
  /// chosen (Arthur & Vassilvitskii 2007, k-means++), in the frame in which all points are white.
  private func seeds(_ k: Int, beside known: [Double], _ stream: inout RandomStream) -> [Int] {
    let d = dimension
    guard let root = Ellipsoid.regularRoot(covarianceOfAll, size: d),
      let inverse = LinearAlgebra.invertLower(root, size: d)
    else { return [] }
    var white = [Double](repeating: 0, count: count * d)
    for p in 0..<count { for i in 0..<d { white[p * d + i] = points[p * d + i] - meanOfAll[i] } }
    cblas_dtrmm(
      CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, Int32(count), Int32(d), 1, inverse,
      Int32(d), &white, Int32(d))
    var nearest = [Double](repeating: .infinity, count: count)
    for start in stride(from: 0, to: known.count, by: d) {
      let centre = (0..<d).map { i in
        (0...i).reduce(0.0) { $0 + inverse[i * d + $1] * (known[start + $1] - meanOfAll[$1]) }
      }
      for p in 0..<count {
        var square = 0.0
        for i in 0..<d { square += (white[p * d + i] - centre[i]) * (white[p * d + i] - centre[i]) }
        nearest[p] = min(nearest[p], square)
      }
    }
    if known.isEmpty { for p in 0..<count { nearest[p] = 1 } }
    var chosen: [Int] = []
    for round in 0..<k {
      var total = 0.0
      for p in 0..<count { total += weights[p] * nearest[p] }
      let next = weightedChoice(at: stream.uniform() * total, of: count) { weights[$0] * nearest[$0] }
      chosen.append(next)
      for p in 0..<count {
        var square = 0.0
        for i in 0..<d {
          let difference = white[p * d + i] - white[next * d + i]
          square += difference * difference
        }
        nearest[p] = round == 0 && known.isEmpty ? square : min(nearest[p], square)
      }
    }
    return chosen
  }

  /// - Parameters:
  ///   - k: the number of components asked for; some may starve and be dropped.
  ///   - known: where the first of them start, place after place.
  ///   - steps: at most so many rounds of expectation and maximisation.
  ///   - tolerance: a round that raises the mean log density by less is the last.
  func fit<E>(
    components k: Int, from known: [Double] = [], steps: Int, tolerance: Double = 3e-4,
    stream: inout RandomStream, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> StudentMixture? {
    let d = dimension
    let chosen = seeds(max(k - known.count / d, 0), beside: known, &stream)
    var centres = known + chosen.flatMap { Array(points[$0 * d..<($0 + 1) * d]) }
    if k == 1 { centres = meanOfAll }
    guard !centres.isEmpty else { return nil }
    let k = centres.count / d
    let shrink = pow(Double(k), -2 / Double(d))
    guard let root = Ellipsoid.regularRoot(covarianceOfAll.map { $0 * shrink }, size: d) else { return nil }
    let start = StudentMixture(
      dimension: d, shares: [Double](repeating: 1 / Double(k), count: k), centres: centres,
      factors: (0..<k).flatMap { _ in root }, freedom: freedom)
    guard let start else { return nil }
    return try improved(start, steps: steps, tolerance: tolerance, unless: halt)
  }

  func improved<E>(
    _ start: StudentMixture, steps: Int, tolerance: Double, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> StudentMixture {
    var mixture = start
    var last = -Double.infinity
    for _ in 0..<steps {
      try halt.check()
      let (next, score) = step(mixture)
      guard let next else { return mixture }
      mixture = next
      if score - last < tolerance { break }
      last = score
    }
    return mixture
  }

  /// The weighted mean log density.
  func score(_ mixture: StudentMixture) -> Double {
    let table = terms(mixture)
    return points.isEmpty
      ? 0 : zip(table.logDensities, weights).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
  }

  /// Squared distances and log terms of all components at all points, component after component.
  func terms(_ mixture: StudentMixture) -> (squares: [Double], logs: [Double], logDensities: [Double]) {
    let (d, k) = (dimension, mixture.count)
    var squares = [Double](repeating: 0, count: count * k)
    var logs = [Double](repeating: 0, count: count * k)
    var white = [Double](repeating: 0, count: count * d)
    let power = -0.5 * (mixture.freedom + Double(d))
    for c in 0..<k {
      points.withUnsafeBufferPointer { points in
        for p in 0..<count {
          for i in 0..<d { white[p * d + i] = points[p * d + i] - mixture.centres[c * d + i] }
        }
      }
      mixture.inverses.withUnsafeBufferPointer { inverses in
        guard let start = inverses.baseAddress else { return }
        cblas_dtrmm(
          CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, Int32(count), Int32(d), 1,
          start + c * d * d, Int32(d), &white, Int32(d))
      }
      for p in 0..<count {
        var square = 0.0
        for i in 0..<d { square += white[p * d + i] * white[p * d + i] }
        squares[c * count + p] = square
        logs[c * count + p] = mixture.logPeaks[c] + power * log(1 + square / mixture.freedom)
      }
    }
    var peaks = [Double](repeating: -.infinity, count: count)
    for c in 0..<k { for p in 0..<count { peaks[p] = max(peaks[p], logs[c * count + p]) } }
    var sums = [Double](repeating: 0, count: count)
    for c in 0..<k { for p in 0..<count { sums[p] += exp(logs[c * count + p] - peaks[p]) } }
    for p in 0..<count { peaks[p] += log(sums[p]) }
    return (squares, logs, peaks)
  }

  private func step(_ mixture: StudentMixture) -> (StudentMixture?, score: Double) {
    let (d, nu) = (dimension, mixture.freedom)
    let (squares, logs, logDensities) = terms(mixture)
    let score = zip(logDensities, weights).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
    var (shares, centres, factors): ([Double], [Double], [Double]) = ([], [], [])
    var pulls = [Double](repeating: 0, count: count)
    for c in 0..<mixture.count {
      var (mass, pull, squareMass) = (0.0, 0.0, 0.0)
      var centre = [Double](repeating: 0, count: d)
      for p in 0..<count {
        let r = weights[p] * exp(logs[c * count + p] - logDensities[p])
        let u = r * (nu + Double(d)) / (nu + squares[c * count + p])
        mass += r
        squareMass += r * r
        pull += u
        pulls[p] = u
        for i in 0..<d { centre[i] += u * points[p * d + i] }
      }
      // A component of fewer effective points than this has a covariance of noise.
      let effective = squareMass > 0 ? mass * mass / squareMass : 0
      guard pull > 0, effective > Double(d) + 2 else { continue }
      for i in 0..<d { centre[i] /= pull }
      var shape = Self.covariance(points, about: centre, weights: pulls, total: mass, dimension: d)
      // A prior worth a few points at the shape of the whole, scaled to the component's size, keeps thin ones
      // regular.
      let prior = 0.5 * Double(d) / (effective + 0.5 * Double(d))
      let (trace, whole) = (logTrace(shape), logTrace(covarianceOfAll))
      let scale = exp(trace - whole)
      for i in shape.indices { shape[i] = (1 - prior) * shape[i] + prior * scale * covarianceOfAll[i] }
      guard let root = Ellipsoid.regularRoot(shape, size: d) else { continue }
      shares.append(mass)
      centres += centre
      factors += root
    }
    guard !shares.isEmpty else { return (nil, score) }
    return (
      StudentMixture(dimension: d, shares: shares, centres: centres, factors: factors, freedom: nu), score
    )
  }

  /// The mean log of the diagonal.
  private func logTrace(_ matrix: [Double]) -> Double {
    (0..<dimension).reduce(0) { $0 + log(matrix[$1 * dimension + $1] + 1e-300) } / Double(dimension)
  }
}
