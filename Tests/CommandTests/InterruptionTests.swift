import Foundation
import TestSupport
import Testing

/// A signal ends the program and not the run that happens to be under way, and everything is saved: what a batch script needs that
/// requeues its job.
@Suite(.serialized) struct InterruptionTests {
  private static let sampling = ["--method", "dynesty", "--live", "60", "--seed", "3", "-q"]
  private static let arguments = sampling + ["--checkpoint-every", "50ms"]
  private static let slow = ["MODELS": "3", "MICROSECONDS": "300"]

  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  /// Waits until the state of a model is there.
  private func waitForState(of model: Int, in directory: String) -> Bool {
    for _ in 0..<4000 {
      let names = try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/model-\(model)")
      if names?.contains(where: { $0.hasPrefix("checkpoint.") && !$0.hasSuffix(".tmp") }) == true {
        return true
      }
      usleep(5000)
    }
    return false
  }

  /// The undisturbed run of all models, as long as its calls take no time.
  private static let whole = Result {
    let run = try ProgramRun("LaunchProbe", sampling, environment: ["MODELS": "3"])
    #expect(run.status == 0, "\(run.errors)")
    return run.values("digest")
  }

  private func interrupt(_ pool: PoolCase, by signal: Int32, in directory: String) throws -> ProgramRun {
    var hasState = false
    let run = try ProgramRun(
      "LaunchProbe", Self.arguments + ["--pool", pool.pool, "--out", directory], ranks: pool.ranks,
      environment: Self.slow, limit: 60
    ) { process in
      hasState = waitForState(of: 2, in: directory)
      kill(process, signal)
    }
    #expect(hasState, "\(run.errors)")
    return run
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [PoolCase.serial, PoolCase(pool: "processes:2")] + PoolCase.mpi3, [SIGUSR1, SIGINT])
  func signalInTheSecondOfThreeModels(_ pool: PoolCase, _ signal: Int32) throws {
    try withDirectory { directory in
      let stopped = try interrupt(pool, by: signal, in: directory)
      // After a SIGINT the launcher ends its ranks by force, and gives a code of its own; what is saved is what counts.
      if pool.ranks == nil || signal == SIGUSR1 {
        #expect(stopped.status == 130, "\(stopped.errors)")
        #expect(stopped.values("ending") == ["converged", "interrupted", "interrupted"])
      }
      #expect(stopped.status != 0 && !stopped.wasEnded && stopped.orphans == [])
      let resumed = try ProgramRun(
        "LaunchProbe", Self.arguments + ["--out", directory, "--resume"], environment: ["MODELS": "3"],
        limit: 60)
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try resumed.values("digest") == Self.whole.get())
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: [SIGTERM, SIGUSR2, SIGHUP])
  func everyOtherSignal(_ signal: Int32) throws {
    try withDirectory { directory in
      let stopped = try interrupt(.serial, by: signal, in: directory)
      #expect(stopped.status == 130)
      #expect(stopped.values("ending") == ["converged", "interrupted", "interrupted"])
    }
  }

  /// Under nohup a hang-up means nothing.
  @Test(.timeLimit(.minutes(10))) func ignoredHangUp() throws {
    try withDirectory { directory in
      let run = try ProgramRun(
        "LaunchProbe", Self.arguments + ["--out", directory],
        prefix: ["/bin/sh", "-c", "trap '' HUP; exec \"$0\" \"$@\""], environment: Self.slow, limit: 60
      ) { process in
        _ = waitForState(of: 1, in: directory)
        kill(process, SIGHUP)
      }
      #expect(run.status == 0)
      #expect(try run.values("digest") == Self.whole.get())
    }
  }

  /// A run that is not to begin leaves what an earlier one saved, also where it was to be replaced.
  @Test(.timeLimit(.minutes(10))) func laterRunsKeepTheirStates() throws {
    try withDirectory { directory in
      let out = Self.arguments + ["--out", directory]
      let earlier = try ProgramRun("LaunchProbe", out + ["--max-calls", "400"], environment: ["MODELS": "3"])
      #expect(earlier.status == 2, "\(earlier.errors)")
      func state() -> Data? {
        FileManager.default.contents(atPath: "\(directory)/model-3/checkpoint.rookery-dynesty")
      }
      let before = state()
      #expect(before != nil)
      let stopped = try ProgramRun(
        "LaunchProbe", out + ["--overwrite"], environment: Self.slow.merging(["SIGNAL": "2"]) { $1 })
      #expect(stopped.status == 130)
      #expect(stopped.values("ending") == ["converged", "interrupted", "interrupted"])
      #expect(stopped.values("calls").last == "0")
      #expect(state() == before)
    }
  }

  /// A stop before a prediction leaves nothing to return, on any rank, and is no failure.
  @Test(
    .timeLimit(.minutes(10)), arguments: [PoolCase.serial, PoolCase(pool: "processes:2")] + PoolCase.mpi3)
  func stopBeforeAPrediction(_ pool: PoolCase) throws {
    let run = try ProgramRun(
      "LaunchProbe", Self.sampling + ["--pool", pool.pool], ranks: pool.ranks,
      environment: ["PREDICTS": "stop"])
    #expect(run.status == 130 && !run.wasEnded, "\(run.errors)")
    #expect(run.messages.filter { $0.contains("the prediction was interrupted after 0 of 10") }.count == 1)
    #expect(run.orphans == [])
  }

  /// A library call leaves signals alone; a stop that a host asks for holds for later runs until it is taken back.
  @Test(.timeLimit(.minutes(10))) func hostsKeepTheirSignals() throws {
    let run = try ProgramRun(
      "PoolProbe", ["--host-signals", "yes", "--points", "2000", "--seconds", "0.0005"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.values("ending") == ["interrupted", "interrupted", "converged"])
    #expect(run.values("default") == ["yes", "yes", "yes"] && run.values("within").isEmpty)
    #expect(run.values("witness").count == 6)
  }
}
