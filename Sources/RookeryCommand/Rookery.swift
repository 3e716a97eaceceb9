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
    StandardOutput.prepare()
    var code = ExitCode.success
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let ending as ExitCode {
      code = ending
    } catch {
      code = report(error, of: Self.self)
    }
    exit(withError: afterOutput(code))
  }
}
