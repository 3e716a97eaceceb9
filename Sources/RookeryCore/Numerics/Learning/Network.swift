internal import COpenBLAS

/// A small network x → h₁ → h₂ → y in single precision, with the activation a(z) = z (1 + z/(1+|z|)) / 2.
///
/// The activation looks like SiLU but needs no exponential, so that a plain loop over it vectorises. Being
/// smooth it follows a log-likelihood better than pieces of planes do.
struct Network: Sendable, Equatable {
  let inputs: Int
  let hidden: [Int]
  /// W₁ (inputs × h₁), b₁, W₂ (h₁ × h₂), b₂, w₃ (h₂), b₃.
  var weights: [Float]

  static func weightCount(inputs: Int, hidden: [Int]) -> Int {
    inputs * hidden[0] + hidden[0] + hidden[0] * hidden[1] + hidden[1] + hidden[1] + 1
  }

  /// Weights uniform within ±√(6 / (in + out)) (Glorot & Bengio 2010).
  init(inputs: Int, hidden: [Int], stream: inout RandomStream) {
    self.inputs = inputs
    self.hidden = hidden
    weights = []
    weights.reserveCapacity(Self.weightCount(inputs: inputs, hidden: hidden))
    let widths = [inputs] + hidden + [1]
    for layer in 0..<3 {
      let bound = (6 / Double(widths[layer] + widths[layer + 1])).squareRoot()
      for _ in 0..<widths[layer] * widths[layer + 1] {
        weights.append(Float(bound * (2 * stream.uniform() - 1)))
      }
      for _ in 0..<widths[layer + 1] { weights.append(Float(0.3 * bound * (2 * stream.uniform() - 1))) }
    }
  }

  /// How many floats a forward pass over `count` points needs.
  func scratch(_ count: Int) -> Int { count * (hidden[0] + hidden[1]) }

  /// Adds `scale` times the output at each of `count` points to `result`.
  func accumulate(
    _ points: UnsafePointer<Float>, count: Int, scale: Float, scratch: UnsafeMutablePointer<Float>,
    into result: UnsafeMutablePointer<Float>
  ) {
    weights.withUnsafeBufferPointer { weights in
      guard let first = weights.baseAddress else { return }
      let layout = NetworkLayout(inputs: inputs, hidden: hidden)
      let (one, two) = (scratch, scratch + count * hidden[0])
      layout.forward(first, points, count: count, one: one, two: two, slopes: nil)
      let bias = first[layout.bias3]
      cblas_sgemv(
        CblasRowMajor, CblasNoTrans, Int32(count), Int32(hidden[1]), scale, two, Int32(hidden[1]),
        first + layout.weight3, 1, 1, result, 1)
      for i in 0..<count { result[i] += scale * bias }
    }
  }
}

/// Where each array of a network starts among its weights, and the passes over its hidden layers.
struct NetworkLayout {
  let inputs: Int
  let first: Int
  let second: Int
  let bias1: Int
  let weight2: Int
  let bias2: Int
  let weight3: Int
  let bias3: Int

  init(inputs: Int, hidden: [Int]) {
    self.inputs = inputs
    (first, second) = (hidden[0], hidden[1])
    bias1 = inputs * first
    weight2 = bias1 + first
    bias2 = weight2 + first * second
    weight3 = bias2 + second
    bias3 = weight3 + second
  }

  /// Fills `one` and `two` with the activations of the hidden layers, and `slopes` with their derivatives
  /// where wanted.
  @inline(__always)
  func forward(
    _ weights: UnsafePointer<Float>, _ points: UnsafePointer<Float>, count: Int,
    one: UnsafeMutablePointer<Float>, two: UnsafeMutablePointer<Float>,
    slopes: (one: UnsafeMutablePointer<Float>, two: UnsafeMutablePointer<Float>)?
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(count), Int32(first), Int32(inputs), 1, points,
      Int32(inputs), weights, Int32(first), 0, one, Int32(first))
    Self.activate(one, bias: weights + bias1, rows: count, width: first, slopes: slopes?.one)
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(count), Int32(second), Int32(first), 1, one,
      Int32(first), weights + weight2, Int32(second), 0, two, Int32(second))
    Self.activate(two, bias: weights + bias2, rows: count, width: second, slopes: slopes?.two)
  }

  /// z ← a(z + b), and a′ where wanted: with s = z/(1+|z|), a = z(1+s)/2 and a′ = (1 + s + s(1-|s|))/2.
  @inline(__always)
  private static func activate(
    _ values: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>, rows: Int, width: Int,
    slopes: UnsafeMutablePointer<Float>?
  ) {
    for row in 0..<rows {
      let line = values + row * width
      if let slopes {
        let slope = slopes + row * width
        for i in 0..<width {
          let z = line[i] + bias[i]
          let s = z / (1 + z.magnitude)
          line[i] = 0.5 * z * (1 + s)
          slope[i] = 0.5 * (1 + s + s * (1 - s.magnitude))
        }
      } else {
        for i in 0..<width {
          let z = line[i] + bias[i]
          line[i] = 0.5 * z * (1 + z / (1 + z.magnitude))
        }
      }
    }
  }
}

extension Network: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(inputs)
    writer.write(hidden)
    writer.write(weights)
  }

  init(from reader: inout WireReader) throws(WireError) {
    inputs = try reader.read()
    hidden = try reader.read([Int].self)
    weights = try reader.read([Float].self)
    guard inputs > 0, hidden.count == 2, hidden.allSatisfy({ $0 > 0 && $0 < 1 << 16 }), inputs < 1 << 16,
      weights.count == Self.weightCount(inputs: inputs, hidden: hidden)
    else { throw WireError("a network whose weights do not fit its layers") }
  }
}
