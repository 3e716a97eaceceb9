import Foundation
import TestSupport
import Testing

/// What the command says of itself, and whether it is true.
@Suite(.serialized) struct HelpTests {
  private static let subcommands = [
    ["problems"], ["run"], ["summary"], ["export"], ["merge"], ["compare"], ["report"], ["doctor"],
    ["bench", "pool"],
  ]

  private static let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent(
      "../../README.md")

  private func help(_ subcommand: [String]) throws -> String {
    let run = try ProgramRun("rookery", subcommand + ["--help"])
    #expect(run.status == 0)
    return run.output.joined(separator: "\n")
  }

  private func flags(_ text: String) -> Set<String> {
    let words = text.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    return Set(
      words.filter { $0.hasPrefix("--") && $0.dropFirst(2).first?.isLetter == true }.map(String.init))
  }

  /// Every flag that the README gives to a program of this package exists.
  @Test(.timeLimit(.minutes(10)))
  func flagsOfTheREADME() throws {
    let known = try Self.subcommands.reduce(into: flags(help([]))) { $0.formUnion(flags(try help($1))) }
    // Flags of swift, mpirun, srun and Slurm's batch files.
    let foreign: Set = [
      "--mpi", "--ntasks", "--time", "--requeue", "--open-mode", "--signal", "--product", "--scratch-path",
      "--traits", "--generate-completion-script", "--allow-run-as-root", "--oversubscribe",
    ]
    let named = flags(try String(contentsOf: Self.readme, encoding: .utf8)).subtracting(foreign)
    #expect(named.count > 20)
    #expect(named.subtracting(known).sorted() == [])
  }

  /// The commands of the README that end soon do what they say when they are followed in its order, in one directory.
  @Test(.timeLimit(.minutes(10)))
  func commandsOfTheREADMEInTheirOrder() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let lines = try String(contentsOf: Self.readme, encoding: .utf8).split(separator: "\n").filter {
      $0.hasPrefix("    rookery ")
    }
    #expect(lines.count > 12)
    // What takes long, or needs what `make run` makes.
    let slow = ["--cost", "doctor", "bench", "20000", "planets"]
    for line in lines where !slow.contains(where: { line.contains($0) }) {
      let words = line.prefix { $0 != "#" }.split(separator: " ").dropFirst().map(String.init)
      let run = try ProgramRun("rookery", words, prefix: ["/usr/bin/env", "-C", directory], limit: 60)
      #expect(run.status == 0, "\(line): \(run.errors)")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func defaultsAndPlaceholders() throws {
    let text = try help(["run"])
    let options = text.components(separatedBy: "\n  -").dropFirst().map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    for name in [
      "live", "window", "target-ess", "dlogz", "slices", "walks", "enlarge", "bootstrap", "on-nan", "format",
      "method",
      "explorer", "bound", "deletions", "networks", "seed", "pool", "max-calls", "time-limit",
      "checkpoint-every",
    ] {
      let option = try #require(options.first { $0.hasPrefix("-\(name) ") }, "\(name)")
      #expect(option.contains("default: "), "\(option)")
      // A placeholder that repeats the name says nothing.
      #expect(!option.hasPrefix("-\(name) <\(name)>"), "\(option)")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func versionNamesTheLibraries() throws {
    let run = try ProgramRun("rookery", ["--version"])
    #expect(run.status == 0)
    for line in ["rookery ", "MPI: ", "BLAS: "] {
      #expect(run.output.contains { $0.hasPrefix(line) }, "\(run.output)")
    }
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      (["runn", "gauss10"], 64, ["\"run\"", "rookery --help"]),
      (["sumary"], 64, ["\"summary\""]),
      (["run", "gauss10", "--pool", "4"], 64, ["processes:4", "threads:4"]),
      (["run", "gauss10", "--live", "1000"], 65, ["--method nested", "--method importance"]),
      (["run", "gauss10", "--seed", "-1"], 64, ["'-1'", "from 0"]),
      (["run", "gauss10", "--max-calls", "1.5"], 64, ["1.5", "whole number"]),
      (["run", "gauss10", "--metod", "auto"], 64, ["--method", "rookery run --help"]),
      (["report", "nowhere", "--truth", "theta0:1"], 64, ["theta0:1", "rookery report --help"]),
      (["report", "a", "--out"], 64, ["--out", "rookery report --help"]),
    ] as [([String], Int32, [String])])
  func errorsSayWhatToDoInOneStyle(_ arguments: [String], _ status: Int32, _ named: [String]) throws {
    let run = try ProgramRun("rookery", arguments)
    #expect(run.status == status && run.output == [], "\(run.errors)")
    #expect(run.errors.first?.hasPrefix("rookery: error: ") == true, "\(run.errors)")
    #expect(run.errors.count { $0.lowercased().contains("error: ") } == 1)
    for word in named { #expect(run.errors.contains { $0.contains(word) }, "\(word): \(run.errors)") }
  }

  @Test(.timeLimit(.minutes(10)))
  func wholeNumbersAsPeopleWriteThem() throws {
    let arguments = ["run", "gauss5", "--method", "dynesty", "--json", "-q", "--live"]
    let runs = try ["100", "1e2"].map { try ProgramRun("rookery", arguments + [$0]) }
    #expect(runs[0].status == 0 && runs[1].status == 0)
    let digests = runs.map { $0.output.first?.components(separatedBy: "\"digest\":").last?.prefix(18) }
    #expect(digests[0] == digests[1])
  }

  /// The script for bash, sourced and asked as bash asks it.
  @Test(.timeLimit(.minutes(10)))
  func completionOfDirectoriesProblemsAndFormats() throws {
    let directory = NSTemporaryDirectory() + "rookery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileManager.default.createDirectory(atPath: directory + "/output", withIntermediateDirectories: true)
    try ProgramRun("rookery", ["--generate-completion-script", "bash"]).output.joined(separator: "\n")
      .write(toFile: directory + "/script", atomically: true, encoding: .utf8)
    func completions(_ words: [String]) throws -> [String] {
      let ask = """
        cd \(directory); source ./script; COMP_WORDS=(rookery \(words.joined(separator: " "))); COMP_CWORD=\(words.count)
        COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMP_KEY=9
        _rookery rookery "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"; printf '%s\\n' "${COMPREPLY[@]}"
        """
      let file = directory + "/ask"
      try ask.write(toFile: file, atomically: true, encoding: .utf8)
      return try ProgramRun("rookery", [], prefix: ["/bin/bash", file]).output
    }
    #expect(try completions(["summary", "ou"]) == ["output"])
    #expect(try completions(["report", "ou"]) == ["output"])
    #expect(try completions(["run", "gauss"]).sorted() == ["gauss10", "gauss20", "gauss30", "gauss5"])
    #expect(try completions(["run", "gauss5", "--out", "ou"]) == ["output"])
    #expect(try completions(["export", "output", "--format", "po"]) == ["polychord"])
    #expect(try completions(["run", "gauss5", "--method", "nau"]) == ["nautilus"])
  }
}
