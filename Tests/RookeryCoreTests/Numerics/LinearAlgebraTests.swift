import RookeryCore
import Testing

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
