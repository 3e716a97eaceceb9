import Testing

@testable import RookeryCore

@Suite struct BusyAdviceTests {
  private func line(
    busy: Double, idle: IdleCauses = IdleCauses(), workers: Int = 8, seconds: Double = 10,
    pieceSeconds: Double = 0.01, cores: Int = 64, cpu: Double = 1
  ) -> String? {
    var statistics = RunStatistics()
    (statistics.workers, statistics.busy, statistics.wallSeconds) = (workers, busy, seconds)
    (statistics.window, statistics.cpuSeconds) = (31, cpu)
    return BusyAdvice(statistics: statistics, idle: idle, pieceSeconds: pieceSeconds, cores: cores).finding?
      .sentenceOfWorkers
  }

  private func causes(_ window: Double, _ draining: Double, _ driving: Double) -> IdleCauses {
    var causes = IdleCauses()
    (causes.window, causes.draining, causes.driving) = (window, draining, driving)
    return causes
  }

  @Test func thereIsNothingToSayOfOneWorkerOrAMoment() {
    #expect(line(busy: 0.1, workers: 1) == nil && line(busy: 0.1, seconds: 0.9) == nil)
    #expect(line(busy: 0.9) == "8 workers were busy 90 % of the time")
  }

  /// Half of 80 seconds idle: the largest cause is named, with its share of all the time and what helps.
  @Test func theLargestCauseIsNamed() throws {
    let window = try #require(line(busy: 0.5, idle: causes(20, 10, 5)))
    #expect(
      window.contains("25 % of it") && window.contains("all 31 pieces") && window.contains("window 62 keeps"))
    let draining = try #require(line(busy: 0.5, idle: causes(5, 24, 5)))
    #expect(
      draining.contains("30 % of it") && draining.contains("last pieces") && draining.contains("4 workers"))
    let driving = try #require(line(busy: 0.5, idle: causes(5, 10, 20)))
    #expect(driving.contains("25 % of it") && driving.contains("driver's own work"))
    let carrying = try #require(line(busy: 0.5, idle: causes(4, 4, 4)))
    #expect(carrying.contains("35 % of it") && carrying.contains("rookery doctor"))
    #expect(line(busy: 0.5, pieceSeconds: 2e-5)?.contains("20 us each") == true)
  }

  @Test func workersThatShareCoresAreTold() {
    #expect(line(busy: 0.99, cores: 4, cpu: 39)?.contains("they shared 4 cores") == true)
    #expect(line(busy: 0.99, cores: 4, cpu: 20)?.contains("shared") == false)
  }

  /// Time with a full window is the window's, else the end of a phase's; the driver's is its own.
  @Test func idleTimeGoesToItsCause() {
    var (before, now) = (IdleTime(), IdleTime())
    (before.waiting, before.driving, now.waiting, now.driving) = (1, 2, 4, 7)
    var causes = IdleCauses()
    causes.add(now, since: before, isWindowFull: true)
    #expect(causes.window == 3 && causes.draining == 0 && causes.driving == 5)
    causes.add(now, since: before, isWindowFull: false)
    #expect(causes.window == 3 && causes.draining == 3 && causes.driving == 10)
  }
}
