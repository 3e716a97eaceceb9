/// How busy the workers of a pool were in the course of a run, in bins of wall time that grow with the run.
public struct BusyTimeline: Sendable, Equatable {
  /// The length of a bin.
  public private(set) var binSeconds = 1e-3
  /// Seconds inside pieces of work in each bin from the start of the run, summed over the workers.
  public private(set) var busySeconds: [Double] = []

  /// Enough to look at, few enough to keep.
  private static let mostBins = 256

  package init() {}

  /// A timeline that was saved; nil where it cannot be one.
  package init?(binSeconds: Double, busySeconds: [Double]) {
    guard binSeconds > 0, binSeconds.isFinite, busySeconds.count <= Self.mostBins else { return nil }
    self.binSeconds = binSeconds
    self.busySeconds = busySeconds
  }

  /// Counts work of one worker that took so many seconds and ended at a time after the start of the run.
  mutating func add(_ seconds: Double, until end: Double) {
    guard seconds > 0, end.isFinite, end > 0 else { return }
    // Clocks of several processors may differ a little.
    add(seconds, from: max(end - seconds, 0), to: end)
  }

  /// The timeline with that of a later part of the same run, which began at the given time.
  func followed(by later: BusyTimeline, at start: Double) -> BusyTimeline {
    var sum = self
    for (bin, seconds) in later.busySeconds.enumerated() where seconds > 0 {
      let from = start + Double(bin) * later.binSeconds
      sum.add(seconds, from: from, to: from + later.binSeconds)
    }
    return sum
  }

  /// Spreads work evenly over a stretch of time.
  private mutating func add(_ seconds: Double, from start: Double, to end: Double) {
    while end >= binSeconds * Double(Self.mostBins) { coarsen() }
    let (first, last) = (Int(start / binSeconds), Int(end / binSeconds))
    while busySeconds.count <= last { busySeconds.append(0) }
    guard last > first else {
      busySeconds[last] += seconds
      return
    }
    let rate = seconds / (end - start)
    for bin in first...last {
      let (from, to) = (Double(bin) * binSeconds, Double(bin + 1) * binSeconds)
      busySeconds[bin] += rate * max(min(to, end) - max(from, start), 0)
    }
  }

  private mutating func coarsen() {
    binSeconds *= 2
    busySeconds = stride(from: 0, to: busySeconds.count, by: 2).map {
      busySeconds[$0] + ($0 + 1 < busySeconds.count ? busySeconds[$0 + 1] : 0)
    }
  }
}

extension BusyTimeline: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(binSeconds)
    writer.write(busySeconds)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let binSeconds = try reader.read(Double.self)
    guard let timeline = Self(binSeconds: binSeconds, busySeconds: try reader.read()) else {
      throw WireError("a timeline has bins without length")
    }
    self = timeline
  }
}
