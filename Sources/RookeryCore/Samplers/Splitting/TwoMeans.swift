import Glibc

/// Halves points by 2-means, started at the ends of the longest axis. The rows of each half rise.
struct TwoMeans: Halving {
  func halves(of points: PointMatrix, minimum: Int) -> (first: [Int], second: [Int])? {
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
    return (isSecond.indices.filter { !isSecond[$0] }, isSecond.indices.filter { isSecond[$0] })
  }
}
