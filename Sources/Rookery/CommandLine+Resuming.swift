internal import Glibc
internal import RookeryCore

extension CommandLine {
  /// What this program was called, without its directory.
  static var programName: String {
    arguments.first?.split(separator: "/").last.map(String.init) ?? "program"
  }

  /// The command that goes on with the runs of this one, with the launcher that it was started under.
  static var resuming: String { resuming(arguments, launcher: (try? Launcher.detect()) ?? nil) }

  static func resuming(_ arguments: [String], launcher: Launcher?) -> String {
    var words = arguments.filter { $0 != "--overwrite" }
    if !words.contains("--resume") { words.append("--resume") }
    let command = words.map(quotedForShell).joined(separator: " ")
    guard let launcher, launcher.isParallel else { return command }
    let ranks = launcher.size.map { " -n \($0)" } ?? ""
    let isStep = Launcher.environment("SLURM_STEP_ID") != nil && launcher.name != "Open MPI"
    return "\(isStep ? "srun" : "mpirun")\(ranks) \(command)"
  }

  /// A word as a shell takes it for itself.
  private static func quotedForShell(_ word: String) -> String {
    let plain = word.utf8.allSatisfy {
      ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x41 && $0 <= 0x5a) || ($0 >= 0x61 && $0 <= 0x7a)
        || "-_./:=,+@%".utf8.contains($0) || $0 >= 0x80
    }
    guard !plain || word.isEmpty else { return word }
    var quoted = "'"
    for character in word { quoted += character == "'" ? "'\\''" : String(character) }
    return quoted + "'"
  }
}
