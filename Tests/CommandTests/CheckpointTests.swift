import Foundation
import TestSupport
import Testing

/// What becomes of a run's directory: refused, resumed, replaced, locked, damaged, full, gone.
@Suite(.serialized) struct CheckpointTests {
  private static let small = [
    "run", "gauss5", "--method", "dynesty", "--explorer", "rslice", "--live", "50", "--json", "-q",
  ]
  private static let slow = small + ["--cost", "1ms", "--checkpoint-every", "50ms"]

  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  private func fields(_ run: ProgramRun) throws -> [String: Any] {
    let line = run.output.first ?? ""
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  private func digest(_ run: ProgramRun) throws -> String? { try fields(run)["digest"] as? String }

  @Test(.timeLimit(.minutes(10)))
  func refusesWhatIsNotTheSameRun() throws {
    try withDirectory { directory in
      let out = ["--out", directory]
      let whole = try ProgramRun("rookery", Self.small)
      let stopped = try ProgramRun("rookery", Self.small + out + ["--max-calls", "2000"])
      #expect(stopped.status == 2, "\(stopped.errors)")

      let neither = try ProgramRun("rookery", Self.small + out)
      #expect(neither.status == 65)
      #expect(
        neither.errors.first?.contains("--resume") == true
          && neither.errors.first?.contains("--overwrite") == true)
      for (change, named) in [
        (["--seed", "2"], "seed"), (["--live", "60"], "live"), (["--slices", "9"], "slices"),
        (["--window", "5"], "window"), (["--on-nan", "refuse"], "NaN"),
      ] {
        let run = try ProgramRun("rookery", Self.small + out + ["--resume"] + change)
        #expect(run.status == 65 && run.output == [])
        #expect(run.errors.first?.contains(named) == true, "\(run.errors)")
      }
      let other = ["run", "gauss5", "--method", "nautilus", "--json", "-q"] + out + ["--resume"]
      #expect(try ProgramRun("rookery", other).errors.first?.contains("method") == true)

      // The same limit stops it where it is; another lets it go on; pool and targets may change.
      let again = try ProgramRun("rookery", Self.small + out + ["--resume", "--max-calls", "2000"])
      #expect(again.status == 2)
      #expect(try digest(again) == digest(stopped))
      let resumed = try ProgramRun("rookery", Self.small + out + ["--resume", "--pool", "processes:2"])
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try digest(resumed) == digest(whole))
      #expect(try fields(resumed)["n_like"] as? Int == fields(whole)["n_like"] as? Int)
      let replaced = try ProgramRun("rookery", Self.small + out + ["--overwrite", "--seed", "2"])
      #expect(replaced.status == 0)
      #expect(try digest(replaced) != digest(whole))
    }
  }

  /// Nothing is thrown away: the calls made so far count.
  @Test(.timeLimit(.minutes(10)))
  func finishedRunsGoOn() throws {
    try withDirectory { directory in
      let shells = [
        "run", "gauss5", "--method", "nautilus", "--json", "-q", "--out", directory + "/a", "--target-ess",
      ]
      let first = try fields(ProgramRun("rookery", shells + ["1000"]))
      let more = try fields(ProgramRun("rookery", shells + ["4000", "--resume"]))
      #expect(more["ess"] as? Double ?? 0 >= 4000)
      let (before, after) = (try #require(first["n_like"] as? Int), try #require(more["n_like"] as? Int))
      let alone = try fields(
        ProgramRun(
          "rookery", ["run", "gauss5", "--method", "nautilus", "--json", "-q", "--target-ess", "4000"]))
      #expect(after > before && after < before + (alone["n_like"] as? Int ?? 0))

      let nested = Self.small + ["--out", directory + "/b", "--dlogz"]
      let rough = try fields(ProgramRun("rookery", nested + ["0.5"]))
      let fine = try fields(ProgramRun("rookery", nested + ["0.001", "--resume"]))
      #expect(fine["status"] as? String == "ok")
      #expect(fine["n_like"] as? Int ?? 0 > rough["n_like"] as? Int ?? 0)
      // Batches of further live points, after a run that had none and after one that had some.
      var calls = fine["n_like"] as? Int ?? 0
      for size in [800.0, 1600] {
        let batches = try fields(
          ProgramRun("rookery", nested + ["0.001", "--resume", "--target-ess", "\(size)"]))
        #expect(batches["status"] as? String == "ok")
        #expect(batches["ess"] as? Double ?? 0 >= size)
        #expect(batches["n_like"] as? Int ?? 0 > calls)
        calls = batches["n_like"] as? Int ?? 0
      }
    }
  }

  /// Asked for the same again, a finished run only gives its result again, also where the last points that came in left more
  /// evidence than was asked for.
  @Test(.timeLimit(.minutes(10)), arguments: ["1", "3", "9", "12"])
  func finishedRunsStayAsTheyAre(_ seed: String) throws {
    try withDirectory { directory in
      let arguments = Self.small + ["--window", "20", "--seed", seed, "--out", directory]
      let first = try ProgramRun("rookery", arguments)
      let again = try ProgramRun("rookery", arguments + ["--resume"])
      #expect(again.status == 0, "\(again.errors)")
      #expect(try digest(first) == digest(again))
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func oneProcessAtATime() throws {
    try withDirectory { directory in
      let arguments = Self.slow + ["--out", directory]
      var second: ProgramRun?
      let first = try ProgramRun("rookery", arguments) { process in
        waitForFile(directory + "/gauss5/checkpoint.rookery-dynesty")
        second = try? ProgramRun("rookery", arguments + ["--overwrite"])
        kill(process, SIGUSR1)
      }
      #expect(first.status == 130, "\(first.errors)")
      #expect(second?.status == 74)
      #expect(second?.errors.first?.contains("another process") == true, "\(second?.errors ?? [])")
    }
  }

  /// A signal ends a run everywhere, and nothing is lost by it.
  @Test(.timeLimit(.minutes(10)))
  func signalsKeepTheState() throws {
    let whole = try digest(ProgramRun("rookery", Self.small))
    var cases: [(PoolCase, Int32)] = [
      (.serial, SIGINT), (.processes, SIGTERM), (.processes, SIGUSR2), (.threads, SIGUSR1),
    ]
    if ProgramRun.mpirun != nil {
      cases += [(PoolCase(pool: "mpi", ranks: 3), SIGUSR1), (PoolCase(pool: "mpi", ranks: 2), SIGTERM)]
    }
    for (pool, signal) in cases {
      try withDirectory { directory in
        let out = ["--out", directory]
        let run = try ProgramRun("rookery", Self.slow + out + ["--pool", pool.pool], ranks: pool.ranks) {
          process in
          waitForFile(directory + "/gauss5/checkpoint.rookery-dynesty")
          kill(process, signal)
        }
        // What mpirun makes of a SIGTERM is its own affair.
        if pool.ranks == nil || signal == SIGUSR1 {
          #expect(run.status == 130, "\(pool), \(signal): \(run.errors)")
        }
        #expect(!run.wasEnded && run.orphans == [], "\(pool), \(signal)")
        let resumed = try ProgramRun("rookery", Self.small + out + ["--resume", "--pool", "threads:2"])
        #expect(resumed.status == 0, "\(pool), \(signal): \(resumed.errors)")
        #expect(try digest(resumed) == whole, "\(pool), \(signal)")
      }
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func damageFallsBackOrIsRefused() throws {
    try withDirectory { directory in
      let out = ["--out", directory]
      for calls in ["1000", "2000"] {
        _ = try ProgramRun("rookery", Self.small + out + ["--resume", "--max-calls", calls])
      }
      let newest = URL(fileURLWithPath: directory + "/gauss5/checkpoint.rookery-dynesty")
      var bytes = try Data(contentsOf: newest)
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: newest)
      let resumed = try ProgramRun("rookery", Self.small + out + ["--resume"])
      #expect(resumed.status == 0)
      #expect(
        resumed.errors.contains { $0.contains("warning") && $0.contains("before it") }, "\(resumed.errors)")
      #expect(try digest(resumed) == digest(ProgramRun("rookery", Self.small)))

      for name in [newest.path, newest.path + ".previous"] {
        try Data("rookery checkpoint\n\u{9}\0\0\0".utf8).write(to: URL(fileURLWithPath: name))
      }
      let refused = try ProgramRun("rookery", Self.small + out + ["--resume"])
      #expect(refused.status == 74 && refused.output == [])
      #expect(refused.errors.first?.contains("--overwrite") == true, "\(refused.errors)")
    }
  }

  /// A full disk is said and waited out; a directory that is gone is said too, and costs no more than the files.
  @Test(.timeLimit(.minutes(10)))
  func fullDisksAndLostDirectories() throws {
    try withDirectory { directory in
      let quick = Self.small + ["--cost", "50us", "--checkpoint-every", "10ms", "--out", directory]
      // No file may have more than a few kilobytes.
      let full = try ProgramRun(
        "rookery", quick, prefix: ["/bin/bash", "-c", "ulimit -f 8; exec \"$@\"", "sh"])
      #expect(full.status == 74)
      #expect(
        full.errors.contains { $0.contains("no checkpoint") && $0.contains("too large") }, "\(full.errors)")
      #expect(try digest(full) == digest(ProgramRun("rookery", Self.small)))
    }
    try withDirectory { directory in
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      let gone = try ProgramRun(
        "rookery", Self.slow + ["--pool", "threads:2", "--out", "out"],
        prefix: ["/usr/bin/env", "-C", directory]
      ) { process in
        let first = directory + "/out/gauss5/checkpoint.rookery-dynesty"
        waitForFile(first)
        try? FileManager.default.removeItem(atPath: directory + "/out")
        usleep(300_000)
        kill(process, SIGUSR1)
      }
      #expect(gone.status == 74)
      #expect(gone.errors.contains { $0.contains("No such file") }, "\(gone.errors)")
    }
  }

  /// The recipe of the README, with a `scontrol` that only says what it was asked for.
  @Test(.enabled(if: ProgramRun.mpirun != nil), .timeLimit(.minutes(10)))
  func theRecipeForSlurm() throws {
    try withDirectory { directory in
      let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "../../README.md")
      let parts = try String(contentsOf: readme, encoding: .utf8).components(separatedBy: "#SBATCH --signal")
      let recipe = try #require(
        parts.last?.components(separatedBy: "```").first?.split(separator: "\n").dropFirst())
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
      let script = """
        cd \(directory)
        export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 SLURM_JOB_ID=42
        scontrol() { echo "scontrol $*"; }
        mpirun() { exec \(ProgramRun.mpirun ?? "mpirun") --oversubscribe -n 2 "$@"; }
        rookery=\(program)/rookery
        \(recipe.joined(separator: "\n").replacingOccurrences(of: "mpirun rookery", with: "mpirun $rookery"))
        """
      let file = directory + "/job.sh"
      try script.write(toFile: file, atomically: true, encoding: .utf8)
      let run = try ProgramRun("job", [], prefix: ["/bin/bash", file]) { process in
        // The lock is taken just before signals are heeded.
        waitForFile(directory + "/runs/loggamma10/.lock")
        usleep(1_000_000)
        kill(process, SIGUSR1)
      }
      #expect(run.output.contains("scontrol requeue 42"), "\(run.output) \(run.errors)")
      #expect(!run.wasEnded && run.orphans == [])
      #expect(
        FileManager.default.fileExists(atPath: directory + "/runs/loggamma10/checkpoint.rookery-dynesty"))
    }
  }
}
