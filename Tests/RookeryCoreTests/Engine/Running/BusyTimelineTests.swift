import ReferenceProblems
import Testing

@testable import RookeryCore

@Suite struct BusyTimelineTests {
  @Test func workIsNeitherLostNorMoved() {
    var timeline = BusyTimeline()
    // Two workers, busy for the first and the last quarter of two seconds.
    for i in 0..<500 {
      timeline.add(1e-3, until: 1e-3 * Double(i + 1))
      timeline.add(1e-3, until: 1e-3 * Double(i + 1))
      timeline.add(2e-3, until: 1.5 + 1e-3 * Double(i + 1))
    }
    #expect(abs(timeline.busySeconds.reduce(0, +) - 2) < 1e-9)
    #expect(timeline.busySeconds.count <= 256)
    let quarter = Int(0.5 / timeline.binSeconds)
    #expect(abs(timeline.busySeconds[..<quarter].reduce(0, +) - 1) < 0.02)
    #expect(timeline.busySeconds[(quarter + 1)..<(3 * quarter - 1)].allSatisfy { $0 == 0 })
  }

  @Test func aPieceLongerThanTheRunSoFar() {
    var timeline = BusyTimeline()
    timeline.add(3600, until: 3600)
    timeline.add(10, until: 5)
    timeline.add(.nan, until: 5)
    timeline.add(1, until: .infinity)
    #expect(abs(timeline.busySeconds.reduce(0, +) - 3610) < 1e-6)
    #expect(timeline.busySeconds.count <= 256)
  }

  @Test func partsFollowEachOther() {
    var (first, second) = (BusyTimeline(), BusyTimeline())
    first.add(1, until: 1)
    second.add(2, until: 2)
    let both = first.followed(by: second, at: 10)
    #expect(abs(both.busySeconds.reduce(0, +) - 3) < 1e-9)
    let bin = Int(10.5 / both.binSeconds)
    #expect(abs(both.busySeconds[bin] - both.binSeconds) < 1e-9)
    #expect(both.busySeconds[Int(5 / both.binSeconds)] == 0)
  }

  @Test func runsKeepIt() throws {
    var settings = RunSettings()
    settings.showsProgress = false
    var nested = NestedSettings()
    nested.live = 30
    let result = try sample(
      ReferenceProblem.named("gauss5").problem.withCost(mean: 2e-4, spread: 0), by: .nested(nested),
      settings: settings)
    let statistics = result.statistics
    let sum = statistics.timeline.busySeconds.reduce(0, +)
    #expect(sum > 0.5 * statistics.busy * statistics.wallSeconds && sum <= 1.001 * statistics.wallSeconds)
  }
}
