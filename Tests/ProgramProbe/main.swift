// Programs as users write them, with arguments of their own, to be started by tests: PROBE says which.
import ArgumentParser
import Examples
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

func toy() throws -> Problem {
  try ToyLikelihood.problem(x: [0, 1, 2, 3], y: [0.3, 1.1, 1.4, 2.6], deviation: 0.3)
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
case "examples":
  launch(formats: [ToyFormat()]) { run in try run.sample(toy()).summary() }
case "own-sampler":
  launch { start in
    let problem = try toy().settingBatch(or: 32)
    var settings = try start.options.settings()
    settings.checkpoint = start.options.out.map {
      CheckpointSettings(directory: $0, seconds: 0.01, policy: .resume)
    }
    let pieces = 4000
    let engine = EngineDescription(
      name: "rookery-toy", live: 0, dimension: problem.dimension, settings: [.init("pieces", "\(pieces)")])
    let result = try run(
      ToySampler(pieces: pieces, seed: settings.seed), on: problem, engine: engine, settings: settings,
      pool: start.pool())
    guard result.rank == 0 else { return }
    print("digest \(result.digest) calls \(result.statistics.calls) ending \(result.ending)")
  }
case "taken": launch(formats: [ToyFormat(), ToyFormat()]) { run in try run.sample(toy()).summary() }
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
