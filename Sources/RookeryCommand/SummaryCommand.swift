import ArgumentParser
import Rookery

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Print the summary of saved runs.")

  @OptionGroup var runs: SavedRuns
  @OptionGroup var table: TableOptions

  func run() throws {
    for (i, run) in try runs.load().enumerated() {
      if i > 0, table.chosen != .json { print() }
      run.result.summary(as: table.chosen)
    }
  }
}
