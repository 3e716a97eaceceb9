import Glibc

extension EllipsoidBound {
  private static let bootstrapPurpose = RandomStream.Purpose(rawValue: 0x424f_4f54)

  /// Ellipsoids around the points, as many as shrink the volume by more than chance would.
  ///
  /// A set is split in two along its longest axis where that pays by more than the information criterion of X-means
  /// asks, P ln(n) / n in ln volume for P = d (d + 3) / 2 numbers of one ellipsoid (Pelleg & Moore 2000).
  ///
  /// - Parameters:
  ///   - points: the live points.
  ///   - boundaries: which coordinates are periodic, and which reflective.
  ///   - bootstraps: how many times to leave points out at random, and widen until they would have been inside.
  ///   - isSingle: whether one ellipsoid must do.
  ///   - caution: which part of that penalty is asked for.
  ///   - key: of the random numbers, seed and version.
  package init(
    around points: PointMatrix, boundaries: [Parameter.Boundary], bootstraps: Int, isSingle: Bool = false,
    caution: Double = 1, key: (seed: UInt64, version: Int)
  ) {
    let seam = Seam(periodic: boundaries.map { $0 == .periodic }, points: points)
    let turned = seam.turned(points)
    func fit(_ points: PointMatrix) -> [Hull] {
      guard let whole = Hull(around: points, boundaries: boundaries) else { return [] }
      return isSingle ? [whole] : Self.split(points, whole, boundaries, caution: caution)
    }
    self.init(fit(turned), seam: seam)
    var stream = RandomStream(seed: key.seed, purpose: Self.bootstrapPurpose, index: UInt64(key.version))
    for _ in 0..<bootstraps {
      widening = max(widening, Self.leftOutDistance(turned, &stream, fit))
    }
    scale(by: widening)
  }

  /// The fewest points that chains get an ellipsoid around.
  static func fewest(_ dimension: Int) -> Int { 6 * dimension }

  /// The farthest of the points that a bootstrap sample leaves out, from the ellipsoids around the sample.
  private static func leftOutDistance(
    _ points: PointMatrix, _ stream: inout RandomStream, _ fit: (PointMatrix) -> [Hull]
  ) -> Double {
    var chosen = [Bool](repeating: false, count: points.rows)
    for _ in 0..<points.rows { chosen[stream.integer(below: points.rows)] = true }
    let union = EllipsoidBound(fit(points.rows(at: chosen.indices.filter { chosen[$0] })), seam: .none)
    var farthest = 1.0
    for row in chosen.indices where !chosen[row] {
      points.withRow(row) { farthest = max(farthest, union.distance($0)) }
    }
    return farthest.isFinite ? farthest : 1
  }

  /// - Parameter whole: the ellipsoid around all of the points.
  private static func split(
    _ points: PointMatrix, _ whole: Hull, _ boundaries: [Parameter.Boundary], caution: Double
  ) -> [Hull] {
    let (n, d) = (points.rows, points.columns)
    // An ellipsoid around few points is too small for the set they were drawn from. Left-out points widen one that draws are made
    // from; chains have no such cure, and too small a frame would draw the live points together.
    let smallest = caution < 1 ? fewest(d) : max(2 * d, d + 1)
    guard n >= 2 * smallest, let second = secondCluster(points) else { return [whole] }
    let halves = [false, true].map { side in
      points.rows(at: second.indices.filter { second[$0] == side })
    }
    guard halves.allSatisfy({ $0.rows >= smallest }) else { return [whole] }
    let pairs = halves.compactMap { Hull(around: $0, boundaries: boundaries) }
    guard pairs.count == 2 else { return [whole] }
    let all = zip(halves, pairs).flatMap { split($0, $1, boundaries, caution: caution) }
    let penalty = caution * 0.5 * Double(d * (d + 3)) * log(Double(n)) / Double(n)
    let pays =
      logSumExp(pairs.map(\.logVolume)) < whole.logVolume - penalty
      || logSumExp(all.map(\.logVolume)) < whole.logVolume - penalty * Double(all.count - 1)
    return pays ? all : [whole]
  }

  /// Which points belong to the second of two clusters by 2-means, started at the ends of the longest axis.
  private static func secondCluster(_ points: PointMatrix) -> [Bool]? {
    let (n, d) = (points.rows, points.columns)
    let (mean, covariance) = LinearAlgebra.meanAndCovariance(points)
    var deviations = (0..<d).map { covariance[$0 * d + $0].squareRoot() }
    for i in 0..<d where !(deviations[i] > 0) { deviations[i] = 1 }
    var correlation = covariance
    for i in 0..<d { for j in 0..<d { correlation[i * d + j] /= deviations[i] * deviations[j] } }
    guard let eigen = LinearAlgebra.symmetricEigen(correlation, size: d) else { return nil }
    let length = max(eigen.values[d - 1], 0).squareRoot()
    var scaled = points.values
    scaled.withUnsafeMutableBufferPointer { scaled in
      for row in 0..<n {
        for i in 0..<d { scaled[row * d + i] = (scaled[row * d + i] - mean[i]) / deviations[i] }
      }
    }
    // From one centre to the other, and where on that line the middle between them is.
    var axis = (0..<d).map { length * eigen.vectors[$0 * d + d - 1] }
    var middle = 0.0
    var isSecond = [Bool](repeating: false, count: n)
    var sums = [Double](repeating: 0, count: 2 * d)
    for _ in 0..<10 {
      for i in sums.indices { sums[i] = 0 }
      var counts = (first: 0, second: 0)
      var changed = false
      scaled.withUnsafeBufferPointer { scaled in
        for row in 0..<n {
          let point = UnsafeBufferPointer(rebasing: scaled[row * d..<(row + 1) * d])
          var place = 0.0
          for i in 0..<d { place += point[i] * axis[i] }
          let side = place > middle
          if isSecond[row] != side { changed = true }
          isSecond[row] = side
          if side { counts.second += 1 } else { counts.first += 1 }
          let start = side ? d : 0
          for i in 0..<d { sums[start + i] += point[i] }
        }
      }
      guard counts.first > 0, counts.second > 0 else { return nil }
      if !changed { break }
      middle = 0
      for i in 0..<d {
        let (first, second) = (sums[i] / Double(counts.first), sums[d + i] / Double(counts.second))
        axis[i] = second - first
        middle += axis[i] * (first + second) / 2
      }
    }
    return isSecond
  }
}
