// Programs as users write them, with arguments of their own, to be started by tests: PROBE says which.
import ArgumentParser
import Foundation
import Rookery

struct Own: ParsableArguments {
  @Argument(help: "What to call the problems.") var names = ["one"]
  @Option(help: "The code to end with.") var code: Int32 = 0
  @Flag(help: "Throw the code rather than return it.") var throwing = false
}

/// Options of a run among a program's own.
struct Grouped: ParsableArguments {
  @Option(help: "How wide the prior is.") var width = 1.0
  @OptionGroup var run: RunOptions
  func validate() throws {
    if width <= 0 { throw ValidationError("--width must be above 0") }
  }
}

struct Clashing: ParsableArguments {
  @Option(help: "Not the seed of a run.") var seed = 1
}

func problem(_ name: String, width: Double = 1) throws -> Problem {
  try Problem(
    name, parameters: [Parameter("x", .uniform(-width, width)), Parameter("y", .uniform(0, 1))],
    threadSafe: true
  ) { (theta: Span<Double>) in -50 * (theta[0] * theta[0] + theta[1] * theta[1]) }
}

switch ProcessInfo.processInfo.environment["PROBE"] {
case "group":
  launch(Grouped.self) { run, own in
    let result = try run.sample(problem("grouped", width: own.width)) {
      ["width": .number(own.width), "samples": .integer($0.samples.rows)]
    }
    result.summary()
  }
case "clash": launch(Clashing.self) { run, _ in try run.sample(problem("clash")).summary() }
case "twice": launch { run in _ = try run.sample(problem("twice")) { _ in ["logz": 1] } }
default:
  launch(Own.self, about: "Samples problems that are called as asked.") { run, own in
    let results = try own.names.map { try run.sample(problem($0)) }
    for result in results { result.summary() }
    try compare(results)?.summary()
    if own.throwing { throw ExitCode(own.code) }
    return ExitCode(own.code)
  }
}
