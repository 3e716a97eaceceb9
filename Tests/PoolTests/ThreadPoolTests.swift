import TestSupport
import Testing

/// All that happens on threads of one process: `make test-sanitizers` has the thread sanitizer watch it.
@Suite(.serialized) struct ThreadPoolTests {
  /// Who watches ends the program with this code where threads race.
  private static let watched = ["TSAN_OPTIONS": "exitcode=66 halt_on_error=1"]

  // The limit has the driver look at what threads are doing.
  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      ["--context-bytes", "1000"], ["--runs", "3"], ["--fault", "refuse"],
      ["--dimension", "300", "--window", "200", "--points", "1500"],
    ])
  func toy(_ arguments: [String]) throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", "threads:3", "--call-timeout", "30"] + arguments, environment: Self.watched,
      limit: 60)
    let serial = try ProgramRun("PoolProbe", ["--pool", "serial"] + arguments, limit: 60)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.values("digest") == serial.values("digest"))
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["throw", "hang"])
  func failures(_ fault: String) throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", "threads:3", "--fault", fault, "--at", "123", "--call-timeout", "0.5"],
      environment: Self.watched, limit: 60)
    #expect(run.status == 1, "\(run.errors)")
    #expect(run.errors.count { $0.contains("ThreadSanitizer") } == 0)
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["dynesty", "nautilus"]) func samplers(_ method: String) throws {
    let arguments = ["-q", "--method", method, "--max-calls", "3000"]
    let run = try ProgramRun(
      "LaunchProbe", arguments + ["--pool", "threads:3", "--call-timeout", "20s"], environment: Self.watched,
      limit: 100)
    let serial = try ProgramRun("LaunchProbe", arguments, limit: 100)
    #expect(run.status != 66 && run.status == serial.status, "\(run.errors)")
    #expect(run.values("digest") == serial.values("digest"))
  }
}
