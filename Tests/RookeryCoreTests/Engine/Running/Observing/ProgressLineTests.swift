import ReferenceProblems
import RookeryCore
import Testing

/// What people see while a run goes on: it fits, and says what matters most where there is little room.
@Suite struct ProgressLineTests {
  private static var title: RunTitle {
    var title = RunTitle(problem: "gauss10", method: "dynesty")
    (title.dimension, title.pool, title.workers, title.seed) = (10, "processes:4", 4, 7)
    title.directory = "runs/gauss10"
    title.choice = "chosen by auto"
    return title
  }

  private static var snapshot: RunSnapshot {
    var status = SamplerStatus()
    status.phase = "chains"
    (status.logZ, status.logZError) = (-24.851, 0.21)
    (status.remaining, status.targetRemaining) = (7.81, 0.01)
    (status.effectiveSampleSize, status.targetEffectiveSize) = (599.4, 10_000)
    status.progress = 0.25
    return RunSnapshot(status: status, calls: 52_190, seconds: 90, busy: 0.953, workers: 4)
  }

  @Test func fitsEveryWidth() {
    for name in [
      "gauss10", "a rather long name of a problem that is told at length", "重力波の観測", "e\u{301}te\u{301}",
    ] {
      var title = Self.title
      title.problem = name
      let line = ProgressLine(title, Self.snapshot)
      for columns in 1...250 {
        #expect(columnCount(line.text(columns: columns)) <= columns, "\(name) at \(columns)")
      }
      #expect(line.text(columns: 250) == line.text())
    }
  }

  @Test func saysWhatMattersMost() {
    let line = ProgressLine(Self.title, Self.snapshot)
    #expect(
      line.text()
        == "gauss10 dynesty | chains | 52 190 calls | 579/s | log Z -24.85 ± 0.21 | ESS 599 of 10 000 | dlogz 7.8 > 0.01"
        + " | busy 95 % of 4 | 1 m 30 s | ETA 4 m 30 s")
    let at80 = line.text(columns: 79)
    for part in ["gauss10 dynesty", "52 190 calls", "ESS 599 of 10 000", "ETA 4 m 30 s"] {
      #expect(at80.contains(part), "\(at80)")
    }
    #expect(line.text(columns: 39).hasPrefix("gauss10") && line.text(columns: 39).contains("ETA"))
    #expect(line.text(columns: 9) == "gauss10")
    #expect(line.text(columns: 5) == "gaus…")
    var silent = Self.snapshot
    silent.silence = "rank 3 silent for 1 m"
    #expect(ProgressLine(Self.title, silent).text(columns: 79).contains("rank 3 silent for 1 m"))
  }

  @Test func timeLeft() throws {
    var snapshot = Self.snapshot
    #expect(try #require(snapshot.timeLeft).seconds == 270)
    // Parts of a run that are over count, in time as in calls.
    (snapshot.earlierSeconds, snapshot.earlierCalls) = (90, 40_000)
    #expect(try #require(snapshot.timeLeft).seconds == 540)
    #expect(ProgressLine(Self.title, snapshot).text().contains("| 135/s |"))
    snapshot.timeLimit = 100
    #expect(try #require(snapshot.timeLeft).seconds == 10)
    snapshot.maxCalls = 52_190 + 271
    #expect(abs(try #require(snapshot.timeLeft).seconds - 2) < 0.01)
    #expect(ProgressLine(Self.title, snapshot).text().contains("52 190 of 52 461 calls"))
    snapshot.status.progressIsGuess = true
    #expect(ProgressLine(Self.title, snapshot).text().hasSuffix("ETA 2 s"))
    (snapshot.timeLimit, snapshot.maxCalls) = (nil, nil)
    #expect(ProgressLine(Self.title, snapshot).text().hasSuffix("ETA about 9 m 00 s"))
  }

  @Test func announcementFitsATerminal() {
    #expect(
      Self.title.parts == [
        "gauss10: 10 parameters by dynesty (chosen by auto)", "pool processes:4, 4 workers", "seed 7",
        "saved to runs/gauss10, state every 1 m 00 s",
      ])
    for columns in [60, 80, 110] {
      #expect(Self.title.lines(columns: columns).allSatisfy { columnCount($0) < columns })
    }
    #expect(Self.title.lines(columns: 200).count == 1)
    #expect(RunTitle(problem: "a\u{1B}[2J\nb", method: "x").problem == "a\\u{1b}[2J\\nb")
  }

  @Test func stops() throws {
    func text(_ ending: Ending, in directory: String?, _ command: String?) -> String? {
      StopMessage(ending: ending, problem: "gauss10", directory: directory, command: command).text
    }
    let interrupted = try #require(
      text(.interrupted, in: "runs/gauss10", "rookery run gauss10 --out runs --resume"))
    #expect(
      interrupted.contains("saved in runs/gauss10")
        && interrupted.hasSuffix("\n  rookery run gauss10 --out runs --resume"))
    #expect(text(.interrupted, in: nil, "x")?.contains("nothing is saved") == true)
    #expect(text(.callLimit, in: "runs", "x --resume")?.contains("raise max_calls") == true)
    let stuck = Ending.stuck(Finding("nothing-to-ask", .failure))
    #expect(text(.converged, in: "runs", "x") == nil && text(stuck, in: "runs", "x") == nil)
  }

  /// Every phase of every method has a guess, and the guess comes to one as the run comes to its end.
  @Test(arguments: ["dynesty", "dynamic", "nautilus"])
  func everyPhaseHasAGuess(_ method: String) throws {
    let problem = try ReferenceProblem.named("gauss5").problem
    if method == "nautilus" {
      var settings = ImportanceNestedSettings()
      settings.targetEffectiveSize = 3000
      try watch(ImportanceNestedSampler(problem, settings: settings, seed: 1), problem)
    } else {
      var settings = NestedSettings()
      settings.live = 100
      settings.isDynamic = method == "dynamic"
      if settings.isDynamic { settings.targetEffectiveSize = 2000 }
      try watch(NestedSampler(problem: problem, settings: settings, seed: 1), problem)
    }
  }

  private func watch<S: Sampler>(_ sampler: S, _ problem: Problem) throws {
    var hand = ByHand(sampler)
    let evaluator = Evaluator(problem)
    var absorbed = 0
    var phases: Set<String> = []
    var last = 0.0
    while try hand.step(on: evaluator) {
      absorbed += 1
      guard absorbed > 50, absorbed % 10 == 0, hand.sampler.ending == nil else { continue }
      let status = hand.sampler.status
      phases.insert(status.phase)
      #expect(
        status.progress > 0 && status.progress <= 1, "\(status.phase): \(status.progress) after \(absorbed)")
      last = status.progress
    }
    #expect(hand.sampler.ending == .converged)
    #expect(phases.count > 1)
    #expect(last > 0.7, "\(last)")
  }
}
