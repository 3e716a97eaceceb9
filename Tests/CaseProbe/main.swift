import CaseProblems
import Foundation
import ReferenceProblems
import Rookery

// One case or reference problem by its name in the environment: CASE=floor:0.0035 CaseProbe --method nautilus --json
// With BLOCK its likelihood takes blocks of so many points, or of as many as suit ("auto"), each block at a price of BLOCK_SECONDS.
launch { run in
  let environment = ProcessInfo.processInfo.environment
  let name = environment["CASE"] ?? "sliver"
  let reference = try? ReferenceProblem.named(name)
  var (problem, logZ) = (reference?.problem, reference?.knownLogZ)
  if problem == nil {
    let asked = try CaseProblem.named(name)
    (problem, logZ) = (try asked.problem(), asked.logZ)
  }
  guard var problem else { return }
  if let block = environment["BLOCK"] {
    problem = problem.inBlocks(
      of: Int(block), seconds: environment["BLOCK_SECONDS"].flatMap { Double($0) } ?? 0)
  }
  let result = try run.sample(problem) { _ in ["right_logz": logZ.map { .number($0) } ?? .null] }
  if let logZ, result.rank == 0, !run.options.json { print("right log Z \(logZ)") }
  result.summary()
}
