import CaseProblems
import Foundation
import Rookery

// One case by its name in the environment: CASE=floor:0.0035 CaseProbe --method nautilus --json
launch { run in
  let asked = try CaseProblem.named(ProcessInfo.processInfo.environment["CASE"] ?? "sliver")
  let result = try run.sample(asked.problem()) { _ in ["right_logz": asked.logZ.map { .number($0) } ?? .null]
  }
  if let logZ = asked.logZ, result.rank == 0, !run.options.json { print("right log Z \(logZ)") }
  result.summary()
}
