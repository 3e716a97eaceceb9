import Foundation
import TestSupport
import Testing

/// Workers and drivers that are killed from outside. `make test-stress` does the same at length.
@Suite(.serialized) struct RecoveryTests {
  @Test(.timeLimit(.minutes(10))) func killedWorkersAreReplaced() throws {
    let arguments = ["--points", "3000", "--seconds", "0.001"]
    let killer = WorkerKiller(seed: 1)
    let run = try ProgramRun("PoolProbe", ["--pool", "processes:4"] + arguments) { driver in
      killer.kill(10, of: driver, workers: 4, pause: 0.02)
    }
    let undisturbed = try ProgramRun("PoolProbe", ["--pool", "threads:4"] + arguments)
    #expect(run.values("digest") == undisturbed.values("digest"))
    #expect(run.values("replaced") == ["10"])
    #expect(killer.recoveries.count == 10)
    #expect(run.errors == [] && run.orphans == [] && run.leftFiles == [])
  }

  /// Workers that die every so many calls are no fault of the points at which they do, and get through.
  @Test(.timeLimit(.minutes(10)), arguments: ["50:3", "200:0"], ["stop", "refuse"])
  func workersThatDieEverySoManyCalls(_ death: String, _ policy: String) throws {
    let arguments = ["-q", "--method", "dynesty", "--live", "200", "--explorer", "unif"]
    let run = try ProgramRun(
      "LaunchProbe", arguments + ["--pool", "processes:3", "--on-crash", policy], environment: ["DIES": death]
    )
    let undisturbed = try ProgramRun("LaunchProbe", arguments)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.values("digest") == undisturbed.values("digest") && run.values("crashed") == ["0"])
    #expect(run.errors.count { $0.contains("every so many calls") } == 1)
  }

  /// A piece that needs more calls than a worker lives for cannot be done, and no point of it is to blame.
  @Test(.timeLimit(.minutes(10))) func workersThatDieTooSoon() throws {
    let run = try ProgramRun(
      "LaunchProbe",
      ["-q", "--method", "dynesty", "--live", "60", "--explorer", "rslice", "--slices", "40"]
        + ["--pool", "processes:2"], environment: ["DIES": "61:3"])
    #expect(run.status == 1)
    #expect(run.errors.last?.contains("workers keep dying at one and the same piece") == true)
  }

  /// The process that forks the workers may be killed like any other.
  @Test(.timeLimit(.minutes(10))) func killedZygoteIsReplaced() throws {
    let arguments = ["--points", "3000", "--seconds", "0.001"]
    let run = try ProgramRun("PoolProbe", ["--pool", "processes:3"] + arguments) { driver in
      WorkerKiller.killZygote(2, of: driver, workers: 3)
    }
    let undisturbed = try ProgramRun("PoolProbe", ["--pool", "threads:4"] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.values("digest") == undisturbed.values("digest"))
    #expect(run.values("replaced") == ["6"])
    #expect(run.errors == [] && run.orphans == [] && run.leftFiles == [])
  }

  /// The finished result is of no use to workers, and never gets there.
  @Test(.timeLimit(.minutes(10))) func workersStayAsSmallAsTheyWere() throws {
    let small = try ProgramRun(
      "PoolProbe", ["--pool", "processes:2", "--dimension", "1000", "--points", "100"])
    let large = try ProgramRun(
      "PoolProbe", ["--pool", "processes:2", "--dimension", "1000", "--points", "6000"])
    let peaks = try [small, large].map { try #require($0.values("children").first.flatMap(Double.init)) }
    // The result takes 100 megabytes.
    #expect(peaks[1] < peaks[0] + 20e6, "\(peaks)")
  }

  @Test(.timeLimit(.minutes(10))) func largePoolEndsAtOnce() throws {
    let run = try ProgramRun(
      "PoolProbe",
      ["--pool", "processes:1000", "--points", "1000000", "--window", "2000", "--seconds", "0.01"],
      terminatingGroupAfter: 0.3
    ) { driver in waitUntil { !WorkerKiller.workers(of: driver).isEmpty } }
    #expect(!run.wasEnded && run.orphans == [])
    #expect(run.values("ending") == ["interrupted"])
  }

  @Test(.timeLimit(.minutes(10))) func killedDriverLeavesNoOrphans() throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", "processes:4", "--points", "100000", "--seconds", "0.01"]
    ) {
      usleep(400_000)
      kill($0, SIGKILL)
    }
    #expect(run.status == SIGKILL && run.orphans == [] && run.leftFiles == [])
  }

  /// The later of several runs finds what the first did: nothing is left open.
  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local + PoolCase.mpi3 + PoolCase.hybrid)
  func runsLeaveNothing(_ pool: PoolCase) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool, "--runs", "8"], ranks: pool.ranks)
    #expect(run.status == 0 && run.orphans == [] && run.leftFiles == [])
    let perRank = Dictionary(grouping: zip(run.values("rank"), run.values("left")), by: \.0)
    #expect(perRank.count == pool.ranks ?? 1)
    for (rank, left) in perRank {
      #expect(Set(left.dropFirst().map(\.1)).count == 1, "rank \(rank): \(left.map(\.1))")
      if pool.ranks == nil { #expect(left.allSatisfy { $0.1.hasSuffix("alone") }) }
    }
  }
}
