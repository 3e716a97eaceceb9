import Foundation
import RookeryMPI
import TestSupport
import Testing

/// Workers that stay for several runs, on every kind of pool.
@Suite(.serialized) struct CrewPoolTests {
  private static let pools = PoolCase.local + [.spawned] + PoolCase.mpi3 + PoolCase.hybrid

  /// Nested sampling, importance sampling, a prediction, another problem and a measurement, on one crew: the same to the bit as each with a
  /// crew of its own, on every pool, and nothing is left behind.
  @Test(.timeLimit(.minutes(10)), arguments: pools) func runsOfEverything(_ pool: PoolCase) throws {
    let arguments = ["--mixed", "yes", "--dimension", "2", "--points", "10"]
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool] + arguments, ranks: pool.ranks)
    let serial = try ProgramRun("PoolProbe", ["--pool", "serial"] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.values("mixed") == Array(repeating: "same", count: pool.ranks ?? 1), "\(run.output)")
    for value in ["first", "fourth"] {
      #expect(Set(run.values(value)) == Set(serial.values("first")) && !run.values(value).isEmpty)
    }
    #expect(run.orphans.isEmpty)
  }

  @Test(.timeLimit(.minutes(10)), arguments: pools) func runsThatStopEarly(_ pool: PoolCase) throws {
    let arguments = ["--crew", "yes", "--runs", "3", "--max-calls", "100", "--seconds", "0.005"]
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool] + arguments, ranks: pool.ranks)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.values("calls") == Array(repeating: "100", count: 3 * (pool.ranks ?? 1)))
    #expect(Set(run.values("digest")).count == 1 && run.orphans.isEmpty)
  }

  /// Draws that are for rank 0 alone go nowhere else, on one rank and on many they are there.
  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local + PoolCase.mpi)
  func drawsOnRankZeroAlone(_ pool: PoolCase) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool, "--result", "root"], ranks: pool.ranks)
    let whole = try ProgramRun("PoolProbe", ["--pool", "serial"])
    #expect(run.status == 0 && run.values("calls") == Array(repeating: "400", count: pool.ranks ?? 1))
    let digests = Dictionary(grouping: run.values("digest")) { $0 }.mapValues(\.count)
    let digest = try #require(whole.values("digest").first)
    #expect(digests[digest] == 1 && digests.count == min(2, pool.ranks ?? 1), "\(digests)")
  }

  /// Who listens is called on rank 0 alone.
  @Test(.timeLimit(.minutes(10)), arguments: [PoolCase.processes] + PoolCase.mpi3)
  func observersAreOnRankZero(_ pool: PoolCase) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool, "--observe", "yes"], ranks: pool.ranks)
    #expect(run.status == 0 && run.values("witness") == ["begins", "converged"])
  }

  /// A worker that dies in one run has been replaced for the next, and is not counted there.
  @Test(.timeLimit(.minutes(10))) func deathInTheFirstRun() throws {
    let marker = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: marker) }
    let run = try ProgramRun(
      "PoolProbe",
      ["--pool", "processes:3", "--crew", "yes", "--runs", "2", "--fault", "killOnce", "--at", "123"],
      environment: ["ROOKERY_TEST_MARKER": marker])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.values("replaced") == ["1", "0"] && Set(run.values("digest")).count == 1)
    #expect(run.orphans.isEmpty)
  }

  /// What goes from rank 0 down the tree comes to every rank once.
  @Test(arguments: 1...40) func everyRankHasOneParent(_ size: Int) {
    var parents = [Int: Int]()
    for rank in 0..<size {
      let children = Tree.children(of: rank, among: size)
      #expect(children.allSatisfy { Tree.parent(of: $0) == rank && $0 > rank && $0 < size })
      #expect(1 << children.count < 2 * size, "more than log2 of the ranks")
      for child in children { parents[child, default: 0] += 1 }
    }
    #expect(parents.keys.sorted() == Array(1..<max(size, 1)) && parents.values.allSatisfy { $0 == 1 })
  }
}
