import Foundation
import TestSupport
import Testing

/// Workers and ranks that are stopped give no sign of life: that is said, and ended where it is asked for. Long calls are not ended.
@Suite(.serialized) struct SilenceTests {
  private static let arguments = ["-q", "--method", "dynesty", "--live", "60", "--seed", "5"]

  private func digest() throws -> [String] {
    try ProgramRun("LaunchProbe", Self.arguments).values("digest")
  }

  /// Waits until there are so many workers, and stops one.
  private func stopWorker(of driver: pid_t, workers: Int) -> pid_t? {
    for _ in 0..<2000 {
      let now = WorkerKiller.workers(of: driver)
      if now.count == workers {
        // Long enough to have work in hand.
        usleep(200_000)
        return kill(now[0], SIGSTOP) == 0 ? now[0] : nil
      }
      usleep(5000)
    }
    return nil
  }

  @Test(.timeLimit(.minutes(10))) func silentWorkerIsReplaced() throws {
    var stopped: pid_t?
    let run = try ProgramRun(
      "LaunchProbe", Self.arguments + ["--pool", "processes:3", "--silence-timeout", "2s"],
      environment: ["MICROSECONDS": "5000"], limit: 50
    ) { stopped = stopWorker(of: $0, workers: 3) }
    let process = try #require(stopped)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.values("digest") == (try digest()) && run.values("replaced") == ["1"])
    #expect(
      run.errors.count { $0.contains("(process \(process)) has not answered for") } == 1, "\(run.errors)")
    #expect(run.orphans.isEmpty)
  }

  /// Without a limit it is said, and the run goes on when the worker does.
  @Test(.timeLimit(.minutes(10))) func silentWorkerIsNamed() throws {
    let run = try ProgramRun(
      "LaunchProbe", Self.arguments + ["--pool", "processes:2"], environment: ["MICROSECONDS": "5000"],
      limit: 90
    ) { driver in
      guard let stopped = stopWorker(of: driver, workers: 2) else { return }
      sleep(14)
      kill(stopped, SIGCONT)
    }
    #expect(run.status == 0)
    #expect(run.values("digest") == (try digest()) && run.values("replaced") == ["0"])
    #expect(
      run.errors.count { $0.contains("gives no sign of life") && $0.contains("worker ") } == 1,
      "\(run.errors)")
  }

  /// A rank cannot be replaced: the run ends, with what it has, and says which it was.
  @Test(
    .enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)),
    arguments: [["--silence-timeout", "3s"], ["--call-timeout", "1s"]])
  func silentRankEndsTheRun(_ limit: [String]) throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let out = Self.arguments + ["--out", directory]
    let run = try ProgramRun(
      "LaunchProbe", out + limit, ranks: 3, environment: ["MICROSECONDS": "20000"], limit: 60
    ) { mpirun in
      for _ in 0..<2000 {
        if let rank = WorkerKiller.rank(2, of: mpirun) {
          sleep(1)
          kill(rank, SIGSTOP)
          return
        }
        usleep(5000)
      }
    }
    #expect(run.status != 0 && !run.wasEnded)
    let message = try #require(run.messages.first { $0.contains("has not answered for") }, "\(run.errors)")
    #expect(message.contains("rank 2 on "))
    #expect(run.orphans.isEmpty)
    let resumed = try ProgramRun("LaunchProbe", out + ["--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.values("digest") == (try digest()))
  }

  /// A host whose cable is cut is told from one with long calls, and named.
  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func hostThatIsCutOff() throws {
    guard let host = FarHost() else {
      print("no network of its own can be made here, so no host is cut off")
      return
    }
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let out = Self.arguments + ["--out", directory]
    let state = "\(directory)/model-1/checkpoint.rookery-dynesty"
    let run = try ProgramRun(
      "LaunchProbe", out + ["--silence-timeout", "4s", "--checkpoint-every", "50ms"], prefix: host.launcher,
      environment: ["MICROSECONDS": "20000"], limit: 60
    ) { _ in
      for _ in 0..<4000 where !FileManager.default.fileExists(atPath: state) { usleep(5000) }
      sleep(2)
      host.cutTheCable()
    }
    let message = try #require(run.messages.first { $0.contains("has not answered for") }, "\(run.errors)")
    #expect(message.contains(" on far has"))
    let resumed = try ProgramRun("LaunchProbe", out + ["--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.values("digest") == (try digest()))
  }

  /// Calls may take as long as they like.
  @Test(
    .timeLimit(.minutes(10)),
    arguments: [PoolCase.threads, .processes] + PoolCase.mpi3 + PoolCase.hybrid, ["yes", "no"])
  func longCallsAreNotSilent(_ pool: PoolCase, _ computes: String) throws {
    let run = try ProgramRun(
      "PoolProbe",
      [
        "--pool", pool.pool, "--points", "3", "--seconds", "3", "--compute", computes, "--silence-timeout",
        "1",
      ],
      ranks: pool.ranks)
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
  }
}
