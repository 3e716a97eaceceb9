import Foundation

/// What a set of numbers has to say.
struct Statistics {
  let values: [Double]

  init(_ values: [Double]) { self.values = values }

  var count: Int { values.count }
  var mean: Double { values.reduce(0, +) / Double(count) }
  var deviation: Double {
    let mean = mean
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
  }
  var standardError: Double { deviation / Double(count).squareRoot() }
  var median: Double { values.sorted()[count / 2] }

  /// The chance of numbers as far from uniform on 0...1, by the largest distance of their distribution
  /// (Kolmogorov-Smirnov, with Stephens' correction for small samples).
  var chanceIfUniform: Double {
    let n = Double(count)
    var distance = 0.0
    for (i, value) in values.sorted().enumerated() {
      distance = max(distance, value - Double(i) / n, Double(i + 1) / n - value)
    }
    let scaled = (n.squareRoot() + 0.12 + 0.11 / n.squareRoot()) * distance
    // The series alternates forever where the distance is next to nothing.
    if scaled < 0.2 { return 1 }
    var sum = 0.0
    for k in 1...100 {
      let term: Double = exp(-2 * Double(k * k) * scaled * scaled)
      sum += k % 2 == 1 ? 2 * term : -2 * term
    }
    return min(max(sum, 0), 1)
  }
}

/// Runs `body` for each of the numbers, on all cores, and returns what came of them in order; nil where it threw.
func onAllCores<T: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> T) -> [T?] {
  let lock = NSLock()
  nonisolated(unsafe) var results = [T?](repeating: nil, count: count)
  nonisolated(unsafe) var next = 0
  DispatchQueue.concurrentPerform(iterations: min(ProcessInfo.processInfo.activeProcessorCount, count)) { _ in
    while true {
      // One after the other, not in strides: some runs take longer than others.
      let index = lock.withLock {
        defer { next += 1 }
        return next
      }
      guard index < count else { return }
      let result = try? body(index)
      lock.withLock { results[index] = result }
    }
  }
  return results
}
