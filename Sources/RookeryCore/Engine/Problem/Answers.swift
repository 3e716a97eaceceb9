/// Answers to what a move asks for, known from before; the first that is not is noted.
package final class Answers {
  /// Thrown where an answer is not known yet.
  struct Missing: Error {}

  /// The point that was asked for in vain.
  private(set) var question: [Double]
  private var logLikelihoods: [Double] = []
  private var derived: [Double] = []
  private var given = 0

  init(dimension: Int) { question = [Double](repeating: 0, count: dimension) }

  func rewind() { given = 0 }

  func removeAll() {
    logLikelihoods.removeAll(keepingCapacity: true)
    derived.removeAll(keepingCapacity: true)
  }

  func append(_ logLikelihood: Double, derived: ArraySlice<Double>) {
    logLikelihoods.append(logLikelihood)
    self.derived += derived
  }

  /// The answer for a point of the unit cube; its derived quantities are left in the given place.
  func next(_ cube: UnsafeBufferPointer<Double>, derived place: UnsafeMutableBufferPointer<Double>) throws
    -> Double
  {
    guard given < logLikelihoods.count else {
      for i in cube.indices { question[i] = cube[i] }
      throw Missing()
    }
    let width = place.count
    for i in 0..<width { place[i] = derived[given * width + i] }
    given += 1
    return logLikelihoods[given - 1]
  }
}
