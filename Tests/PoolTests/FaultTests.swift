import TestSupport
import Testing

/// What goes wrong on a pool is said once, with the place and the point, and leaves nothing behind.
@Suite(.serialized) struct FaultTests {
  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local + [.spawned] + PoolCase.mpi3, ["throw", "nan"])
  func failingLikelihood(_ pool: PoolCase, _ fault: String) throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", pool.pool, "--fault", fault, "--at", "123"], ranks: pool.ranks)
    #expect(run.status == 1, "\(run)")
    #expect(!run.wasEnded)
    #expect(run.messages.count == 1)
    let message = try #require(run.messages.first)
    #expect(message.contains(fault == "nan" ? "returned NaN" : "the model has no root"))
    #expect(message.contains("at x0 = "))
    let place = [
      "threads:3": "on thread ", "processes:3": "on worker ", "spawned:3": "on worker ", "mpi": "on rank ",
    ][pool.pool]
    if let place { #expect(message.contains(place)) }
    #expect(run.orphans.isEmpty)
  }

  @Test(.timeLimit(.minutes(10)), arguments: PoolCase.local + PoolCase.mpi3)
  func likelihoodThatCannotBeOpened(_ pool: PoolCase) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool, "--fault", "opening"], ranks: pool.ranks)
    #expect(run.status == 1, "\(run)")
    #expect(!run.wasEnded)
    #expect(run.messages.count == 1)
    let message = try #require(run.messages.first)
    #expect(message.contains("it could not be opened: the library is not there"))
    let place = ["threads:3": "on thread ", "processes:3": "on worker ", "mpi": "on rank "][pool.pool]
    if let place { #expect(message.contains(place)) }
    #expect(run.orphans.isEmpty)
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: zip(
      ["segfault", "trap", "exit", "abort"], ["signal 11", "signal ", "exit code 3", "signal 6"]))
  func crashingLikelihood(_ fault: String, _ how: String) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", "processes:3", "--fault", fault, "--at", "123"])
    #expect(run.status == 1)
    #expect(!run.wasEnded)
    #expect(run.messages.count == 1)
    let message = try #require(run.messages.first)
    #expect(message.contains("killed its worker twice (\(how)"))
    #expect(message.contains("at x0 = "))
    #expect(run.orphans.isEmpty)
  }

  /// A crash that takes the program with it says at least where it was.
  @Test(
    .timeLimit(.minutes(10)),
    arguments: [PoolCase.serial, .threads] + PoolCase.mpi3)
  func crashOfTheProgram(_ pool: PoolCase) throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", pool.pool, "--fault", "segfault", "--at", "123"], ranks: pool.ranks)
    #expect(run.status != 0)
    #expect(!run.wasEnded)
    #expect(run.messages.count == 1)
    let message = try #require(run.messages.first)
    #expect(message.contains("signal 11") && message.contains("at x0 = 0.4388777"))
    if pool.ranks != nil { #expect(message.contains("crashed on rank ")) }
    #expect(run.orphans.isEmpty)
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["segfault", "exit", "abort", "hang"])
  func crashingPointIsRefused(_ fault: String) throws {
    let arguments = ["--pool", "processes:3", "--on-crash", "refuse", "--call-timeout", "0.3"]
    let run = try ProgramRun("PoolProbe", arguments + ["--fault", fault, "--at", "123"])
    #expect(run.status == 0)
    #expect(!run.wasEnded)
    #expect(
      run.values("crashed") == ["1"] && run.values("refused") == ["1"] && run.values("replaced") == ["2"])
    #expect(run.errors == [])
    #expect(run.orphans.isEmpty)
    // Refused by itself it is the same point: the record is the same.
    let refused = try ProgramRun("PoolProbe", ["--fault", "refuse", "--at", "123"])
    #expect(run.values("digest") == refused.values("digest"))
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [PoolCase.threads, .processes] + PoolCase.mpi3)
  func callThatDoesNotReturn(_ pool: PoolCase) throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", pool.pool, "--fault", "hang", "--at", "123", "--call-timeout", "0.3"],
      ranks: pool.ranks)
    #expect(run.status == 1)
    #expect(!run.wasEnded)
    #expect(run.messages.count == 1)
    let message = try #require(run.messages.first)
    #expect(message.contains("did not return within 0.3 s") && message.contains("at x0 = 0.4388777"))
    #expect(run.orphans.isEmpty)
  }

  @Test(.timeLimit(.minutes(10)), arguments: ["serial", "threads:2"])
  func policiesThatNeedProcesses(_ pool: String) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", pool, "--on-crash", "refuse"])
    #expect(run.status == 65)
    #expect(run.messages.first?.contains("processes:N") == true)
    #expect(try ProgramRun("PoolProbe", ["--pool", "auto", "--on-crash", "refuse"]).status == 0)
  }

  /// One worker never answers; the others cannot wait for it.
  @Test(.timeLimit(.minutes(10)), arguments: ["threads:3", "processes:3", "mpi"])
  func stuckWorker(_ pool: String) throws {
    if pool == "mpi" && ProgramRun.mpirun == nil { return }
    let run = try ProgramRun(
      "PoolProbe", ["--pool", pool, "--fault", "throwAndHang", "--at", "123", "--seconds", "0.02"],
      ranks: pool == "mpi" ? 3 : nil)
    #expect(!run.wasEnded)
    #expect(run.status == 1)
    #expect(run.messages.count == 1)
    #expect(run.messages.first?.contains("the model has no root") == true)
    #expect(run.orphans.isEmpty)
  }

  /// Whatever code a likelihood leaves the program with, that is a failure, and told.
  @Test(.timeLimit(.minutes(10)), arguments: [PoolCase.serial, .threads])
  func likelihoodThatLeavesTheProgram(_ pool: PoolCase) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool, "--fault", "exit", "--at", "123"])
    #expect(run.status == 1)
    #expect(run.messages.count == 1)
    let message = try #require(run.messages.first)
    #expect(message.contains("it left the program with exit code 3; at x0 = 0.4388777"))
    #expect(run.output == [] && run.orphans.isEmpty)
  }

  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func rankThatExits() throws {
    let run = try ProgramRun("PoolProbe", ["--pool", "mpi", "--fault", "exit", "--at", "123"], ranks: 3)
    #expect(run.status != 0)
    #expect(!run.wasEnded)
    #expect(run.messages.count == 1)
    #expect(run.messages.first?.contains("left the program in the middle of a run") == true)
    #expect(run.messages.first?.contains("at x0 = 0.4388777") == true)
    #expect(run.orphans.isEmpty)
  }

  @Test(
    .enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)),
    arguments: zip(
      ["differentPrior", "differentLikelihood"], ["the prior of \"x0\"", "the log-likelihood at"]))
  func differentProblems(_ fault: String, _ what: String) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", "mpi", "--fault", fault], ranks: 3)
    #expect(run.status == 1)
    #expect(run.messages.count == 1)
    #expect(run.messages.first?.contains(what) == true)
    #expect(run.messages.first?.contains("on rank 1") == true)
  }

  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func differentThreadsOnRanks() throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", "mpi:threads=2", "--fault", "differentThreads"], ranks: 3)
    #expect(run.status == 1 && run.output == [])
    #expect(run.messages.count == 1)
    #expect(
      run.messages.first?.contains("was started with mpi:threads=3 and rank 0 with 2") == true,
      "\(run.errors)")
    #expect(run.orphans.isEmpty)
  }

  /// What one worker took counts, though the driver took less.
  @Test(.timeLimit(.minutes(10)), arguments: [PoolCase.processes] + PoolCase.mpi3)
  func memoryOfWorkersCounts(_ pool: PoolCase) throws {
    func peak(_ fault: String) throws -> Int {
      let run = try ProgramRun(
        "PoolProbe", ["--pool", pool.pool, "--fault", fault, "--at", "123"], ranks: pool.ranks)
      return try #require(run.values("peak").first.flatMap { Int($0) })
    }
    #expect(try peak("memory") > peak("none") + 80 << 20)
  }

  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)), arguments: PoolCase.local)
  func localPoolUnderALauncher(_ pool: PoolCase) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", pool.pool], ranks: 3)
    #expect(run.status == 65)
    #expect(run.output == [])
    #expect(run.messages.count == 1)
    #expect(run.messages.first?.contains("use pool mpi or auto") == true)
  }

  @Test(.timeLimit(.minutes(10))) func mpiWithoutALauncher() throws {
    let run = try ProgramRun("PoolProbe", ["--pool", "mpi"])
    #expect(run.status == 65)
    #expect(run.messages.first?.contains("mpirun -n") == true)
  }

  @Test(.timeLimit(.minutes(10))) func slurmStepWithoutPMI() throws {
    for (rank, messages) in [("0", 1), ("2", 0)] {
      let run = try ProgramRun(
        "PoolProbe", ["--pool", "auto"], environment: ["SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": rank])
      #expect(run.status == 65)
      #expect(run.messages.count == messages)
      #expect(run.messages.allSatisfy { $0.contains("srun --mpi=pmix") })
    }
  }

  @Test(.timeLimit(.minutes(10))) func unsafeLikelihoodOnThreads() throws {
    let run = try ProgramRun("PoolProbe", ["--pool", "threads:2", "--thread-safe", "no"])
    #expect(run.status == 65)
    #expect(run.messages.first?.contains("processes:2") == true)
    #expect(try ProgramRun("PoolProbe", ["--pool", "threads:1", "--thread-safe", "no"]).status == 0)
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      "threads:0", "processes:x", "fast", "mpi:", "", "threads:-1", "threads:9223372036854775807",
      "threads:4611686018427387904", "processes:9223372036854775807", "processes:2305843009213693952",
      "processes:100000", "threads:100000", "processes:99999999999999999999",
      "mpi:threads=9223372036854775807",
    ])
  func poolThatIsNone(_ text: String) throws {
    let run = try ProgramRun("PoolProbe", ["--pool", text])
    #expect(run.status == 65)
    #expect(run.messages.count == 1)
    #expect(run.messages.first?.contains(text) == true)
    #expect(run.orphans.isEmpty)
  }

  @Test(.timeLimit(.minutes(10))) func poolWithoutEnoughFiles() throws {
    let run = try ProgramRun(
      "PoolProbe", ["--pool", "processes:100"], prefix: ["/bin/sh", "-c", "ulimit -n 64; exec \"$0\" \"$@\""])
    #expect(run.status == 65)
    #expect(run.messages.first?.contains("ulimit -n") == true)
  }

  /// A likelihood that leaves the program has failed, whatever code it leaves with.
  @Test(.timeLimit(.minutes(10)), arguments: ["serial", "threads:2"], ["0", "3", "130"])
  func likelihoodThatExits(_ pool: String, _ code: String) throws {
    let run = try ProgramRun(
      "LaunchProbe", ["--pool", pool, "-q", "--method", "dynesty", "--live", "100"],
      environment: ["DIES": "200:\(code)"])
    #expect(run.status == 1)
    #expect(run.messages.count == 1 && run.output == [])
    #expect(run.messages.first?.contains("exit code \(code)") == true)
    #expect(run.messages.first?.contains("at x0 = ") == true)
  }
}
