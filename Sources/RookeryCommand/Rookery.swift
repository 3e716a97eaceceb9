import ArgumentParser
import Rookery

@main
struct RookeryTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rookery",
    abstract: "Bayesian sampling: posterior samples and evidence, on one core or under MPI.",
    version: rookeryVersion,
    subcommands: [
      ProblemsCommand.self, RunCommand.self, SummaryCommand.self, ExportCommand.self, MergeCommand.self,
      CompareCommand.self, ReportCommand.self, DoctorCommand.self, BenchCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      exit(withError: code)
    } catch {
      exit(withError: report(error, of: Self.self))
    }
  }
}
