internal import COpenBLAS

/// Dense symmetric matrices over LAPACK. Matrices are square, row-major, flat.
package enum LinearAlgebra {
  /// Makes BLAS use the calling thread alone. Called before any pool opens: workers are the parallelism here.
  package static func useSingleThread() { rookery_blas_single_thread() }

  /// The library behind it and its version.
  package static var description: String {
    rookery_blas_description().map { String(cString: $0) } ?? "an unknown BLAS"
  }

  /// The lower Cholesky factor L of A = L Lᵀ (upper triangle zero), or nil where A is not positive definite.
  package static func cholesky(_ matrix: [Double], size: Int) -> [Double]? {
    guard matrix.allSatisfy(\.isFinite) else { return nil }
    var factor = matrix
    let n = Int32(size)
    guard LAPACKE_dpotrf(LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), n, &factor, n) == 0 else { return nil }
    for row in 0..<size {
      for column in row + 1..<max(size, row + 1) { factor[row * size + column] = 0 }
    }
    return factor
  }

  /// Eigenvalues in rising order and eigenvectors as the columns of `vectors`; nil where LAPACK fails.
  package static func symmetricEigen(
    _ matrix: [Double], size: Int
  ) -> (values: [Double], vectors: [Double])? {
    guard matrix.allSatisfy(\.isFinite) else { return nil }
    var vectors = matrix
    var values = [Double](repeating: 0, count: size)
    let n = Int32(size)
    let status = LAPACKE_dsyevd(
      LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "L")), n, &vectors, n, &values)
    return status == 0 ? (values, vectors) : nil
  }

  /// The inverse of a lower-triangular matrix; nil where a diagonal element is zero.
  package static func invertLower(_ factor: [Double], size: Int) -> [Double]? {
    var inverse = factor
    let n = Int32(size)
    let status = LAPACKE_dtrtri(
      LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), CChar(UInt8(ascii: "N")), n, &inverse, n)
    return status == 0 ? inverse : nil
  }

  /// The mean of the rows and their covariance, divided by `rows - 1`.
  package static func meanAndCovariance(_ points: PointMatrix) -> (mean: [Double], covariance: [Double]) {
    let (rows, size) = (points.rows, points.columns)
    var mean = [Double](repeating: 0, count: size)
    var covariance = [Double](repeating: 0, count: size * size)
    guard rows > 0 else { return (mean, covariance) }
    points.values.withUnsafeBufferPointer { values in
      for row in 0..<rows { for i in 0..<size { mean[i] += values[row * size + i] } }
      for i in 0..<size { mean[i] /= Double(rows) }
      var centred = [Double](repeating: 0, count: rows * size)
      for row in 0..<rows {
        for i in 0..<size { centred[row * size + i] = values[row * size + i] - mean[i] }
      }
      cblas_dsyrk(
        CblasRowMajor, CblasLower, CblasTrans, Int32(size), Int32(rows), 1 / Double(max(rows - 1, 1)),
        centred, Int32(size), 0, &covariance, Int32(size))
    }
    for i in 0..<size { for j in 0..<i { covariance[j * size + i] = covariance[i * size + j] } }
    return (mean, covariance)
  }
}
