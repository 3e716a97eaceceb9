// Do courses for a test help alike in all schools? The eight of Rubin 1981, J. Educational Statistics 6, 377: what three models predict
// of a school that they have not seen.
//
//   mpirun -n 3 .build/release/schools --seed 3 --out schools
//   python -c 'import arviz; print(arviz.loo(arviz.from_netcdf("schools/partly/arviz.nc")))'
import Glibc
import Rookery

/// The points that a course adds in each school, and their errors.
let effects = [28.0, 8, -3, 7, -1, 1, 18, 12]
let errors = [15.0, 10, 16, 11, 9, 11, 10, 18]

/// The log-likelihood of each school, where the true effects differ about a mean by a spread. The effects themselves are integrated out:
/// with them a school that is left out would take its own parameter along, and nothing would be left to predict it by.
@Sendable func parts(_ theta: [Double]) -> [Double] {
  zip(effects, errors).map { effect, error in
    let variance = error * error + theta[1] * theta[1]
    return -0.5 * ((effect - theta[0]) * (effect - theta[0]) / variance + log(2 * .pi * variance))
  }
}

/// Effects that might have been measured in eight schools.
let replicated: NoisyModel = { theta, stream in
  errors.map { error in theta[0] + theta[1] * stream.normal() + error * stream.normal() }
}

func model(_ name: String, spread: Prior) throws -> Problem {
  try Problem(
    name,
    parameters: [
      Parameter("mean", .normal(mean: 0, deviation: 20), label: "\\mu"),
      Parameter("spread", spread, label: "\\tau"),
    ], threadSafe: true
  ) { (theta: [Double]) in parts(theta).reduce(0, +) }
}

launch(about: "Compares three models of eight schools by what they predict.") { run in
  var accuracies: [Elpd?] = []
  let models: [(String, Prior)] = [
    ("alike", .fixed(0)), ("partly", .halfCauchy(scale: 5)), ("unlike", .fixed(30)),
  ]
  for (name, spread) in models {
    let problem = try model(name, spread: spread)
    let result = try run.sample(problem)
    let pointwise = try result.pointwise(at: .draws(2000), on: run.pool(), threadSafe: true, parts)
    let accuracy = try pointwise?.loo()
    accuracies.append(accuracy)
    if let accuracy, !run.options.json { print("\(name): \(accuracy)") }
    guard let out = run.options.out else { continue }
    let again = try result.predict(at: .draws(2000), on: run.pool(), threadSafe: true, replicated)
    let before = try problem.predict(priorDraws: 2000, on: run.pool(), threadSafe: true, replicated)
    try result.write(
      to: "\(out)/\(name)",
      formats: [
        .arviz(
          logLikelihood: pointwise, posteriorPredictive: again, priorPredictive: before, observed: effects,
          variable: "effect")
      ])
  }
  for (i, name) in [(0, "alike"), (2, "unlike")] {
    if let difference = try compare(accuracies[i], with: accuracies[1]), !run.options.json {
      print("\(name) beside partly: \(difference)")
    }
  }
}
