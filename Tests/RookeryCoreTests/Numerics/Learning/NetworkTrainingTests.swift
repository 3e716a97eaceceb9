import Testing

@testable import RookeryCore

@Suite struct NetworkTrainingTests {
  private static let layout = NetworkLayout(inputs: 3, hidden: [5, 4])
  private static let batch = 6

  /// The first step of Adam moves every weight by the rate against the sign of its gradient; here it is compared with that of
  /// differences of the weighted squared loss.
  @Test func theFirstStepGoesDownhillInEveryWeight() {
    var random = RandomStream(seed: 5, purpose: .init(rawValue: 5), index: 0)
    var network = Network(inputs: 3, hidden: [5, 4], stream: &random)
    let points = (0..<3 * Self.batch).map { _ in Float(2 * random.uniform() - 1) }
    let targets = (0..<Self.batch).map { _ in Float(2 * random.uniform() - 1) }
    let weights = (0..<Self.batch).map { _ in Float(0.5 + 2 * random.uniform()) }
    func loss(_ network: Network) -> Double {
      var outputs = [Float](repeating: 0, count: Self.batch)
      var scratch = [Float](repeating: 0, count: network.scratch(Self.batch))
      network.accumulate(points, count: Self.batch, scale: 1, scratch: &scratch, into: &outputs)
      return (0..<Self.batch).reduce(0) { sum, i in
        let gap = Double(outputs[i]) - Double(targets[i])
        return sum + Double(weights[i]) * gap * gap
      }
    }
    let slopes = network.weights.indices.map { i in
      var (up, down) = (network, network)
      up.weights[i] += 0.01
      down.weights[i] -= 0.01
      return (loss(up) - loss(down)) / 0.02
    }
    let trainer = NetworkTrainer(layout: Self.layout, batch: Self.batch)
    defer { trainer.free() }
    trainer.points.update(from: points, count: points.count)
    trainer.targets.update(from: targets, count: Self.batch)
    trainer.weights.update(from: weights, count: Self.batch)
    let before = network.weights
    network.weights.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { _ = trainer.step(start, number: 1, rate: 1e-3) }
    }
    let largest = slopes.map(abs).max() ?? 0
    var compared = 0
    for i in slopes.indices where abs(slopes[i]) > 0.01 * largest {
      compared += 1
      let move = network.weights[i] - before[i]
      #expect(Double(move) * slopes[i] < 0, "weight \(i): slope \(slopes[i]), moved by \(move)")
      #expect(abs(abs(move) - 1e-3) < 2e-4, "weight \(i)")
    }
    #expect(compared > slopes.count / 2)
  }

  /// Weights of points count, and a member that is given weights begins with them.
  @Test func heavyPointsAreLearnedAndStartsAreKept() {
    var random = RandomStream(seed: 5, purpose: .init(rawValue: 5), index: 1)
    let points = (0..<400).map { Float($0 % 200) / 100 - 1 }
    // Two answers at each place, of which one counts ten times as much.
    let targets = (0..<400).map { $0 < 200 ? Float(1) : Float(-1) }
    let weights = (0..<400).map { $0 < 200 ? Float(10) : Float(1) }
    func set(_ epochs: Int, starts: [[Float]] = []) -> TrainingSet {
      TrainingSet(
        inputs: 1, hidden: [8, 4], points: points, targets: targets, weights: weights, epochs: epochs,
        rate: 0.01,
        starts: starts)
    }
    let network = set(60).train(member: 0, stream: &random)
    var outputs = [Float](repeating: 0, count: 200)
    var scratch = [Float](repeating: 0, count: network.scratch(200))
    network.accumulate(points, count: 200, scale: 1, scratch: &scratch, into: &outputs)
    // The weighted mean is 9/11.
    let mean = outputs.reduce(0, +) / 200
    #expect(abs(mean - 9 / 11) < 0.1)
    let again = set(0, starts: [[], network.weights]).train(member: 1, stream: &random)
    #expect(again.weights == network.weights)
  }
}
