import Benchmark
import BenchmarkAllocations

@testable import RookeryCore

extension BenchmarkMetric {
  /// How often memory was asked for.
  static var allocations: BenchmarkMetric {
    .custom("Allocations", polarity: .prefersSmaller)
  }
}

let benchmarks: @Sendable () -> Void = {
  // Wall time, for CPU time comes in steps of hundredths of a second; throughput because the export asks for it.
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .allocations], warmupIterations: 2,
    maxDuration: .seconds(1), maxIterations: 2000)
  // As every run has it.
  LinearAlgebra.useSingleThread()
  numericsBenchmarks()
  nestedBenchmarks()
  shellBenchmarks()
}

/// Measures what `body` does with so many items, and counts allocations. The number is part of the name, for
/// whoever wants the time of one.
func kernel(_ name: String, items: Int = 1, _ body: @escaping (Int) throws -> Void) {
  Benchmark(items == 1 ? name : "\(name) x\(items)") { benchmark in
    let before = allocationsOfThread()
    try body(items)
    benchmark.measurement(.allocations, Int(allocationsOfThread() - before))
  }
}
