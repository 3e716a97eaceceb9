import Foundation
import TestSupport
import Testing

/// Pools under fire, with real kills and the numbers they are to reach. Some minutes: `make test-stress`. The numbers want a
/// machine with nothing else to do.
@Suite(
  .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["ROOKERY_STRESS"] == "1", "run by make test-stress"))
struct StressTests {
  private func digest(_ arguments: [String]) throws -> [String] {
    try ProgramRun("PoolProbe", ["--pool", "serial"] + arguments, limit: 60).values("digest")
  }

  private func say(_ text: String) { print("stress: \(text)") }

  @Test(.timeLimit(.minutes(10)), arguments: [1, 2])
  func hundredKills(_ seed: Int) throws {
    let sampling = ["--points", "20000", "--window", "256", "--seed", "\(seed)"]
    let killer = WorkerKiller(seed: UInt64(seed))
    let run = try ProgramRun(
      "PoolProbe", ["--pool", "processes:4", "--seconds", "0.001", "--spread", "1"] + sampling, limit: 120
    ) { killer.kill(100, of: $0, workers: 4, pause: 0.04) }
    #expect(killer.recoveries.count == 100)
    #expect(run.status == 0 && run.errors == [])
    #expect(run.values("digest") == (try digest(sampling)))
    #expect(run.values("replaced") == ["100"])
    #expect(run.orphans == [] && run.leftFiles == [])
    let median = try #require(killer.median)
    say("100 kills: recovery \(1e3 * median) ms (median), \(1e3 * (killer.recoveries.max() ?? 0)) ms (worst)")
    #expect(median < 5e-3)
  }

  /// Kills while another point crashes by itself, with few descriptors to spare.
  @Test(.timeLimit(.minutes(10)), arguments: ["segfault", "abort", "hang"])
  func killsAndCrashes(_ fault: String) throws {
    let killer = WorkerKiller(seed: 3)
    let arguments = ["--points", "6000", "--at", "3000"]
    let run = try ProgramRun(
      "PoolProbe",
      [
        "--pool", "processes:8", "--seconds", "0.002", "--fault", fault, "--on-crash", "refuse",
        "--call-timeout", "0.4",
      ]
        + arguments,
      prefix: ["/bin/sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\""], limit: 60
    ) { killer.kill(20, of: $0, workers: 8, pause: 0.03) }
    #expect(run.values("digest") == (try digest(arguments + ["--fault", "refuse"])))
    #expect(run.values("crashed") == ["1"])
    #expect(run.errors == [] && run.orphans == [] && run.leftFiles == [])
  }

  @Test(.timeLimit(.minutes(10))) func killedDriversLeaveNothing() throws {
    for round in 1...10 {
      let run = try ProgramRun(
        "PoolProbe", ["--pool", "processes:8", "--points", "100000", "--seconds", "0.002"]
      ) {
        usleep(UInt32(50_000 * round))
        kill($0, SIGKILL)
      }
      #expect(run.status == SIGKILL && run.orphans == [] && run.leftFiles == [])
    }
  }

  /// A job that loses a rank ends, soon and with nothing left.
  @Test(
    .enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)),
    arguments: ["throw", "segfault", "exit", "hang"])
  func failuresUnderMPI(_ fault: String) throws {
    for pool in ["mpi", "mpi:threads=2"] {
      let run = try ProgramRun(
        "PoolProbe",
        ["--pool", pool, "--fault", fault, "--at", "777", "--points", "2000", "--call-timeout", "0.5"],
        ranks: 5)
      #expect(run.status != 0 && !run.wasEnded)
      // What follows a crash is the launcher's; what a rank can tell is told at once.
      #expect(run.seconds < (fault == "throw" ? 5 : 15))
      #expect(run.messages.count == 1, "\(run.messages)")
      if fault != "exit" { #expect(run.messages.first?.contains("at x0 = ") == true) }
      #expect(run.orphans == [] && run.leftFiles == [])
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: [PoolCase.processes4] + PoolCase.mpi4)
  func dispatchIsCheap(_ pool: PoolCase) throws {
    let times = try (0..<5).map { _ in
      let run = try ProgramRun("PoolProbe", ["--pool", pool.pool, "--benchmark", "1000"], ranks: pool.ranks)
      return try #require(run.values("in").first.flatMap(Double.init))
    }
    say("\(pool): 64 points in \(times.sorted()[2]) us (median of 5 medians)")
    #expect(times.sorted()[2] < 40)
  }

  /// Another run on workers that are there costs next to nothing.
  @Test(.timeLimit(.minutes(10)), arguments: ["threads:8", "processes:8"])
  func anotherRunIsOpenedAtOnce(_ pool: String) throws {
    let times = try (0..<5).map { _ in
      let run = try ProgramRun("PoolProbe", ["--pool", pool, "--openings", "200"])
      return try #require(run.values("takes").first.flatMap(Double.init))
    }
    say("\(pool): another run takes \(times.sorted()[2]) us (median of 5 medians)")
    #expect(times.sorted()[2] < 2000)
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      ("50ms:1", 4, 2000, 0.9), ("50ms:1", 16, 6000, 0.9), ("50ms:1", 32, 10000, 0.9),
      ("1ms", 16, 20000, 0.85),
    ])
  func workersAreKeptBusy(_ cost: String, _ workers: Int, _ calls: Int, _ least: Double) throws {
    // Short calls need more of them in reserve for the moments in which bounds are made.
    let window = (cost == "1ms" ? 128 : 32) * workers
    var pools = [PoolCase(pool: "processes:\(workers)")]
    // Rank 0 evaluates too where ranks are few.
    if ProgramRun.mpirun != nil {
      pools.append(PoolCase(pool: "mpi", ranks: workers <= 8 ? workers : workers + 1))
    }
    for pool in pools {
      let run = try ProgramRun(
        "rookery",
        [
          "run", "gauss10", "--method", "nautilus", "--cost", cost, "--pool", pool.pool, "--window",
          "\(window)", "--max-calls",
          "\(calls)",
          "--quiet", "--json",
        ], ranks: pool.ranks, limit: 90)
      let busy = try #require(run.number("busy"))
      say(
        "busy \(busy) at \(cost), \(run.number("workers") ?? 0) workers, window \(run.number("window") ?? 0), \(pool)"
      )
      #expect(busy >= least)
      #expect(run.orphans == [] && run.leftFiles == [])
    }
  }

  @Test(
    .enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)), arguments: [("no", 1.9), ("yes", 1.6)])
  func twoRanksAreTwiceAsFast(_ computes: String, _ least: Double) throws {
    let arguments = ["--points", "300", "--seconds", "0.005", "--compute", computes]
    let ratios = try (0..<5).map { _ in
      let alone = try ProgramRun("PoolProbe", ["--pool", "serial"] + arguments)
      let two = try ProgramRun("PoolProbe", ["--pool", "mpi"] + arguments, ranks: 2)
      #expect(Set(two.values("digest")) == Set(alone.values("digest")))
      let walls = [alone, two].compactMap { $0.values("wall").first.flatMap(Double.init) }
      return walls.count == 2 ? walls[0] / walls[1] : 0
    }
    say(
      "mpirun -n 2, \(computes == "yes" ? "computing" : "sleeping"): \(ratios.sorted()[2]) times serial (median of 5)"
    )
    #expect(ratios.sorted()[2] >= least)
  }

  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func sixtyFourRanks() throws {
    let arguments = ["run", "gauss5", "--seed", "3", "--quiet", "--json", "--pool"]
    let many = try ProgramRun("rookery", arguments + ["mpi"], ranks: 64, limit: 110)
    let serial = try ProgramRun("rookery", arguments + ["serial"])
    #expect(many.status == 0 && many.number("ranks") == 64)
    #expect(many.text("digest") == serial.text("digest"))
    #expect(many.orphans == [] && many.leftFiles == [])
    say("64 ranks: \(many.number("wall_s") ?? 0) s, and \(many.seconds) s with start and end")
  }

  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func idleRanksRest() throws {
    // Two points of five seconds on four ranks, of which two or three have nothing to do and one carries.
    let run = try ProgramRun(
      "PoolProbe", ["--pool", "mpi", "--points", "2", "--window", "2", "--seconds", "5"], ranks: 4)
    let cpu = try #require(run.values("cpu").first.flatMap(Double.init))
    let wall = try #require(run.values("wall").first.flatMap(Double.init))
    say("idle ranks use \(100 * cpu / (4 * wall)) % of a core")
    #expect(cpu / (4 * wall) < 0.01)
  }
}

extension PoolCase {
  fileprivate static let processes4 = PoolCase(pool: "processes:4")
  fileprivate static let mpi4 = ProgramRun.mpirun == nil ? [] : [PoolCase(pool: "mpi", ranks: 4)]
}

extension ProgramRun {
  /// A number of the object that `--json` prints.
  fileprivate func number(_ name: String) -> Double? { object[name] as? Double }
  fileprivate func text(_ name: String) -> String? { object[name] as? String }

  private var object: [String: Any] {
    let line = output.first { $0.hasPrefix("{") } ?? ""
    return (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] ?? [:]
  }
}
