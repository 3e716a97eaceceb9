internal import CaseProblems
internal import Glibc
internal import Rookery

/// How long a run takes on an open crew in which each worker has hardly anything to do, and so what it takes to begin one and to end it.
func measureOpenings(_ pool: Pool, _ problem: Problem, rounds: Int) throws {
  let crew = try Crew(on: pool, for: [problem])
  defer { crew.close() }
  var times: [Double] = []
  var workers = 0
  // The first opens the problem.
  for round in 0...rounds {
    let start = wallSeconds()
    let count = try crew.measure(problem) { meter in
      _ = try meter.stream(PointPiece(index: 0), window: meter.workers, seconds: 1, pieces: meter.workers)
      return meter.workers
    }
    if round > 0 { times.append(wallSeconds() - start) }
    workers = count ?? 0
  }
  times.sort()
  guard workers > 0 else { return }
  put(
    "workers \(workers): another run takes \(fixed(1e6 * times[rounds / 2], 1)) us (median) to begin and to end\n",
    to: STDOUT_FILENO)
}

/// Runs of several methods, predictions and a measurement, one after another with one crew, and then each with a crew of its own: they must
/// be the same to the bit.
func runOfEverything(on pool: Pool, _ problem: Problem, settings: RunSettings) throws {
  var (nested, shells) = (NestedSettings(), ImportanceNestedSettings())
  nested.live = 50
  shells.live = 200
  shells.targetEffectiveSize = 500
  let other = try Problem("line", parameters: [Parameter("a", .uniform(-1, 1))], threadSafe: true) {
    (theta: Span<Double>) in -50 * theta[0] * theta[0]
  }
  func everything(_ crew: () throws -> Crew) throws -> [String] {
    let first = try crew().sample(problem, by: .nested(nested), settings: settings)
    let second = try crew().sample(problem, by: .importanceNested(shells), settings: settings)
    let prediction = try first.predict(at: .draws(200), on: crew(), threadSafe: true) {
      [$0[0] * $0[0], $0[1]]
    }
    let replicated = try first.predict(at: .draws(50), on: crew(), threadSafe: true) { theta, stream in
      [theta[0] + stream.normal()]
    }
    let parts = try first.pointwise(at: .draws(50), on: crew(), threadSafe: true) { [-$0[0] * $0[0], $0[1]] }
    let expected = try other.predict(priorDraws: 50, on: crew(), threadSafe: true) { theta, stream in
      [theta[0] * stream.uniform()]
    }
    let third = try crew().sample(other, by: .nested(nested), settings: settings)
    let workers = try crew().measure(problem) { meter in
      _ = try meter.dispatchSeconds(pieces: 8, rounds: 3)
      return meter.workers
    }
    let fourth = try crew().sample(problem, by: .nested(nested), settings: settings)
    let predicted = [prediction?.values, replicated?.values, parts?.values, expected?.values]
    return [first.digest, second.digest, third.digest, fourth.digest]
      + predicted.map { $0.map { "\($0.values.reduce(0, +))" } ?? "none" } + [
        workers.map { "\($0)" } ?? "none"
      ]
  }
  let shared = try Crew(on: pool, for: [problem], settings: settings)
  let together = try everything { shared }
  shared.close()
  let apart = try everything { try Crew(on: pool, for: [problem], settings: settings) }
  put(
    "mixed \(together == apart ? "same" : "\(together) \(apart)") first \(together[0]) fourth \(together[3])\n",
    to: STDOUT_FILENO)
}

/// Says when a run begins and ends, and whether signals are then what they are in any program.
struct Witness: RunObserver {
  let secondsBetweenSnapshots = 0.05
  func begins(_ title: RunTitle) { put("witness begins\n", to: STDOUT_FILENO) }
  func sees(_ snapshot: RunSnapshot) {
    if !hasDefaultSignals { put("within taken\n", to: STDOUT_FILENO) }
  }
  func ends(_ end: RunEnd) { put("witness \(end.ending)\n", to: STDOUT_FILENO) }
}
