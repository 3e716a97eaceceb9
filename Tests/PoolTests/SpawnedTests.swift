import Foundation
import TestSupport
import Testing

/// Workers that are other starts of the program.
@Suite(.serialized) struct SpawnedTests {
  @Test(.timeLimit(.minutes(10)), arguments: ["segfault", "exit", "hang"])
  func crashingPointIsRefused(_ fault: String) throws {
    let run = try ProgramRun(
      "PoolProbe",
      [
        "--pool", "spawned:3", "--on-crash", "refuse", "--call-timeout", "0.5", "--fault", fault, "--at",
        "123",
      ])
    #expect(run.status == 0 && run.errors == [], "\(run.errors)")
    #expect(run.values("crashed") == ["1"] && run.values("replaced") == ["2"])
    let refused = try ProgramRun("PoolProbe", ["--fault", "refuse", "--at", "123"])
    #expect(run.values("digest") == refused.values("digest"))
    #expect(run.orphans.isEmpty)
  }

  /// A start that comes to another problem is found out, as a rank is.
  @Test(.timeLimit(.minutes(10)), arguments: ["differentPrior", "differentLikelihood"])
  func anotherProblem(_ fault: String) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", "spawned:2", "--fault", fault])
    #expect(run.status == 1 && run.output == [])
    #expect(run.messages.count == 1)
    #expect(run.messages.first?.contains("has come to another problem") == true, "\(run.messages)")
    #expect(run.orphans.isEmpty)
  }

  /// A program of several models that has a thread gets its processes this way: with the results of the models before, in silence, and
  /// predictions between them.
  @Test(.timeLimit(.minutes(10))) func hostWithThreads() throws {
    func run(_ pool: String, _ environment: [String: String]) throws -> ProgramRun {
      try ProgramRun(
        "LaunchProbe", ["--method", "dynesty", "--live", "60", "--seed", "3", "-q", "--pool", pool],
        environment: environment.merging(["MODELS": "3", "PREDICTS": "yes"]) { $1 })
    }
    let host = try run("processes:3", ["THREADS": "1"])
    #expect(host.status == 0 && host.errors == [], "\(host.errors)")
    #expect(host.output == (try run("serial", [:]).output) && host.output.count == 6)
    #expect(host.orphans.isEmpty)
  }

  /// They end with the process that started them, whatever they are at, and mind no signal of its terminal.
  @Test(.timeLimit(.minutes(10)), arguments: [SIGKILL, SIGINT]) func theyEndWithTheirOwner(_ signal: Int32)
    throws
  {
    let run = try ProgramRun(
      "LaunchProbe", ["--method", "dynesty", "--live", "60", "-q", "--pool", "spawned:3"],
      environment: ["MICROSECONDS": "20000"]
    ) { process in
      usleep(1_500_000)
      kill(process, signal)
    }
    #expect(signal == SIGKILL || run.status == 130, "\(run.errors)")
    #expect(run.orphans.isEmpty)
  }
}
