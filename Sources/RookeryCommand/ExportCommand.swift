import ArgumentParser
import Rookery

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write saved runs in the formats of other tools.",
    discussion: OutputFormat.allCases.map { "\($0.name): \($0.readers)." }.joined(separator: " "))

  @OptionGroup var runs: SavedRuns

  @Option(
    help: ArgumentHelp("The formats, with commas, or all.", valueName: "formats"),
    completion: .list(OutputFormat.allCases.map(\.name) + ["all"]))
  var format: String

  @Option(
    help: ArgumentHelp("Write to this directory instead of that of the run; one run only.", valueName: "dir"),
    completion: .directory)
  var out: String?

  @Flag(help: "Print one line of JSON for each run: where it was written.")
  var json = false

  func validate() throws {
    do { _ = try OutputFormat.parse(format) } catch let error as InputError {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    let formats = try OutputFormat.parse(format)
    let runs = try runs.load()
    if out != nil, runs.count > 1 {
      throw InputError("--out takes one run, not \(runs.count): they would overwrite each other")
    }
    for (directory, result) in runs {
      // The run is there already; elsewhere goes what was asked for and nothing else.
      let place = try OutputDirectory(path: out ?? directory)
      if out != nil, formats.contains(.npz) { try place.write(result, formats: []) }
      try place.writeForms(formats, of: result)
      guard !json else {
        print(result.placeAsJSON(out ?? directory))
        continue
      }
      print("\(result.problem): \(out ?? directory)")
    }
  }
}
