extension PoolBenchmark {
  /// How many times as fast as one worker, by workers: measured, fitted and ideal.
  package static func scalingChart(_ benchmarks: [PoolBenchmark]) -> LineChart {
    var lines: [LineChart.Line] = []
    var most = 1
    for (place, benchmark) in benchmarks.enumerated() {
      guard let one = benchmark.scaling.first?.seconds else { continue }
      most = max(most, benchmark.scaling.last?.workers ?? 1)
      var measured = LineChart.Line(
        benchmark.pool, benchmark.scaling.map { (Double($0.workers), one / $0.seconds) })
      measured.ink = .data(place)
      lines.append(measured)
      if let serial = benchmark.serial, let last = benchmark.scaling.last?.workers, last > 1 {
        let fit = (0...40).map { step -> (x: Double, y: Double) in
          let n = 1 + Double(last - 1) * Double(step) / 40
          return (n, 1 / (serial + (1 - serial) / n))
        }
        var fitted = LineChart.Line("\(fixed(100 * serial, 1)) % serial", fit, style: .reference)
        fitted.ink = .data(place)
        lines.append(fitted)
      }
    }
    lines.append(.init("ideal", [(1, 1), (Double(most), Double(most))], style: .reference))
    let cost = benchmarks.first.map { shortDuration($0.cost.mean) } ?? ""
    return LineChart(title: "Speed-up at \(cost) a call", x: "workers", y: "times one worker", lines)
  }

  /// How busy all workers are, by the cost of a call.
  package static func busyChart(_ benchmarks: [PoolBenchmark]) -> LineChart {
    var lines: [LineChart.Line] = []
    for benchmark in benchmarks {
      for spread in spreads {
        let rows = benchmark.busy.filter { $0.spread == spread }
        lines.append(
          .init("\(benchmark.pool), sigma \(fixed(spread, 0))", rows.map { (1e3 * $0.cost, $0.share) }))
      }
    }
    var chart = LineChart(title: "Busy share of all workers", x: "cost of a call, ms", y: "busy", lines)
    chart.isXLogarithmic = true
    chart.yRange = 0...1
    return chart
  }
}
