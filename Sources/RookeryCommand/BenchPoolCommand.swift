import ArgumentParser
import Rookery

struct BenchPoolCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pool",
    abstract: "Measure the cost of dispatch, how busy workers are kept, and how a pool scales.",
    discussion: """
      Under mpirun or srun it measures the pool of the ranks there are. Times are of this machine as it is now: on a busy one \
      compare ratios.
      """)

  @Option(
    help: ArgumentHelp("Pools to measure, with commas. Under MPI it is mpi.", valueName: "pools"))
  var pools = "threads:4,processes:4"

  @Option(help: ArgumentHelp("About how long one measurement takes, in seconds.", valueName: "seconds"))
  var seconds = 0.5

  @Option(
    help: ArgumentHelp(
      "What a call costs in the test of scaling: it sleeps so long.", valueName: "time[:sigma]"))
  var cost = "2ms"

  @Option(
    help: ArgumentHelp("Write the table and two pictures to this directory.", valueName: "dir"),
    completion: .directory)
  var out: String?

  func validate() throws {
    guard seconds > 0, seconds <= 60 else {
      throw ValidationError("--seconds must be above 0 and at most 60")
    }
    do {
      _ = try parsedPools()
      _ = try EvaluationCost(cost)
    } catch let error as InputError {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    let launcher = try Launcher.detect()
    let pools = launcher?.isParallel == true ? [Pool.mpi] : try parsedPools()
    // As cheap as a likelihood can be, so that what is measured is the pool.
    let problem = try Problem(
      "squares", parameters: (0..<5).map { Parameter("x\($0)", .uniform(-1, 1)) }, threadSafe: true
    ) { (theta: Span<Double>) in
      var sum = 0.0
      for i in theta.indices { sum -= theta[i] * theta[i] }
      return sum
    }
    let plan = PoolBenchmark.Plan(seconds: seconds, cost: try EvaluationCost(cost))
    let directory = try out.map { try OutputDirectory(path: $0) }
    var benchmarks: [PoolBenchmark] = []
    for pool in pools {
      let crew = try Crew(on: pool, for: [problem])
      defer { crew.close() }
      let measured = try crew.measure(problem) { try PoolBenchmark(pool: pool.description, $0, plan) }
      if let measured { benchmarks.append(measured) }
    }
    // Ranks that served have nothing to say.
    guard !benchmarks.isEmpty else { return }
    let text = benchmarks.map(\.text).joined(separator: "\n\n")
    print(text)
    if let directory { try write(text, benchmarks, to: directory) }
  }

  private func write(_ text: String, _ benchmarks: [PoolBenchmark], to directory: OutputDirectory) throws {
    let scaling = PoolBenchmark.scalingChart(benchmarks)
    let busy = PoolBenchmark.busyChart(benchmarks)
    let files = [
      ("pool.txt", text + "\n"), ("scaling.svg", scaling.drawing().file(title: scaling.title)),
      ("busy.svg", busy.drawing().file(title: busy.title)),
    ]
    for (name, content) in files { try directory.write(content, to: name) }
  }

  /// Processes are forked, which is only safe before there are threads: they come first.
  private func parsedPools() throws -> [Pool] {
    let names = pools.split(separator: ",").map(String.init)
    if names.isEmpty { throw InputError("--pools names no pool; write threads:4,processes:4") }
    return try names.sorted { $0.hasPrefix("processes") && !$1.hasPrefix("processes") }.map(Pool.parse)
  }
}
