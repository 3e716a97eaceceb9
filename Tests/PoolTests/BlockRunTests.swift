import Foundation
import TestSupport
import Testing

/// Runs whose likelihood is asked for blocks of points: the same bits everywhere, and whoever is at fault in a block is found.
@Suite(.serialized) struct BlockRunTests {
  private static let methods = [
    ["--method", "nautilus", "--live", "100", "--target-ess", "1000"],
    ["--method", "dynesty", "--live", "200", "--dlogz", "0.5"],
    ["--method", "dynesty", "--live", "100", "--explorer", "rwalk", "--dlogz", "1"],
  ]
  private static let pools =
    PoolCase.local + (ProgramRun.mpirun == nil ? [] : [1, 2, 3].map { PoolCase(pool: "mpi", ranks: $0) })

  private func run(
    _ method: Int, on pool: PoolCase, block: String = "16", _ more: [String] = []
  ) throws -> ProgramRun {
    try ProgramRun(
      "CaseProbe", Self.methods[method] + ["--json", "-q", "--seed", "3", "--pool", pool.pool] + more,
      ranks: pool.ranks, environment: ["CASE": "gauss5", "BLOCK": block])
  }

  private func value(_ name: String, _ run: ProgramRun) -> String? {
    let line = run.output.first { $0.hasPrefix("{") } ?? ""
    let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return (object?[name]).map { "\($0)" }
  }

  @Test(.timeLimit(.minutes(10)), arguments: 0..<3) func sameBitsOnAllPools(_ method: Int) throws {
    let serial = try run(method, on: .serial)
    let digest = try #require(value("digest", serial), "\(serial.errors)")
    for pool in Self.pools.dropFirst() {
      let other = try run(method, on: pool)
      #expect(value("digest", other) == digest, "\(pool): \(other.errors)")
      #expect(value("n_like", other) == value("n_like", serial) && other.orphans.isEmpty)
    }
    // The size of a block is part of what a run is.
    #expect(try value("digest", run(method, on: .serial, block: "7")) != digest)
  }

  @Test(.timeLimit(.minutes(10)), arguments: 0..<2) func stoppedAndTakenUpAgain(_ method: Int) throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let whole = try run(method, on: .serial)
    for (calls, pool) in [(700, PoolCase.serial), (2500, .processes), (nil, .threads)] as [(Int?, PoolCase)] {
      let limit = calls.map { ["--max-calls", "\($0)"] } ?? []
      let part = try run(method, on: pool, ["--out", directory, "--resume"] + limit)
      #expect(part.status == (calls == nil ? 0 : 2), "\(part.errors)")
      if calls == nil { #expect(value("digest", part) == value("digest", whole)) }
    }
    // Another size of blocks is another run.
    let other = try run(method, on: .serial, block: "8", ["--out", directory, "--resume"])
    #expect(other.status == 65 && other.messages.first?.contains("at once") == true, "\(other.errors)")
  }
}

/// Faults of one point among those evaluated at once.
@Suite(.serialized) struct BlockFaultTests {
  private static let block = ["--block", "10", "--at", "123"]

  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local + PoolCase.mpi3 + PoolCase.hybrid)
  func sameDigest(_ pool: PoolCase) throws {
    // Rows are summed by themselves here, so blocks change nothing.
    let alone = try ProgramRun("PoolProbe", ["--pool", "serial"])
    let run = try ProgramRun(
      "PoolProbe", ["--pool", pool.pool, "--block", "10"], ranks: pool.ranks)
    #expect(Set(run.values("digest")) == Set(alone.values("digest")) && run.orphans.isEmpty)
    #expect(run.values("calls").allSatisfy { $0 == "400" })
  }

  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local, ["throw", "nan"])
  func theRowAtFaultIsNamed(_ pool: PoolCase, _ fault: String) throws {
    let alone = try ProgramRun("PoolProbe", ["--fault", fault, "--at", "123"])
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool, "--fault", fault] + Self.block)
    #expect(run.status == 1 && run.messages.count == 1)
    let point = try #require(alone.messages.first?.components(separatedBy: "; at ").last)
    #expect(run.messages.first?.hasSuffix(point) == true, "\(run.messages), not \(point)")
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["segfault", "exit"])
  func theRowThatCrashesIsNamed(_ fault: String) throws {
    let alone = try ProgramRun("PoolProbe", ["--pool", "processes:3", "--fault", fault, "--at", "123"])
    let run = try ProgramRun("PoolProbe", ["--pool", "processes:3", "--fault", fault] + Self.block)
    #expect(run.status == 1 && run.messages.count == 1 && run.orphans.isEmpty)
    #expect(run.messages.first?.contains("killed its worker twice") == true)
    let point = try #require(alone.messages.first?.components(separatedBy: "; at ").last)
    #expect(run.messages.first?.hasSuffix(point) == true, "\(run.messages), not \(point)")
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["segfault", "hang"])
  func theRowThatCrashesIsRefused(_ fault: String) throws {
    let arguments = ["--pool", "processes:3", "--on-crash", "refuse", "--call-timeout", "1"]
    let run = try ProgramRun("PoolProbe", arguments + Self.block + ["--fault", fault])
    #expect(run.status == 0 && run.errors == [] && run.orphans.isEmpty)
    #expect(run.values("crashed") == ["1"] && run.values("refused") == ["1"])
    #expect(run.values("replaced") == ["3"], "one at the block, two at the row")
    let refused = try ProgramRun("PoolProbe", Self.block + ["--fault", "refuse"])
    #expect(run.values("digest") == refused.values("digest") && refused.values("refused") == ["1"])
    let alone = try ProgramRun("PoolProbe", ["--fault", "refuse", "--at", "123"])
    #expect(alone.values("digest") == refused.values("digest"))
  }

  @Test(.timeLimit(.minutes(10)))
  func aWorkerKilledInABlockChangesNothing() throws {
    let run = try ProgramRun("PoolProbe", ["--pool", "processes:3", "--fault", "killOnce"] + Self.block)
    let undisturbed = try ProgramRun("PoolProbe", ["--block", "10"])
    #expect(run.status == 0 && run.values("replaced") == ["1"] && run.values("refused") == ["0"])
    #expect(run.values("digest") == undisturbed.values("digest"))
  }

  /// A crash that takes the program with it says that it was in a block.
  @Test(.timeLimit(.minutes(10))) func crashOfTheProgramInABlock() throws {
    let run = try ProgramRun("PoolProbe", ["--fault", "segfault"] + Self.block)
    #expect(run.status != 0 && run.messages.count == 1)
    #expect(run.messages.first?.contains("one of 10 points evaluated at once") == true)
  }
}
