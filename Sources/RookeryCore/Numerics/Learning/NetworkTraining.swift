internal import COpenBLAS
import Glibc

/// What networks of one ensemble learn from: inputs, targets and the weight of each point in the squared
/// loss.
struct TrainingSet: Sendable, Equatable {
  let inputs: Int
  let hidden: [Int]
  let points: [Float]
  let targets: [Float]
  let weights: [Float]
  let epochs: Int
  let rate: Float
  /// Starting weights of each member; empty for members that start from random ones.
  let starts: [[Float]]

  var count: Int { targets.count }
}

extension TrainingSet {
  static var batch: Int { 64 }
  /// A step takes some ten microseconds.
  private static var stepsPerCheck: Int { 64 }
  /// The part of the targets' variance that is left where there is little more to learn.
  private static var learned: Float { 0.01 }

  /// Trains one member: Adam (Kingma & Ba 2015, arXiv:1412.6980) on minibatches, with a step that falls
  /// linearly to zero so that the end is quiet: over the given number of epochs, or, once almost all is learned, over a fifth of them
  /// more.
  func train<E>(
    member: Int, stream: inout RandomStream, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> Network {
    var network = Network(inputs: inputs, hidden: hidden, stream: &stream)
    if member < starts.count, starts[member].count == network.weights.count {
      network.weights = starts[member]
    }
    guard count > 0 else { return network }
    var order = Array(0..<count)
    let batch = min(Self.batch, count)
    let batches = count / batch
    var planned = epochs
    let mean = targets.reduce(0, +) / Float(count)
    let variance = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(count)
    let trainer = NetworkTrainer(layout: NetworkLayout(inputs: inputs, hidden: hidden), batch: batch)
    defer { trainer.free() }
    var step = 0
    try network.weights.withUnsafeMutableBufferPointer { (parameters) throws(E) in
      try points.withUnsafeBufferPointer { (points) throws(E) in
        guard let parameters = parameters.baseAddress, let points = points.baseAddress else { return }
        for epoch in 0..<epochs {
          if epoch >= planned { break }
          var squares: Float = 0
          for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, stream.integer(below: i + 1)) }
          for start in stride(from: 0, through: count - batch, by: batch) {
            if step % Self.stepsPerCheck == 0 { try halt.check() }
            for i in 0..<batch {
              let chosen = order[start + i]
              (trainer.points + i * inputs).update(from: points + chosen * inputs, count: inputs)
              trainer.targets[i] = targets[chosen]
              trainer.weights[i] = weights[chosen]
            }
            step += 1
            squares += trainer.step(
              parameters, number: step, rate: rate * (1 - Float(step - 1) / Float(planned * batches)))
          }
          if squares < Self.learned * variance * Float(batches * batch) {
            planned = min(planned, epoch + 1 + epochs / 5)
          }
        }
      }
    }
    return network
  }
}

/// The buffers of a training run and one step of it.
struct NetworkTrainer {
  let layout: NetworkLayout
  let batch: Int
  let size: Int
  let points: UnsafeMutablePointer<Float>
  let targets: UnsafeMutablePointer<Float>
  let weights: UnsafeMutablePointer<Float>
  private let one: UnsafeMutablePointer<Float>
  private let two: UnsafeMutablePointer<Float>
  private let slope1: UnsafeMutablePointer<Float>
  private let slope2: UnsafeMutablePointer<Float>
  private let output: UnsafeMutablePointer<Float>
  private let gradient: UnsafeMutablePointer<Float>
  private let mean: UnsafeMutablePointer<Float>
  private let square: UnsafeMutablePointer<Float>
  private let block: UnsafeMutablePointer<Float>

  init(layout: NetworkLayout, batch: Int) {
    self.layout = layout
    self.batch = batch
    size = layout.bias3 + 1
    let (h1, h2) = (layout.first, layout.second)
    let total = batch * (layout.inputs + 3 + 2 * h1 + 2 * h2) + 3 * size
    block = .allocate(capacity: total)
    block.initialize(repeating: 0, count: total)
    var next = block
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
      defer { next += count }
      return next
    }
    points = take(batch * layout.inputs)
    targets = take(batch)
    weights = take(batch)
    output = take(batch)
    one = take(batch * h1)
    two = take(batch * h2)
    slope1 = take(batch * h1)
    slope2 = take(batch * h2)
    gradient = take(size)
    mean = take(size)
    square = take(size)
  }

  func free() { block.deallocate() }

  func step(_ parameters: UnsafeMutablePointer<Float>, number: Int, rate: Float) -> Float {
    let (rows, h1, h2) = (Int32(batch), Int32(layout.first), Int32(layout.second))
    let inputs = Int32(layout.inputs)
    layout.forward(parameters, points, count: batch, one: one, two: two, slopes: (slope1, slope2))
    cblas_sgemv(
      CblasRowMajor, CblasNoTrans, rows, h2, 1, two, h2, parameters + layout.weight3, 1, 0, output, 1)
    let bias = parameters[layout.bias3]
    var biasGradient: Float = 0
    var loss: Float = 0
    let scale = 2 / Float(batch)
    for i in 0..<batch {
      let residual = output[i] + bias - targets[i]
      let delta = scale * weights[i] * residual
      loss += residual * residual
      output[i] = delta
      biasGradient += delta
    }
    gradient[layout.bias3] = biasGradient
    cblas_sgemv(CblasRowMajor, CblasTrans, rows, h2, 1, two, h2, output, 1, 0, gradient + layout.weight3, 1)
    // Back through the second layer; slopes become the deltas.
    for row in 0..<batch {
      let line = slope2 + row * layout.second
      let delta = output[row]
      let outer = parameters + layout.weight3
      for i in 0..<layout.second { line[i] *= delta * outer[i] }
    }
    sumRows(slope2, width: layout.second, into: gradient + layout.bias2)
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, h1, h2, rows, 1, one, h1, slope2, h2, 0,
      gradient + layout.weight2, h2)
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, rows, h1, h2, 1, slope2, h2, parameters + layout.weight2, h2,
      0,
      one, h1)
    for i in 0..<batch * layout.first { one[i] *= slope1[i] }
    sumRows(one, width: layout.first, into: gradient + layout.bias1)
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, inputs, h1, rows, 1, points, inputs, one, h1, 0, gradient, h1)
    update(parameters, number: number, rate: rate)
    return loss
  }

  private func sumRows(
    _ values: UnsafeMutablePointer<Float>, width: Int, into sums: UnsafeMutablePointer<Float>
  ) {
    sums.update(repeating: 0, count: width)
    for row in 0..<batch {
      let line = values + row * width
      for i in 0..<width { sums[i] += line[i] }
    }
  }

  private func update(_ parameters: UnsafeMutablePointer<Float>, number: Int, rate: Float) {
    let step = rate / (1 - powf(0.9, Float(number)))
    let correction = 1 / (1 - powf(0.99, Float(number)))
    for i in 0..<size {
      let slope = gradient[i]
      let m = 0.9 * mean[i] + 0.1 * slope
      let v = 0.99 * square[i] + 0.01 * slope * slope
      mean[i] = m
      square[i] = v
      parameters[i] -= step * m * inverseRoot(correction * v + 1e-14)
    }
  }

  /// 1/√x to about 1e-5 relative, in plain arithmetic: a call of sqrtf would keep the loop from vectorising.
  @inline(__always)
  private func inverseRoot(_ x: Float) -> Float {
    var y = Float(bitPattern: 0x5f37_59df &- x.bitPattern &>> 1)
    y *= 1.5 - 0.5 * x * y * y
    y *= 1.5 - 0.5 * x * y * y
    return y
  }
}

extension TrainingSet: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(inputs)
    writer.write(hidden)
    writer.write(points)
    writer.write(targets)
    writer.write(weights)
    writer.write(epochs)
    writer.write(rate.bitPattern)
    writer.write(starts.count)
    for start in starts { writer.write(start) }
  }

  init(from reader: inout WireReader) throws(WireError) {
    inputs = try reader.read()
    hidden = try reader.read([Int].self)
    points = try reader.read([Float].self)
    targets = try reader.read([Float].self)
    weights = try reader.read([Float].self)
    epochs = try reader.read()
    rate = Float(bitPattern: try reader.read(UInt32.self))
    let members = try reader.read(Int.self)
    guard members >= 0, members <= reader.remaining / 8 else { throw WireError("\(members) networks") }
    var starts: [[Float]] = []
    for _ in 0..<members { starts.append(try reader.read([Float].self)) }
    self.starts = starts
    guard inputs > 0, hidden.count == 2, points.count == inputs * targets.count,
      weights.count == targets.count
    else { throw WireError("a training set whose parts do not fit") }
  }
}
