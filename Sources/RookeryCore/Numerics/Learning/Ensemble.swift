/// Networks that share a frame: their inputs are coordinates in it, and their answer is the mean of their
/// outputs.
struct Ensemble: Sendable, Equatable {
  let frame: Ellipsoid
  let networks: [Network]

  /// How many points are looked at together. It is part of the result: another shape of a product can change its last bit.
  static let block = 64

  /// Coordinates of chosen rows in the frame of an ellipsoid, scaled so that points uniform in it have unit
  /// variance: a coordinate of the unit ball has variance 1/(d+2).
  static func inputs(_ points: UnsafePointer<Double>, rows: [Int], frame: Ellipsoid, squares: Bool) -> [Float]
  {
    let size = frame.dimension
    let width = squares ? 2 * size : size
    let scale = Double(size + 2).squareRoot()
    var inputs = [Float](repeating: 0, count: rows.count * width)
    frame.centre.withUnsafeBufferPointer { centre in
      frame.inverse.withUnsafeBufferPointer { inverse in
        inputs.withUnsafeMutableBufferPointer { inputs in
          for (n, row) in rows.enumerated() {
            let point = points + row * size
            for i in 0..<size {
              var y = 0.0
              for j in 0...i { y += inverse[i * size + j] * (point[j] - centre[j]) }
              let value = Float(scale * y)
              inputs[n * width + i] = value
              // A second moment to offer: log-likelihoods are quadratic before they are anything else.
              if squares { inputs[n * width + size + i] = 0.7 * (min(value * value, 16) - 1) }
            }
          }
        }
      }
    }
    return inputs
  }

  func outputs<E>(
    _ points: UnsafePointer<Double>, rows: [Int], unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> [Float] {
    let width = networks.first?.inputs ?? frame.dimension
    let inputs = Self.inputs(points, rows: rows, frame: frame, squares: width > frame.dimension)
    var result = [Float](repeating: 0, count: rows.count)
    let widest = networks.map { $0.scratch(Self.block) }.max() ?? 0
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: widest) { (scratch) throws(E) in
      try inputs.withUnsafeBufferPointer { (inputs) throws(E) in
        try result.withUnsafeMutableBufferPointer { (result) throws(E) in
          guard let scratch = scratch.baseAddress, let inputs = inputs.baseAddress,
            let result = result.baseAddress
          else { return }
          for start in stride(from: 0, to: rows.count, by: Self.block) {
            try halt.check()
            let count = min(Self.block, rows.count - start)
            for network in networks {
              network.accumulate(
                inputs + start * width, count: count, scale: 1 / Float(networks.count),
                scratch: scratch, into: result + start)
            }
          }
        }
      }
    }
    return result
  }
}
