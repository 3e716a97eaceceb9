import ArgumentParser
import Rookery

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a report of each saved run: one HTML page, and its pictures as SVG.")

  @OptionGroup var runs: SavedRuns

  @Option(
    help: ArgumentHelp(
      "The true value of a parameter or derived quantity, to be marked; can be given many times.",
      valueName: "name=value"))
  var truth: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where to write the report of a single run; the directory of each run if not given.", valueName: "dir"),
    completion: .directory)
  var out: String?

  @Flag(help: "Print one line of JSON with the paths of the pages.")
  var json = false

  func validate() throws { _ = try truths() }

  func run() throws {
    let truths = try truths()
    let loaded = try runs.load()
    guard out == nil || loaded.count == 1 else {
      throw ValidationError("--out is for one run, and there are \(loaded.count)")
    }
    let pages = try loaded.compactMap { directory, result in
      // What a program has drawn itself, such as its data, is drawn again.
      let own = try result.picturesOfReport(in: directory)
      return try result.report(to: out ?? directory, truths: truths, pictures: own)
    }
    if json {
      print(JSON.object([("schema", .integer(1)), ("reports", .strings(pages))]).text)
    } else {
      for page in pages { print(page) }
    }
  }

  private func truths() throws -> [String: Double] {
    var truths: [String: Double] = [:]
    for text in truth {
      // Names may hold an equals sign, numbers do not.
      guard let sign = text.lastIndex(of: "="), let value = Double(text[text.index(after: sign)...]),
        value.isFinite
      else {
        throw ValidationError("--truth \(text): give a name, an equals sign and a number: --truth theta0=1")
      }
      truths[String(text[..<sign])] = value
    }
    return truths
  }
}
