import ArgumentParser
import Rookery

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Merge saved runs of one problem with different seeds into one.",
    discussion: """
      Nested runs are joined through their birth contours: two of 500 live points are as good as one of 1000. Independent \
      draws are pooled.
      """)

  @OptionGroup var runs: SavedRuns
  @OptionGroup var table: TableOptions

  @Option(
    help: ArgumentHelp("Where to save the merged run.", valueName: "dir"), completion: .directory)
  var out: String

  func run() throws {
    let merged = try RunResult.merging(try runs.load().map(\.result))
    // First it is told, then written: what cannot be written is not lost then.
    merged.summary(as: table.chosen)
    try merged.write(to: out)
  }
}
