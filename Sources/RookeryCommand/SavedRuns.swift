import ArgumentParser
import Rookery

/// The saved runs that a command line names.
struct SavedRuns: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Directories of saved runs, or directories of such directories.", valueName: "dir"),
    completion: .directory)
  var directories: [String]

  func validate() throws {
    if directories.isEmpty { throw ValidationError("give the directory of a saved run") }
  }

  /// Each run with its directory, in the order given; the runs within a directory by name.
  func load() throws -> [(directory: String, result: RunResult)] {
    try directories.flatMap { try RunResult.savedDirectories(at: $0) }.map {
      ($0, try RunResult(contentsOf: $0))
    }
  }
}

/// How a table is to be written.
struct TableOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How to print it.", valueName: "form"))
  var format = TableFormat.terminal

  @Flag(help: "The same as --format json: one object on one line.")
  var json = false

  var chosen: TableFormat { json ? .json : format }
}
