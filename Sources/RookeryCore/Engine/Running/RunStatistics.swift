/// What a run cost and where it ran. None of it is part of the result's digest.
public struct RunStatistics: Sendable {
  /// Likelihood evaluations absorbed, discarded ones too.
  public internal(set) var calls = 0
  /// Points that the likelihood refused, or that were NaN where that is allowed.
  public internal(set) var refused = 0
  /// Points refused because the likelihood crashed there, or did not return, twice.
  public internal(set) var crashed = 0
  /// Workers that died and were replaced.
  public internal(set) var replacedWorkers = 0
  /// CPU seconds of threads inside the likelihood, summed over workers. Where calls take less than 20 microseconds it is an
  /// estimate from some of them, lest taking the time take the time.
  public internal(set) var likelihoodSeconds = 0.0
  public internal(set) var wallSeconds = 0.0
  /// All CPU seconds of all processes or ranks.
  public internal(set) var cpuSeconds = 0.0
  /// The largest memory of one process, in bytes.
  public internal(set) var peakBytes = 0
  /// Members of the pool that evaluate.
  public internal(set) var workers = 1
  public internal(set) var ranks = 1
  public internal(set) var window = 1
  public internal(set) var pool = ""
  /// Wall time inside pieces of work over workers times wall time from the first issue to the last absorption.
  public internal(set) var busy = 0.0
  /// When the workers were busy.
  public internal(set) var timeline = BusyTimeline()

  package init() {}

  /// Adds what an earlier part of the same run cost.
  mutating func add(_ earlier: RunStatistics) {
    let (own, before) = (wallSeconds, earlier.wallSeconds)
    if own + before > 0 { busy = (busy * own + earlier.busy * before) / (own + before) }
    timeline = earlier.timeline.followed(by: timeline, at: before)
    calls += earlier.calls
    refused += earlier.refused
    crashed += earlier.crashed
    replacedWorkers += earlier.replacedWorkers
    likelihoodSeconds += earlier.likelihoodSeconds
    wallSeconds += before
    cpuSeconds += earlier.cpuSeconds
    peakBytes = max(peakBytes, earlier.peakBytes)
  }

  mutating func add(_ usages: [WorkerUsage]) {
    for usage in usages {
      cpuSeconds += usage.cpuSeconds
      peakBytes = max(peakBytes, usage.peakBytes)
    }
  }
}

extension RunStatistics: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(calls)
    writer.write(refused)
    writer.write(likelihoodSeconds)
    writer.write(wallSeconds)
    writer.write(cpuSeconds)
    writer.write(peakBytes)
    writer.write(workers)
    writer.write(ranks)
    writer.write(window)
    writer.write(pool)
    writer.write(busy)
    writer.write(crashed)
    writer.write(replacedWorkers)
    writer.write(timeline)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    calls = try reader.read()
    refused = try reader.read()
    likelihoodSeconds = try reader.read()
    wallSeconds = try reader.read()
    cpuSeconds = try reader.read()
    peakBytes = try reader.read()
    workers = try reader.read()
    ranks = try reader.read()
    window = try reader.read()
    pool = try reader.read()
    busy = try reader.read()
    crashed = try reader.read()
    replacedWorkers = try reader.read()
    timeline = try reader.read()
  }
}
