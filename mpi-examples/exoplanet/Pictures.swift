import Rookery

/// The velocities with the model of two planets: over time, and folded at the period of each planet.
func pictureOfData(and result: RunResult) throws -> Picture? {
  guard let map = result.mapIndex else { return nil }
  let best = result.samples[row: map]
  let draws = result.draws(200)
  let orbits = try planets.map { try Orbit(of: $0, index: result.parameters.index(of:)) }
  let offsets = try data.instruments.map { best[try result.parameters.index(of: "offset_\($0)")] }
  let pulls = orbits.map { $0.at(best.span) }
  let start = data.times.min() ?? 0
  let end = data.times.max() ?? 0
  let days = Array(stride(from: start, through: end, by: 10))
  let overTime = LineChart(
    title: "Both planets", x: "days after JD \(Int(data.reference))", y: "velocity [m/s]",
    observed(offsets) { i in (data.times[i], 0) } + [
      .init("model", days.map { day in (day, pulls.reduce(0) { $0 + $1.velocity(at: day) }) }, style: .line)
    ])
  let folded = [0, 1].map { planet in
    let period = best[orbits[planet].period]
    let other = pulls[1 - planet]
    let phases = (0...100).map { Double($0) / 100 }
    // All draws over one turn in the middle of the observations, where phases are known best.
    let curves = (0..<draws.rows).map { row in
      let orbit = orbits[planet].at(draws[row: row].span)
      return phases.map { orbit.velocity(at: $0 * period) }
    }
    let band = phases.indices.map { i in
      let sorted = curves.map { $0[i] }.sorted()
      return (x: phases[i], low: sorted[sorted.count * 16 / 100], high: sorted[sorted.count * 84 / 100])
    }
    let points = observed(offsets) { i in
      let turns = data.times[i] / period
      return (turns - turns.rounded(.down), other.velocity(at: data.times[i]))
    }
    return LineChart(
      title: "Planet \(planets[planet]), P = \(fixed(period, planet == 0 ? 0 : 2)) d", x: "phase",
      y: "velocity [m/s]",
      points + [
        .init("model", phases.map { ($0, pulls[planet].velocity(at: $0 * period)) }, style: .line)
      ], bands: [.init(band, ofLine: points.count)])
  }
  return Picture(
    "data-and-model", title: "Data and model",
    caption:
      "Velocities less each instrument's offset (k: HIRES until 2004, j: HIRES after, a: APF) with their quoted errors; below, less the other planet "
      + "too and folded. Lines: the most probable sample; bands: the central 68 % of the posterior.",
    [overTime] + folded)
}

/// The data of each instrument less its offset.
///
/// - Parameter place: where a velocity goes on the axis, and what else to take off it.
private func observed(_ offsets: [Double], _ place: (Int) -> (Double, Double)) -> [LineChart.Line] {
  data.instruments.indices.map { instrument in
    let chosen = data.times.indices.filter { data.instrument[$0] == instrument }
    let points = chosen.map { i in
      let (x, other) = place(i)
      return (x: x, y: data.velocities[i] - offsets[instrument] - other)
    }
    return .init(data.instruments[instrument], points, errors: chosen.map { data.errors[$0] }, style: .dots)
  }
}
