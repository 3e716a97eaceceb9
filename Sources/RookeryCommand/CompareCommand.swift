import ArgumentParser
import Rookery

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare the evidence of saved runs of different models.",
    discussion: "The first model is the reference, unless the evidence of a null model is given.")

  @OptionGroup var runs: SavedRuns
  @OptionGroup var table: TableOptions

  @Option(
    help: ArgumentHelp(
      "Odds of the models before the data, with commas: 1,1,0.5; the null model first where it is given.",
      valueName: "odds"))
  var priorOdds: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("log Z of a null model, such as noise alone.", valueName: "logz"))
  var null: Double?

  func run() throws {
    let runs = try runs.load()
    let odds = try priorOdds.map { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
        guard let number = Double(word) else {
          throw InputError("--prior-odds: \"\(word)\" is not a number")
        }
        return number
      }
    }
    let problems = runs.map(\.result.problem)
    // Runs of one problem are told apart by their directories.
    let names = Set(problems).count == problems.count ? problems : runs.map(\.directory)
    try compare(runs.map(\.result), names: names, priorOdds: odds, nullLogZ: null)?.summary(as: table.chosen)
  }
}
