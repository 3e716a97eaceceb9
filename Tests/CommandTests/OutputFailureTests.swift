import Foundation
import TestSupport
import Testing

/// Results that cannot be printed or written are not lost, and never end with the code of success.
@Suite(.serialized) struct OutputFailureTests {
  private static let quick = ["run", "gauss5", "--method", "dynesty", "--live", "40", "-q"]

  private func withDirectory(_ body: (String) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  /// Runs the command line with the streams that a shell gives it.
  private func run(
    _ program: String, _ arguments: [String], _ redirection: String, in directory: String? = nil,
    limit: Double = 30, meanwhile: ((Int32) -> Void)? = nil
  ) throws -> ProgramRun {
    let place = directory ?? NSTemporaryDirectory()
    return try ProgramRun(
      program, arguments,
      prefix: ["/bin/bash", "-c", "cd '\(place)'; \(redirection)", "sh"], limit: limit, meanwhile: meanwhile)
  }

  @Test(.timeLimit(.minutes(10)))
  func standardOutputThatTakesNothing() throws {
    try withDirectory { directory in
      let saved = directory + "/s"
      #expect(try ProgramRun("rookery", Self.quick + ["--out", saved]).status == 0)
      let place = saved + "/gauss5"
      let cases: [(String, [String])] = [
        ("rookery", Self.quick + ["--json"]), ("rookery", Self.quick), ("rookery", ["problems"]),
        ("rookery", ["summary", place]), ("rookery", ["summary", place, "--json"]),
        ("rookery", ["export", place, "--format", "csv"]), ("rookery", ["report", place, "--json"]),
        ("rookery", ["compare", place, place]), ("rookery", ["--help"]), ("rookery", ["--version"]),
        ("minimal", ["--method", "dynesty", "--live", "40", "-q"]),
      ]
      for (program, arguments) in cases {
        for redirection in ["exec \"$@\" > /dev/full", "exec \"$@\" >&-"] {
          let run = try run(program, arguments, redirection)
          #expect(run.status == 74, "\(arguments) \(redirection): \(run.status) \(run.errors)")
          #expect(run.errors.contains { $0.contains("standard output") }, "\(run.errors)")
        }
      }
      // Standard error that is closed costs nothing but the words.
      let silent = try run("rookery", Self.quick + ["--json"], "exec \"$@\" 2>&- 0<&-")
      #expect(silent.status == 0 && silent.output.count == 1)
    }
  }

  /// A closed stream's number goes to no file: what is printed must not end up in one.
  @Test(.timeLimit(.minutes(10)))
  func filesStayWholeWhereStandardOutputIsClosed() throws {
    try withDirectory { directory in
      let run = try run("rookery", Self.quick + ["--out", "o", "--json"], "exec \"$@\" >&-", in: directory)
      #expect(run.status == 74)
      for name in ["samples.npz", "summary.json", ".lock", "checkpoint.rookery-dynesty"] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: directory + "/o/gauss5/" + name))
        #expect(!bytes.starts(with: Data("{\"schema\"".utf8)), "\(name)")
      }
    }
  }

  /// A file may not grow beyond a limit, as on a full disk, anywhere: the result is told all the same.
  @Test(.timeLimit(.minutes(10)), arguments: [true, false])
  func fullEverywhere(_ isJSON: Bool) throws {
    try withDirectory { directory in
      let run = try run(
        "rookery", Self.quick + ["--out", "o"] + (isJSON ? ["--json"] : []), "ulimit -f 16; exec \"$@\"",
        in: directory)
      #expect(run.status == 74, "\(run.errors)")
      #expect(
        run.errors.contains { $0.contains("File too large") && $0.contains("nor could") }, "\(run.errors)")
      #expect(run.output.contains { isJSON ? $0.hasPrefix("{\"schema\"") : $0.contains("log Z = ") })
      let left = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
      #expect(!left.contains { $0.contains("tmp") || $0.contains("rookery-gauss5") }, "\(left)")
    }
  }

  /// A disk that is full: the result is kept in the working directory, and can be used from there.
  @Test(.timeLimit(.minutes(10)))
  func aFullDisk() throws {
    try withDirectory { directory in
      let disk = directory + "/disk"
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
      let mount = Process()
      mount.executableURL = URL(fileURLWithPath: "/bin/mount")
      mount.arguments = ["-t", "tmpfs", "-o", "size=48k", "tmpfs", disk]
      mount.standardError = FileHandle.nullDevice
      guard getuid() == 0, (try? mount.run()) != nil,
        {
          mount.waitUntilExit(); return mount.terminationStatus == 0
        }()
      else {
        print("no small file system can be mounted here: skipped")
        return
      }
      defer {
        let unmount = Process()
        unmount.executableURL = URL(fileURLWithPath: "/bin/umount")
        unmount.arguments = [disk]
        if (try? unmount.run()) != nil { unmount.waitUntilExit() }
      }
      let run = try run("rookery", Self.quick + ["--out", disk, "--json"], "exec \"$@\"", in: directory)
      #expect(run.status == 74, "\(run.errors)")
      #expect(run.output.count == 1)
      #expect(run.errors.contains { $0.contains("No space left") && $0.contains("instead") }, "\(run.errors)")
      try expectKept(run, in: directory)
    }
  }

  private func expectKept(_ run: ProgramRun, in directory: String) throws {
    let kept = try FileManager.default.contentsOfDirectory(atPath: directory).filter {
      $0.hasPrefix("rookery-gauss5-")
    }
    #expect(kept.count == 1, "\(kept)")
    #expect(run.errors.contains { $0.contains(kept.first ?? "?") })
    let again = try ProgramRun("rookery", ["summary", directory + "/" + (kept.first ?? "?"), "--json"])
    let line = try #require(run.output.first)
    let digest = try #require(line.firstRange(of: #/"digest":"[0-9a-f]+"/#).map { String(line[$0]) })
    #expect(again.output.first?.contains(digest) == true)
  }

  /// The directory goes while the run goes on.
  @Test(.timeLimit(.minutes(10)), arguments: [false, true])
  func aDirectoryThatIsRemoved(_ isInterrupted: Bool) throws {
    try withDirectory { directory in
      let arguments =
        Self.quick + ["--out", "o", "--json", "--cost", isInterrupted ? "20ms" : "300us", "--pool", "serial"]
      let run = try run("rookery", arguments, "exec \"$@\"", in: directory) { process in
        for _ in 0..<1000 where !FileManager.default.fileExists(atPath: directory + "/o/gauss5/.lock") {
          usleep(2000)
        }
        try? FileManager.default.removeItem(atPath: directory + "/o")
        guard isInterrupted else { return }
        usleep(500_000)
        kill(process, SIGTERM)
      }
      #expect(run.status == 74, "\(run.errors)")
      #expect(run.output.first?.contains(isInterrupted ? "interrupted" : "converged") == true)
      try expectKept(run, in: directory)
    }
  }

  /// The loser of two starts is told who works there.
  @Test(.timeLimit(.minutes(10)))
  func whoIsAtWork() throws {
    try withDirectory { directory in
      let slow = Self.quick + ["--cost", "20ms", "--out", directory, "--json"]
      var second: ProgramRun?
      let first = try ProgramRun("rookery", slow + ["--time-limit", "4s"]) { process in
        for _ in 0..<1000 where !FileManager.default.fileExists(atPath: directory + "/gauss5/.lock") {
          usleep(2000)
        }
        usleep(100_000)
        second = try? ProgramRun("rookery", slow)
        #expect(
          second?.errors.contains { $0.contains("process \(process) on ") } == true, "\(second?.errors ?? [])"
        )
      }
      #expect(first.status == 2)
      #expect(second?.status == 74)
    }
  }

  /// What a program prints and what a summary prints come in order, also in a file.
  @Test(.timeLimit(.minutes(10)))
  func printAndSummaryInOrder() throws {
    let run = try ProgramRun(
      "CaseProbe", ["--method", "dynesty", "--live", "40", "-q"], environment: ["CASE": "ridge"])
    #expect(run.status == 0 || run.status == 2, "\(run.errors)")
    #expect(run.output.first?.hasPrefix("right log Z") == true, "\(run.output)")
    #expect(run.output.count > 5)
  }
}
