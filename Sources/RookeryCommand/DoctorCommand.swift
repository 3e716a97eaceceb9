import ArgumentParser
import ReferenceProblems
import Rookery

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Measure what this machine or allocation offers, and say what is set wrong.",
    discussion: """
      Start it as you would start a run, say under mpirun or srun. A program of your own takes --doctor instead, and is measured \
      with its own likelihood.
      """)

  @Argument(
    help: "The reference problem to measure with.", completion: .list(ReferenceProblem.all.map(\.name)))
  var problem = "gauss10"

  @Option(
    help: ArgumentHelp("The pool to look at. (default: all that can be had here)", valueName: "pool"),
    completion: .list(["serial", "threads", "processes", "spawned", "mpi"]))
  var pool: String?

  @Option(
    help: ArgumentHelp("Sleep in each evaluation: a time like 5ms:1, as for run.", valueName: "time[:sigma]"))
  var cost: String?

  func validate() throws {
    do {
      if let pool { _ = try Pool.parse(pool) }
      if let cost { _ = try EvaluationCost(cost) }
    } catch let error as InputError {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    var problem = try ReferenceProblem.named(problem).problem
    if let cost { problem = problem.withCost(try EvaluationCost(cost)) }
    if let text = try diagnose(problem, on: pool.map(Pool.parse)) { print(text) }
  }
}
