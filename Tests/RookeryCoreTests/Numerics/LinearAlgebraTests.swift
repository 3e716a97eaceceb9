import Testing

@testable import RookeryCore

@Suite struct LinearAlgebraTests {
  private let matrix: [Double] = [4, 2, -1, 2, 5, 0.5, -1, 0.5, 3]

  @Test func choleskyGivesALowerFactor() throws {
    let factor = try #require(LinearAlgebra.cholesky(matrix, size: 3))
    #expect(factor[1] == 0 && factor[2] == 0 && factor[5] == 0)
    for i in 0..<3 {
      for j in 0..<3 {
        let product = (0..<3).reduce(0) { $0 + factor[3 * i + $1] * factor[3 * j + $1] }
        #expect(abs(product - matrix[3 * i + j]) < 1e-14)
      }
    }
  }

  @Test(arguments: [[1.0, 2, 2, 1], [0, 0, 0, 0], [1, .nan, .nan, 1], [.infinity, 0, 0, 1]])
  func choleskyRefusesWhatHasNone(_ matrix: [Double]) {
    #expect(LinearAlgebra.cholesky(matrix, size: 2) == nil)
  }

  @Test func theSafeRootOfWhatIsRegularIsThePlainOne() {
    #expect(LinearAlgebra.safeRoot(matrix, size: 3) == LinearAlgebra.cholesky(matrix, size: 3))
    #expect(LinearAlgebra.safeRoot([1, .nan, .nan, 1], size: 2) == nil)
    #expect(LinearAlgebra.safeRoot([.infinity, 0, 0, 1], size: 2) == nil)
  }

  /// Each entry of a covariance comes back but for a part of the scales it belongs to, and the root has an inverse.
  @Test(arguments: DegeneratePoints.all) func thereIsASafeRoot(_ set: DegeneratePoints) throws {
    let d = set.points.columns
    let (_, covariance) = LinearAlgebra.meanAndCovariance(set.points)
    let root = try #require(LinearAlgebra.safeRoot(covariance, size: d))
    for i in 0..<d {
      #expect(root[i * d + i] > 0)
      for j in 0..<d {
        let product = (0..<d).reduce(0) { $0 + root[i * d + $1] * root[j * d + $1] }
        let scale = (covariance[i * d + i] * covariance[j * d + j]).squareRoot()
        #expect(abs(product - covariance[i * d + j]) < 1e-10 * scale + 2e-30)
      }
    }
    #expect(LinearAlgebra.invertLower(root, size: d)?.allSatisfy(\.isFinite) == true)
  }

  /// What is singular but for rounding is raised until it is not, and not by more: here by 1e-12 of each variance.
  @Test func variancesAreRaisedByALittle() throws {
    let root = try #require(LinearAlgebra.safeRoot([4, 4e-6, 4e-6, 4e-12], size: 2))
    #expect(abs(root[0] - 2) < 1e-11 && abs(root[2] - 2e-6) < 1e-17)
    #expect(abs(root[3] * root[3] / 8e-24 - 1) < 0.01)
    // This has a plain root, but of what may be rounding.
    let thin = try #require(LinearAlgebra.safeRoot([1, 1, 1, 1 + 1e-13], size: 2))
    #expect(abs(thin[3] * thin[3] / 2.1e-12 - 1) < 0.01)
  }

  @Test func eigenvectorsAreColumnsInRisingOrder() throws {
    let (values, vectors) = try #require(LinearAlgebra.symmetricEigen(matrix, size: 3))
    #expect(values == values.sorted())
    for k in 0..<3 {
      for i in 0..<3 {
        let image = (0..<3).reduce(0) { $0 + matrix[3 * i + $1] * vectors[3 * $1 + k] }
        #expect(abs(image - values[k] * vectors[3 * i + k]) < 1e-13)
      }
    }
    #expect(LinearAlgebra.symmetricEigen([.nan], size: 1) == nil)
  }

  @Test func invertsALowerTriangle() throws {
    let inverse = try #require(LinearAlgebra.invertLower([2, 0, 3, 4], size: 2))
    #expect(inverse == [0.5, 0, -0.375, 0.25])
    #expect(LinearAlgebra.invertLower([0, 0, 1, 1], size: 2) == nil)
  }

  @Test func meanAndCovarianceOfRows() {
    let points = PointMatrix(columns: 2, values: [1, 2, 3, 6, 5, 4])
    let (mean, covariance) = LinearAlgebra.meanAndCovariance(points)
    #expect(mean == [3, 4])
    #expect(covariance == [4, 2, 2, 4])
  }

  @Test func fewRowsHaveNoSpread() {
    #expect(LinearAlgebra.meanAndCovariance(PointMatrix(columns: 2)).mean == [0, 0])
    let one = LinearAlgebra.meanAndCovariance(PointMatrix(columns: 2, values: [1, 2]))
    #expect(one.mean == [1, 2] && one.covariance == [0, 0, 0, 0])
  }
}
