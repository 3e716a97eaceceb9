import ArgumentParser
import Rookery

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the report of a saved run: one HTML page, and each of its pictures as SVG.")

  @Argument(help: ArgumentHelp("A directory that a run was saved to.", valueName: "dir"))
  var directory: String

  @Option(
    help: ArgumentHelp(
      "The true value of a parameter or derived quantity, to be marked; can be given many times.",
      valueName: "name=value"))
  var truth: [String] = []

  @Option(
    help: ArgumentHelp("Where to write; the directory of the run if not given.", valueName: "dir"))
  var out: String?

  func run() throws {
    let result = try RunResult(contentsOf: directory)
    if let page = try result.report(to: out ?? directory, truths: truths()) { print(page) }
  }

  private func truths() throws -> [String: Double] {
    var truths: [String: Double] = [:]
    for text in truth {
      // Names may hold an equals sign, numbers do not.
      guard let sign = text.lastIndex(of: "="), let value = Double(text[text.index(after: sign)...]),
        value.isFinite
      else { throw ValidationError("--truth \(text): give a name, an equals sign and a number") }
      truths[String(text[..<sign])] = value
    }
    return truths
  }
}
