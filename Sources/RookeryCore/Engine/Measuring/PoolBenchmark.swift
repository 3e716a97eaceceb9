/// What one pool costs and brings, in tables.
package struct PoolBenchmark: Sendable {
  /// What is measured.
  package struct Plan: Sendable {
    /// About how long one measurement takes.
    package var seconds: Double
    /// What a call costs in the test of scaling.
    package var cost: EvaluationCost

    package init(seconds: Double, cost: EvaluationCost) {
      self.seconds = seconds
      self.cost = cost
    }
  }

  struct Dispatch: Sendable {
    var workers: Int
    var points: Int
    /// Of 64 pieces, in seconds: median and best tenth.
    var median: Double
    var best: Double
  }

  struct Busy: Sendable {
    var workers: Int
    var cost: Double
    var spread: Double
    var share: Double
  }

  struct Grain: Sendable {
    var points: Int
    var callsPerSecond: Double
  }

  let pool: String
  let cost: EvaluationCost
  private(set) var dispatch: [Dispatch] = []
  private(set) var busy: [Busy] = []
  private(set) var grains: [Grain] = []
  /// Seconds for one call in the stream, by workers.
  private(set) var scaling: [(workers: Int, seconds: Double)] = []

  /// Pieces that are out for each worker: wide enough that spread in their times does not leave workers idle.
  private static let windowPerWorker = 16
  static let costs = [1e-4, 1e-3, 1e-2]
  static let spreads = [0.0, 1.0]

  package init(pool: String, _ meter: PoolMeter, _ plan: Plan) throws {
    self.pool = pool
    cost = plan.cost
    var counts = [1]
    while let last = counts.last, 2 * last < meter.workers { counts.append(2 * last) }
    if meter.workers > 1 { counts.append(meter.workers) }
    for workers in counts {
      for points in [1, 8] {
        let rounds = min(max(Int(plan.seconds / 1e-3), 20), 1000)
        let times = try meter.dispatchSeconds(
          pieces: 64, pointsPerPiece: points, using: workers, rounds: rounds)
        dispatch.append(Dispatch(workers: workers, points: points, median: times.median, best: times.best))
      }
    }
    for points in [1, 4, 16, 64, 256] {
      let stream = try meter.stream(
        PointPiece(index: 0, points: points), window: Self.windowPerWorker * meter.workers,
        seconds: plan.seconds)
      grains.append(Grain(points: points, callsPerSecond: stream.callsPerSecond))
    }
    for spread in Self.spreads {
      for cost in Self.costs {
        let stream = try meter.stream(
          PointPiece(index: 0, rest: cost, spread: spread), window: Self.windowPerWorker * meter.workers,
          seconds: max(plan.seconds, 50 * cost))
        busy.append(Busy(workers: meter.workers, cost: cost, spread: spread, share: stream.busy))
      }
    }
    for workers in counts {
      let stream = try meter.stream(
        PointPiece(index: 0, rest: plan.cost.mean, spread: plan.cost.spread),
        window: Self.windowPerWorker * workers, using: workers,
        seconds: max(plan.seconds, 50 * plan.cost.mean))
      scaling.append((workers, 1 / max(stream.callsPerSecond, 1e-300)))
    }
  }

  /// The share of the time that does not divide among workers, fitted.
  var serial: Double? { serialFraction(scaling) }

  package var text: String {
    var lines = [
      "pool \(pool)", "", "  cost of dispatch, us for 64 pieces", "  workers  points/piece   median     best",
    ]
    for row in dispatch {
      lines.append(
        "  " + padded("\(row.workers)", 7) + padded("\(row.points)", 14)
          + padded(fixed(1e6 * row.median, 1), 9)
          + padded(fixed(1e6 * row.best, 1), 9))
    }
    lines += ["", "  grain size: cheap points by points in a piece", "  points/piece   thousand points/s"]
    for row in grains {
      lines.append("  " + padded("\(row.points)", 12) + padded(fixed(1e-3 * row.callsPerSecond, 0), 20))
    }
    lines += [
      "", "  busy, by cost of a call and spread (sigma of its logarithm)", "  workers    cost  spread   busy",
    ]
    for row in busy {
      lines.append(
        "  " + padded("\(row.workers)", 7) + padded(shortDuration(row.cost), 8)
          + padded(fixed(row.spread, 1), 8)
          + padded(fixed(row.share, 2), 7))
    }
    lines += ["", "  scaling at \(shortDuration(cost.mean)) a call", "  workers  speed-up   of ideal"]
    for row in scaling {
      let speedUp = scaling[0].seconds / row.seconds
      lines.append(
        "  " + padded("\(row.workers)", 7) + padded(fixed(speedUp, 2), 10)
          + padded("\(Int((100 * speedUp / Double(row.workers)).rounded())) %", 11))
    }
    if scaling.contains(where: { scaling[0].seconds / $0.seconds > 1.1 * Double($0.workers) }) {
      lines.append(
        "  Faster than so many workers can be: the machine was busy with something else while one was measured. Measure again."
      )
    } else if let serial {
      lines.append("  serial fraction (Amdahl's law, least squares): \(fixed(100 * serial, 2)) %")
    }
    return lines.joined(separator: "\n")
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
