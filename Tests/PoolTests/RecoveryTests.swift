import Foundation
import TestSupport
import Testing

/// Workers and drivers that are killed from outside. `make test-stress` does the same at length.
@Suite(.serialized) struct RecoveryTests {
  @Test(.timeLimit(.minutes(1))) func killedWorkersAreReplaced() throws {
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

  @Test(.timeLimit(.minutes(1))) func killedDriverLeavesNoOrphans() throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", "processes:4", "--points", "100000", "--seconds", "0.01"]
    ) {
      usleep(400_000)
      kill($0, SIGKILL)
    }
    #expect(run.status == SIGKILL && run.orphans == [] && run.leftFiles == [])
  }

  /// The later of several runs finds what the first did: nothing is left open.
  @Test(.timeLimit(.minutes(1)), arguments: PoolCase.local + PoolCase.mpi3 + PoolCase.hybrid)
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
