import Benchmark

@testable import RookeryCore

/// What importance nested sampling spends its time on, in ten dimensions.
func shellBenchmarks() {
  let points = cloud(1000, dimension: 10)
  kernel("shells: least ellipsoid around 1000 points in 10-D") { _ in
    blackHole(Ellipsoid(enclosing: points, enlargement: 1.1)?.logVolume)
  }

  var stream = RandomStream(seed: 1, purpose: .init(rawValue: 4), index: 1)
  let inputs = (0..<10_000).map { _ in Float(stream.normal()) }
  let targets = (0..<1000).map { row in
    -0.5 * (0..<10).reduce(Float(0)) { $0 + inputs[10 * row + $1] * inputs[10 * row + $1] }
  }
  let set = TrainingSet(
    inputs: 10, hidden: [48, 24], points: inputs, targets: targets,
    weights: [Float](repeating: 1, count: 1000),
    epochs: 1, rate: 0.01, starts: [])
  kernel("shells: training a network on a point", items: 1000) { _ in
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 5), index: 1)
    blackHole(set.train(member: 0, stream: &stream).weights.count)
  }

  let network = Network(inputs: 10, hidden: [48, 24], stream: &stream)
  kernel("shells: answer of a network at a point", items: 1000) { items in
    var scratch = [Float](repeating: 0, count: network.scratch(items))
    var result = [Float](repeating: 0, count: items)
    inputs.withUnsafeBufferPointer { inputs in
      scratch.withUnsafeMutableBufferPointer { scratch in
        result.withUnsafeMutableBufferPointer { result in
          guard let inputs = inputs.baseAddress, let scratch = scratch.baseAddress,
            let result = result.baseAddress
          else { return }
          network.accumulate(inputs, count: items, scale: 1, scratch: scratch, into: result)
        }
      }
    }
    blackHole(result[0])
  }
}
