// How many planets orbit HD 164922? Evidence for none, one and two, from 401 radial velocities.
//
//   mpirun -n 4 .build/release/exoplanet --seed 3 --out planets
//   .build/release/rookery compare planets
import Glibc
import Rookery

let data = Velocities.hd164922()

let planets = ["b", "c"]

/// The model with a planet for each range of periods.
func model(_ name: String, periods: [(Double, Double)]) throws -> Problem {
  var parameters: [Parameter] = []
  for (i, range) in periods.enumerated() {
    let planet = planets[i]
    parameters += [
      // No scale is preferred; the ranges do not overlap, so that two planets cannot change places.
      Parameter("P_\(planet)", .logUniform(range.0, range.1), label: "P_\(planet)", unit: "d"),
      // From well below the errors to well above the scatter of the data.
      Parameter("K_\(planet)", .logUniform(0.3, 30), label: "K_\(planet)", unit: "m/s"),
      // The eccentricities of known planets: Kipping 2013, MNRAS 434, L51.
      Parameter("e_\(planet)", .beta(0.867, 3.03), label: "e_\(planet)"),
      Parameter(
        "w_\(planet)", .uniform(0, 2 * .pi), label: "\\omega_\(planet)", unit: "rad", boundary: .periodic),
      Parameter("M_\(planet)", .uniform(0, 2 * .pi), label: "M_\(planet)", unit: "rad", boundary: .periodic),
    ]
  }
  for instrument in data.instruments {
    // The velocities are relative, within some 20 m/s; stars of this kind jitter by 0.5 to 5 m/s.
    parameters += [
      Parameter("offset_\(instrument)", .uniform(-20, 20), label: "\\gamma_\(instrument)", unit: "m/s"),
      Parameter("jitter_\(instrument)", .logUniform(0.1, 20), label: "\\sigma_\(instrument)", unit: "m/s"),
    ]
  }
  let orbits = try planets.prefix(periods.count).map { try Orbit(of: $0, index: parameters.index(of:)) }
  let offsets = try data.instruments.map { try parameters.index(of: "offset_\($0)") }
  let jitters = try data.instruments.map { try parameters.index(of: "jitter_\($0)") }
  return try Problem(name, parameters: parameters, threadSafe: true) { theta in
    let pulls = orbits.map { $0.at(theta) }
    var sum = 0.0
    for i in data.times.indices {
      let jitter = theta[jitters[data.instrument[i]]]
      var residual = data.velocities[i] - theta[offsets[data.instrument[i]]]
      for pull in pulls { residual -= pull.velocity(at: data.times[i]) }
      let variance = data.errors[i] * data.errors[i] + jitter * jitter
      sum -= 0.5 * (residual * residual / variance + log(2 * .pi * variance))
    }
    return sum
  }
}

launch(about: "Weighs models of no, one and two planets of HD 164922.") { run in
  let results = try [
    model("no-planet", periods: []),
    model("one-planet", periods: [(300, 3000)]),
    model("two-planets", periods: [(300, 3000), (10, 300)]),
  ].map { try run.sample($0) }
  // Off rank 0 there is nothing to print or to write, and these lines do nothing.
  if let comparison = try compare(results), !run.options.json {
    print("HD 164922, 401 radial velocities\n")
    comparison.summary()
  }
  let best = results[2]
  if !run.options.json { printPlanets(best) }
  guard let out = run.options.out else { return }
  // The star's velocity over the observations, with its band: to be drawn over the data.
  let start = data.times.min() ?? 0
  let days = Array(stride(from: start, to: data.times.max() ?? 0, by: 5))
  let orbits = try planets.map { try Orbit(of: $0, index: best.parameters.index(of:)) }
  let curve = try best.predict(at: .draws(200), on: run.pool(), threadSafe: true) { theta in
    let pulls = orbits.map { $0.at(theta.span) }
    return days.map { day in pulls.reduce(0) { $0 + $1.velocity(at: day) } }
  }
  try curve?.write(to: out + "/two-planets/velocities.csv", at: days)
  let pictures = [try pictureOfData(and: best)].compactMap(\.self)
  if let page = try best.report(to: out + "/two-planets", pictures: pictures), !run.options.json {
    print("\nreport: \(page)")
  }
}
