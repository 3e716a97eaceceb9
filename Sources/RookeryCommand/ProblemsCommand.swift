import ArgumentParser
import ReferenceProblems
import Rookery

struct ProblemsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "problems", abstract: "List the reference problems: name, dimension, known evidence.")

  func run() throws {
    print(Self.row("problem", "dim", "log Z", "what it is"))
    for problem in ReferenceProblem.all {
      print(Self.row(problem.name, "\(problem.dimension)", fixed(problem.knownLogZ, 5), problem.summary))
    }
  }

  private static func row(_ name: String, _ dimension: String, _ logZ: String, _ summary: String) -> String {
    func pad(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count))
    }
    return name + pad(name, 14) + pad(dimension, 3) + dimension + pad(logZ, 12) + logZ + "  " + summary
  }
}
