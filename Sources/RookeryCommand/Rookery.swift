import ArgumentParser
import Rookery

@main
struct RookeryTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rookery",
    abstract: "Bayesian sampling: posterior samples and evidence, on one core or under MPI.",
    version: versionInWords,
    subcommands: [
      ProblemsCommand.self, RunCommand.self, SummaryCommand.self, ExportCommand.self, MergeCommand.self,
      CompareCommand.self, ReportCommand.self, DoctorCommand.self, BenchCommand.self,
    ])

  static func main() {
    StandardOutput.prepare()
    SpawnedWorker.enroll()
    nameSettingsAsFlags()
    var reached: any ParsableCommand.Type = Self.self
    var code = ExitCode.success
    do {
      try refuseUnknownSubcommand(CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot()
      reached = type(of: command)
      try command.run()
    } catch let ending as ExitCode {
      code = ending
    } catch {
      code = report(error, of: reached)
    }
    exit(withError: afterOutput(code))
  }

  private static func refuseUnknownSubcommand(_ word: String?) throws {
    let names = configuration.subcommands.map { $0._commandName } + ["help"]
    guard let word, !word.hasPrefix("-"), !names.contains(word) else { return }
    throw ValidationError(
      "there is no subcommand \"\(word)\""
        + (nearest(to: word, among: names).map { "; did you mean \"\($0)\"?" }
          ?? "; there are \(names.joined(separator: ", "))"))
  }
}
