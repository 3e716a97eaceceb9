/// What came of points that were evaluated, in their order.
package struct EvaluationBuffer {
  package private(set) var logLikelihoods: [Double] = []
  /// The derived quantities, row after row.
  package private(set) var derived: [Double] = []
  /// Where they were asked for, the slopes of the log-likelihood by the coordinates in which the points were given, row after row. Those of a
  /// point that was refused are zero.
  package private(set) var gradients: [Double] = []

  package init() {}

  package mutating func removeAll() {
    logLikelihoods.removeAll(keepingCapacity: true)
    derived.removeAll(keepingCapacity: true)
    gradients.removeAll(keepingCapacity: true)
  }

  mutating func append(
    _ logLikelihoods: UnsafeMutableBufferPointer<Double>.SubSequence,
    derived: UnsafeMutableBufferPointer<Double>.SubSequence
  ) {
    self.logLikelihoods += logLikelihoods
    self.derived += derived
  }

  /// Makes room for the slopes of a point, which are zero until they are written.
  mutating func appendGradient(
    of count: Int, _ write: (UnsafeMutableBufferPointer<Double>) throws -> Void
  ) rethrows {
    let start = gradients.count
    gradients.append(contentsOf: repeatElement(0, count: count))
    try gradients.withUnsafeMutableBufferPointer {
      try write(UnsafeMutableBufferPointer(rebasing: $0[start...]))
    }
  }
}
