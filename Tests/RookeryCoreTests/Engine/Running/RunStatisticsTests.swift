import RookeryCore
import Testing

@testable import RookeryCore

@Suite struct RunStatisticsTests {
  private static func made(_ scale: Int) -> RunStatistics {
    var made = RunStatistics()
    (made.calls, made.refused, made.crashed, made.replacedWorkers) = (
      2 * scale, 3 * scale, 5 * scale, 7 * scale
    )
    (made.likelihoodSeconds, made.wallSeconds, made.cpuSeconds) = (
      11 * Double(scale), 13 * Double(scale), 17 * Double(scale)
    )
    (made.peakBytes, made.workers, made.ranks, made.window) = (1900 * scale, 23, 29, 31)
    (made.pool, made.busy) = ("somewhere", 0.25 / Double(scale))
    made.timeline.add(0.5, until: 1)
    return made
  }

  /// Workers' CPU adds up; the largest memory of one process is that of the largest, be it the driver or a worker.
  @Test func whatWorkersUsedIsCounted() {
    var statistics = RunStatistics()
    (statistics.cpuSeconds, statistics.peakBytes) = (1, 500)
    statistics.add([WorkerUsage(cpuSeconds: 2, peakBytes: 400), WorkerUsage(cpuSeconds: 4, peakBytes: 900)])
    #expect(statistics.cpuSeconds == 7 && statistics.peakBytes == 900)
    statistics.add([WorkerUsage(cpuSeconds: 0, peakBytes: 100)])
    #expect(statistics.peakBytes == 900)
  }

  @Test func aProcessKnowsWhatItUsed() {
    let usage = WorkerUsage.ofThisProcess
    // In bytes, not in kilobytes: this program is larger than ten megabytes.
    #expect(usage.peakBytes > 10 << 20 && usage.peakBytes < 1 << 40)
    #expect(usage.cpuSeconds > 0)
  }

  @Test func partsOfOneRunAddUp() {
    var sum = Self.made(1)
    sum.add(Self.made(2))
    #expect(sum.calls == 6 && sum.refused == 9 && sum.crashed == 15 && sum.replacedWorkers == 21)
    #expect(sum.likelihoodSeconds == 33 && sum.wallSeconds == 39 && sum.cpuSeconds == 51)
    #expect(sum.peakBytes == 3800 && sum.workers == 23)
    // By the time each took: (0.25 · 13 + 0.125 · 26) / 39.
    #expect(abs(sum.busy - 1 / 6.0) < 1e-12)
    // The earlier part comes first in the timeline, the later one after its end.
    let bins = sum.timeline.busySeconds.indices.filter { sum.timeline.busySeconds[$0] > 0 }
    let times = bins.map { (Double($0) + 0.5) * sum.timeline.binSeconds }
    #expect(times.contains { $0 < 1 } && times.contains { $0 > 26 && $0 < 27.5 })
    #expect(!times.contains { $0 > 1.5 && $0 < 25.5 })
  }

  @Test func everyFieldComesBackFromBytesAndJSON() throws {
    let made = Self.made(3)
    try expectSurvival(of: made)
    let json = try JSON(parsing: made.json.text)
    let back = try RunStatistics(SummaryReader(json))
    #expect("\(back)" == "\(made)")
  }

  /// A run that was stopped and taken up again tells when its workers were busy from its first start on.
  @Test(.timeLimit(.minutes(10))) func theTimelineOutlivesAStop() throws {
    try inTemporaryDirectory { directory in
      let problem = try Problem("p", parameters: [Parameter("x", .uniform(-1, 1))]) { (theta: Span<Double>) in
        -50 * theta[0] * theta[0]
      }.withCost(mean: 2e-4, spread: 0)
      var nested = NestedSettings()
      nested.live = 40
      var settings = RunSettings()
      settings.showsProgress = false
      // The first part is nine tenths of the whole.
      let calls = try sample(problem, by: .nested(nested), settings: settings).statistics.calls
      settings.checkpoint = CheckpointSettings(directory: directory)
      settings.maxCalls = calls * 9 / 10
      let stopped = try sample(problem, by: .nested(nested), settings: settings).statistics
      settings.checkpoint?.policy = .resume
      settings.maxCalls = nil
      let whole = try sample(problem, by: .nested(nested), settings: settings).statistics
      func busy(_ statistics: RunStatistics) -> Double { statistics.timeline.busySeconds.reduce(0, +) }
      #expect(busy(stopped) >= 0.9 * Double(calls) * 2e-4)
      #expect(busy(whole) >= Double(whole.calls) * 2e-4)
      #expect(whole.calls > stopped.calls && whole.wallSeconds >= Double(whole.calls) * 2e-4)
    }
  }
}

/// Checks that a value comes back from its bytes with every stored property as it was, and gives the same bytes again.
func expectSurvival<T: Wire>(of value: T, sourceLocation: SourceLocation = #_sourceLocation) throws {
  var writer = WireWriter()
  writer.write(value)
  var reader = WireReader(writer.bytes)
  let back = try T(from: &reader)
  #expect(reader.remaining == 0, sourceLocation: sourceLocation)
  // Sets and dictionaries may show their elements in another order, so characters are counted here; that they stand in the right
  // places is for the bytes to say.
  let isSame = characters("\(back)") == characters("\(value)")
  #expect(isSame, "\("\(value)".prefix(500)) became \("\(back)".prefix(500))", sourceLocation: sourceLocation)
  var again = WireWriter()
  again.write(back)
  let hasSameBytes = again.bytes == writer.bytes
  #expect(hasSameBytes, sourceLocation: sourceLocation)
}

private func characters(_ text: String) -> [Int] {
  var counts = [Int](repeating: 0, count: 256)
  for byte in text.utf8 { counts[Int(byte)] += 1 }
  return counts
}
