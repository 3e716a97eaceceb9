import Foundation
import TestSupport
import Testing

/// A run gives the same bits on any pool, and on every rank.
@Suite(.serialized) struct SameBitsTests {
  private func reference(_ arguments: [String]) throws -> String {
    let run = try ProgramRun("PoolProbe", ["--pool", "serial"] + arguments)
    return try #require(run.values("digest").first)
  }

  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local + [.spawned] + PoolCase.mpi + PoolCase.hybrid)
  func sameDigest(_ pool: PoolCase) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool], ranks: pool.ranks)
    #expect(run.status == 0)
    #expect(run.values("digest") == Array(repeating: try reference([]), count: pool.ranks ?? 1))
    #expect(run.values("calls").allSatisfy { $0 == "400" })
    #expect(run.values("rank").sorted() == (0..<(pool.ranks ?? 1)).map(String.init))
    #expect(Set(run.values("cpu")).count == 1, "each rank holds the whole result, its cost too")
    #expect(run.orphans.isEmpty)
  }

  /// Chains that do not wait for each other, with and without a limit on calls.
  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local + [.spawned] + PoolCase.mpi3 + PoolCase.hybrid)
  func sameDigestWithLanes(_ pool: PoolCase) throws {
    for more in [[], ["--max-calls", "1000"]] {
      let arguments = ["--lanes", "5", "--dimension", "1", "--seconds", "0.0002", "--spread", "1"] + more
      let serial = try ProgramRun("PoolProbe", ["--pool", "serial"] + arguments)
      let run = try ProgramRun("PoolProbe", ["--pool", pool.pool] + arguments, ranks: pool.ranks)
      #expect(run.status == 0, "\(run.errors)")
      for value in ["digest", "calls", "ending"] {
        #expect(Set(run.values(value)) == Set(serial.values(value)) && !run.values(value).isEmpty, "\(value)")
      }
      #expect(run.orphans.isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local + [.spawned] + PoolCase.mpi3 + PoolCase.hybrid)
  func severalRunsOneAfterAnother(_ pool: PoolCase) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool, "--runs", "3"], ranks: pool.ranks)
    #expect(run.status == 0)
    #expect(run.values("digest") == Array(repeating: try reference([]), count: 3 * (pool.ranks ?? 1)))
  }

  /// A program that runs MPI itself hands in communicators: two runs at once, each on every other rank, and each one after another.
  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func communicatorsOfAHostProgram() throws {
    let run = try ProgramRun("PoolProbe", ["--host-parts", "2", "--runs", "2"], ranks: 5)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.values("digest") == Array(repeating: try reference([]), count: 10))
    #expect(run.values("ranks").sorted() == ["2", "2", "2", "2", "3", "3", "3", "3", "3", "3"])
    #expect(run.values("rank").sorted() == ["0", "0", "0", "0", "1", "1", "1", "1", "2", "2"])
    #expect(run.orphans.isEmpty)
  }

  /// Methods that print or write do so on rank 0 alone; elsewhere they return nil and touch nothing.
  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func onlyRankZeroWrites() throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "rookery-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let run = try ProgramRun("PoolProbe", ["--pool", "mpi", "--write", directory.path], ranks: 3)
    #expect(run.status == 0)
    #expect(run.values("silent").sorted() == ["no", "yes", "yes"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["rank-0"])
  }

  /// Frames longer than any buffer of a socket or of MPI, both ways, and in several parts.
  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local + [.spawned] + PoolCase.mpi3)
  func longFrames(_ pool: PoolCase) throws {
    let arguments = ["--context-bytes", "400000", "--dimension", "3000", "--points", "200"]
    for extra in pool.ranks == nil ? [[]] : [[], ["--part-bytes", "5000"]] {
      let run = try ProgramRun("PoolProbe", ["--pool", pool.pool] + arguments + extra, ranks: pool.ranks)
      #expect(run.status == 0)
      #expect(Set(run.values("digest")) == [try reference(arguments)])
    }
  }

  /// A limit on calls is never passed, by calls that come to nothing either, and ends the run at the same piece everywhere.
  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      ["--method", "dynesty", "--live", "80", "--explorer", "rslice"],
      ["--method", "dynesty", "--live", "80"],
      ["--method", "dynesty", "--live", "60", "--dynamic", "--explorer", "rwalk"], ["--method", "nautilus"],
    ])
  func callLimit(_ method: [String]) throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let limit = 1300
    var seen: Set<[String]> = []
    for (i, pool) in (PoolCase.local + PoolCase.mpi3).enumerated() {
      let tally = "\(directory)/\(i)"
      let run = try ProgramRun(
        "LaunchProbe", method + ["-q", "--max-calls", "\(limit)", "--pool", pool.pool], ranks: pool.ranks,
        environment: ["TALLY": tally])
      #expect(run.status == 2, "\(run.errors)")
      seen.insert(run.values("digest") + run.values("calls"))
      let made = FileManager.default.contents(atPath: tally)?.count ?? 0
      // Beside them ranks compare the likelihood at one point, each for itself.
      #expect(made <= limit + (pool.ranks ?? 0) && made > limit / 2, "\(pool): \(made)")
    }
    #expect(seen.count == 1, "\(seen)")
  }

  @Test(.timeLimit(.minutes(10)))
  func killedWorkerIsReplaced() throws {
    let run = try ProgramRun("PoolProbe", ["--pool", "processes:3", "--fault", "killOnce", "--at", "123"])
    #expect(run.status == 0)
    #expect(run.values("digest") == [try reference([])])
    #expect(run.orphans.isEmpty)
  }

  @Test(.timeLimit(.minutes(10)))
  func eightWorkersWithFewDescriptors() throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", "processes:8"], prefix: ["/bin/sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\""])
    #expect(run.values("digest") == [try reference([])])
  }

  /// A terminal or a batch system signals the whole group; only the driver may heed it.
  @Test(.timeLimit(.minutes(10)), arguments: ["threads:2", "processes:2"])
  func signalToTheGroupInterruptsTheRun(_ pool: String) throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", pool, "--points", "20000", "--seconds", "0.001"], terminatingGroupAfter: 2)
    #expect(run.values("ending") == ["interrupted"])
    #expect(run.errors == [])
    #expect(run.orphans.isEmpty)
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["threads:16", "processes:16"])
  func sleepingWorkersAreKeptBusy(_ pool: String) throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", pool, "--points", "640", "--window", "128", "--seconds", "0.05"])
    let busy = try #require(run.values("busy").first.flatMap { Double($0) })
    #expect(busy > 0.7)
  }
}
