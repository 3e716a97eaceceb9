import ArgumentParser
import ReferenceProblems
import Rookery

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Sample a reference problem.", discussion: exitCodesInWords)

  @Argument(
    help: "The problem; `rookery problems` lists them.", completion: .list(ReferenceProblem.all.map(\.name)))
  var problem: String

  @OptionGroup var options: RunOptions

  @Option(
    help: ArgumentHelp(
      "Sleep in each evaluation: a mean time, and after a colon the sigma of its lognormal spread: 5ms:1.",
      valueName: "time[:sigma]"))
  var cost: String?

  func run() throws {
    if !options.doctor { Interruption.heedSignals() }
    var problem = try ReferenceProblem.named(problem).problem
    if let cost {
      let cost = try EvaluationCost(cost)
      problem = problem.withCost(mean: cost.mean, spread: cost.spread)
    }
    let launch = Launch(options)
    let result = try launch.sample(problem)
    result.summary()
    if launch.exitCode != .success { throw launch.exitCode }
  }
}
