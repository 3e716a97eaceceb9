import CaseProblems
import Foundation
import Rookery

// One case by its name in the environment: CASE=floor:0.0035 CaseProbe --method nautilus --json
launch { run in
  let asked = try CaseProblem.named(ProcessInfo.processInfo.environment["CASE"] ?? "sliver")
  let result = try run.sample(asked.problem())
  if run.options.json {
    if let line = result.json() { print(line) }
  } else {
    if let logZ = asked.logZ, result.rank == 0 { print("right log Z \(logZ)") }
    result.summary()
  }
}
