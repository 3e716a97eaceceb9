/// Independent draws from the whole prior with their log-likelihoods, in the order in which they were made: what one sampler can hand to
/// another without biasing it.
package struct PriorDraws: Sendable, Equatable {
  package var cube: PointMatrix
  package var derived: PointMatrix
  package var logL: [Double]
  /// What those of them say that were evaluated twice.
  var noise = NoiseWatch()

  package init(cube: PointMatrix, derived: PointMatrix, logL: [Double]) {
    (self.cube, self.derived, self.logL) = (cube, derived, logL)
  }

  package var count: Int { logL.count }
}
