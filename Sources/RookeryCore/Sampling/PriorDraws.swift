/// Independent draws from the whole prior with their log-likelihoods, in the order in which they were made: what one sampler can hand to
/// another without biasing it.
package struct PriorDraws: Sendable, Equatable {
  package var cube: PointMatrix
  package var derived: PointMatrix
  package var logL: [Double]

  package var count: Int { logL.count }
}
