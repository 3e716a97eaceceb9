/// The saved form of statistics. A field that a saved run does not have keeps its default; what cannot be is refused, as anybody may
/// have written it.
extension RunStatistics {
  private static var integers: [(String, WritableKeyPath<RunStatistics, Int>)] {
    [
      ("calls", \.calls), ("refused", \.refused), ("crashed", \.crashed),
      ("replaced_workers", \.replacedWorkers), ("peak_bytes", \.peakBytes), ("workers", \.workers),
      ("ranks", \.ranks), ("window", \.window),
    ]
  }

  private static var numbers: [(String, WritableKeyPath<RunStatistics, Double>)] {
    [
      ("likelihood_s", \.likelihoodSeconds), ("wall_s", \.wallSeconds), ("cpu_s", \.cpuSeconds),
      ("busy", \.busy),
    ]
  }

  var json: JSON {
    .object(
      Self.integers.map { ($0.0, .integer(self[keyPath: $0.1])) }
        + Self.numbers.map { ($0.0, .exact(self[keyPath: $0.1])) } + [
          ("pool", .string(pool)), ("timeline", timeline.json),
        ])
  }

  init(_ summary: SummaryReader) throws(WireError) {
    self.init()
    for (name, path) in Self.integers where summary.json[name] != nil {
      self[keyPath: path] = try summary.count(name)
    }
    for (name, path) in Self.numbers where summary.json[name] != nil {
      let value = try summary.number(name)
      guard value >= 0, value.isFinite, path != \.busy || value <= 1 else {
        throw WireError("its \(name) cannot be \(value)")
      }
      self[keyPath: path] = value
    }
    pool = try summary.text("pool")
    if summary.json["timeline"] != nil { timeline = try BusyTimeline(summary.part("timeline")) }
  }
}

extension BusyTimeline {
  fileprivate var json: JSON {
    .object([("bin_s", .exact(binSeconds)), ("busy_s", .numbers(busySeconds))])
  }

  fileprivate init(_ summary: SummaryReader) throws(WireError) {
    let seconds = try summary.numbers("busy_s")
    guard let timeline = BusyTimeline(binSeconds: try summary.number("bin_s"), busySeconds: seconds) else {
      throw WireError("its timeline has bins without length")
    }
    self = timeline
  }
}
