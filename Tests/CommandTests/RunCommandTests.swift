import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct RunCommandTests {
  private let arguments = [
    "run", "gauss10", "--method", "dynesty", "--seed", "7", "--live", "200", "--json", "-q",
  ]

  private func fields(_ run: ProgramRun) throws -> [String: Any] {
    let line = try #require(run.output.first)
    #expect(run.output.count == 1)
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test(.timeLimit(.minutes(10)))
  func oneDigestOnEveryPoolAndRankCount() throws {
    var digests: [String: String] = [:]
    for pool in PoolCase.local + PoolCase.mpi {
      let run = try ProgramRun("rookery", arguments + ["--pool", pool.pool], ranks: pool.ranks)
      #expect(run.status == 0, "\(pool): \(run.errors)")
      #expect(run.errors == [])
      digests[pool.description] = try fields(run)["digest"] as? String
      #expect(run.orphans.isEmpty)
    }
    #expect(digests.count == PoolCase.local.count + PoolCase.mpi.count)
    #expect(Set(digests.values).count == 1, "\(digests)")
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      ["--explorer", "unif", "--bound", "mlfriends"], ["--explorer", "rwalk"], ["--explorer", "slice"],
      ["--explorer", "rslice"], ["--explorer", "mixture"], ["--explorer", "local", "--deletions", "9"],
      ["--dynamic", "--target-ess", "1500"], ["--target-error", "0.15", "--explorer", "local"],
    ])
  func oneDigestForEachExplorerAndForDynamicRuns(_ options: [String]) throws {
    let arguments = ["run", "gauss5", "--method", "dynesty", "--live", "100", "--json", "-q"] + options
    var digests: Set<String> = []
    for pool in PoolCase.local + PoolCase.mpi {
      let run = try ProgramRun("rookery", arguments + ["--pool", pool.pool], ranks: pool.ranks)
      #expect(run.status == 0, "\(pool): \(run.errors)")
      digests.insert(try fields(run)["digest"] as? String ?? "none")
    }
    #expect(digests.count == 1, "\(digests)")
  }

  /// Training of networks, bounds and fits are pieces of work too.
  @Test(.timeLimit(.minutes(10)))
  func oneDigestOfShellsOnEveryPoolAndRankCount() throws {
    var digests: [String: String] = [:]
    for pool in PoolCase.local + PoolCase.mpi {
      let run = try ProgramRun(
        "rookery",
        ["run", "shells2", "--method", "nautilus", "--target-ess", "3000", "--seed", "3", "--json", "-q"]
          + ["--pool", pool.pool], ranks: pool.ranks)
      #expect(run.status == 0, "\(pool): \(run.errors)")
      digests[pool.description] = try fields(run)["digest"] as? String
    }
    #expect(digests.count == PoolCase.local.count + PoolCase.mpi.count)
    #expect(Set(digests.values).count == 1, "\(digests)")
  }

  /// Calls of very different lengths come back out of order; the result must not notice.
  @Test(.timeLimit(.minutes(10)))
  func oneDigestWhenCallsDifferInLength() throws {
    let arguments = [
      "run", "gauss5", "--method", "dynesty", "--live", "40", "--window", "20", "--json", "-q",
    ]
    var digests = [try fields(ProgramRun("rookery", arguments))["digest"] as? String]
    for pool in PoolCase.local.dropFirst() + PoolCase.mpi.dropFirst() {
      let run = try ProgramRun(
        "rookery", arguments + ["--pool", pool.pool, "--cost", "1ms:1"], ranks: pool.ranks)
      digests.append(try fields(run)["digest"] as? String)
    }
    #expect(Set(digests).count == 1, "\(digests)")
  }

  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func fourRanksRunOnceAndPrintOnce() throws {
    let alone = try fields(ProgramRun("rookery", arguments))
    let run = try ProgramRun("rookery", arguments, ranks: 4)
    let four = try fields(run)
    #expect(four["ranks"] as? Int == 4)
    #expect(four["n_like"] as? Int == alone["n_like"] as? Int)
  }

  @Test(.timeLimit(.minutes(10)))
  func summaryAndFiles() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let run = try ProgramRun(
      "rookery",
      ["run", "gauss5", "--method", "dynesty", "--live", "50", "--out", directory, "--format", "csv"])
    #expect(run.status == 0)
    #expect(run.output.contains { $0.contains("gauss5: converged") })
    #expect(run.output.contains { $0.contains("by dynesty with 50 live points") })
    #expect(run.output.contains { $0.hasPrefix("  theta4") })
    #expect(FileManager.default.fileExists(atPath: directory + "/gauss5/samples.csv"))
  }

  @Test(.timeLimit(.minutes(10)))
  func problemsAreListed() throws {
    let run = try ProgramRun("rookery", ["problems"])
    #expect(run.status == 0)
    #expect(run.output.count == 13)
    #expect(run.output.contains { $0.hasPrefix("gauss10") && $0.contains("-24.849") })
  }

  @Test(.timeLimit(.minutes(10)))
  func limitsEndWithTwoAndSignalsWith130() throws {
    let limit = try ProgramRun("rookery", ["run", "gauss10", "--max-calls", "3000", "--json"])
    #expect(limit.status == 2)
    #expect(try fields(limit)["ending"] as? String == "call limit")
    let time = try ProgramRun("rookery", ["run", "gauss5", "--cost", "10ms", "--time-limit", "1s", "--json"])
    #expect(time.status == 2)
    #expect(!time.wasEnded)
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let signal = try ProgramRun(
      "rookery",
      ["run", "gauss5", "--cost", "10ms", "--pool", "processes:2", "--json", "--out", directory]
        + ["--checkpoint-every", "100ms"]
    ) { process in
      waitUntil {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory + "/gauss5")) ?? []
        return files.contains { $0.hasPrefix("checkpoint.") && !$0.hasSuffix(".tmp") }
      }
      // To the whole group, as a batch system does.
      kill(-process, SIGTERM)
    }
    #expect(signal.status == 130)
    #expect(try fields(signal)["ending"] as? String == "interrupted")
    #expect(signal.orphans.isEmpty)
  }

  /// A call that does not return is the likelihood's failure.
  @Test(.timeLimit(.minutes(10))) func failuresOfTheLikelihoodEndWithOne() throws {
    let run = try ProgramRun(
      "rookery",
      ["run", "gauss5", "--cost", "100s", "--call-timeout", "0.2", "--pool", "threads:2", "--json", "-q"])
    #expect(run.status == 1 && run.output == [])
    #expect(run.errors.first?.contains("did not return") == true, "\(run.errors)")
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      (["run", "gaus10"], 65, "gauss10"),
      (["run", "gauss10", "--method", "dynesty", "--live", "1"], 65, "live points"),
      (["run", "gauss10", "--method", "nautilus", "--live", "1"], 65, "there may be 10 to 10 million"),
      (["run", "gauss10", "--method", "dynesty", "--live", "9223372036854775807"], 65, "live points"),
      (
        ["run", "gauss10", "--method", "nautilus", "--live", "9223372036854775807"], 65,
        "there may be 10 to 10 million"
      ),
      (["run", "gauss10", "--target-ess", "1e300"], 65, "effective size"),
      (["run", "gauss10", "--slices", "9223372036854775807"], 65, "slices"),
      (["run", "gauss10", "--live", "100"], 65, "--method"),
      (["run", "gauss10", "--method", "dynesty", "--window", "0"], 65, "window"),
      (["run", "gauss10", "--method", "nautilus", "--explorer", "unif"], 65, "--explorer"),
      (["run", "gauss10", "--walks", "9", "--networks", "2"], 65, "--networks"),
      (["run", "gauss10", "--pool", "mpi"], 65, "mpirun"),
      (["run", "gauss10", "--pool", "gpu"], 64, "gpu"),
      (["run", "gauss10", "--pool", "threads:0"], 64, "threads"),
      (["run", "gauss10", "--cost", "fast"], 65, "fast"),
      (["run", "gauss10", "--time-limit", "soon"], 64, "soon"),
      (["run", "gauss10", "--max-calls", "0"], 64, "max-calls"),
      (["run", "gauss10", "--dlogz=-1"], 65, "remaining evidence"),
      (["run", "gauss10", "--method", "nautilus", "--dlogz", "0"], 65, "remaining evidence"),
      (["run", "gauss10", "--out", "/proc/no"], 74, "/proc/no"),
      (["run", "gauss10", "--nonsense"], 64, "nonsense"),
      (["walk"], 64, "walk"),
    ] as [([String], Int32, String)])
  func badInput(_ arguments: [String], _ status: Int32, _ named: String) throws {
    let run = try ProgramRun("rookery", arguments)
    #expect(run.status == status, "\(run.errors)")
    #expect(run.output == [])
    #expect(run.errors.first?.contains(named) == true, "\(run.errors)")
    #expect(!run.errors.contains { $0.contains("Fatal") || $0.contains("Backtrace") })
  }

  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func badInputUnderMpirunIsSaidOnce() throws {
    for arguments in [
      ["run", "gaus10"], ["run", "gauss10", "--live", "1"], ["run", "gauss10", "--pool", "threads:2"],
    ] {
      let run = try ProgramRun("rookery", arguments, ranks: 3)
      #expect(run.status != 0)
      #expect(!run.wasEnded)
      #expect(run.errors.count { $0.contains("error:") } == 1, "\(run.errors)")
      #expect(run.orphans.isEmpty)
    }
  }
}
