import Glibc

/// A planet's pull on its star along the line of sight.
struct Keplerian {
  private let eccentricity: Double
  private let turnsPerDay: Double
  private let turnsAtZero: Double
  // The velocity is `along` times the cosine of the true anomaly plus `across` times its sine plus `offset`.
  private let along: Double
  private let across: Double
  private let offset: Double

  /// - Parameters:
  ///   - period: in days.
  ///   - semiAmplitude: in metres per second.
  ///   - argument: of periastron.
  ///   - phase: mean anomaly at time zero.
  init(period: Double, semiAmplitude: Double, eccentricity: Double, argument: Double, phase: Double) {
    self.eccentricity = eccentricity
    turnsPerDay = 1 / period
    turnsAtZero = phase / (2 * .pi)
    along = semiAmplitude * cos(argument)
    across = -semiAmplitude * sin(argument) * (1 - eccentricity * eccentricity).squareRoot()
    offset = semiAmplitude * eccentricity * cos(argument)
  }

  /// K [cos(ν + ω) + e cos ω], with the true anomaly ν from Kepler's equation.
  func velocity(at time: Double) -> Double {
    let turns = time * turnsPerDay + turnsAtZero
    let mean = 2 * Double.pi * (turns - turns.rounded())
    // Newton's method from Danby's start; it doubles the digits with each step, so the last needs no check.
    var anomaly = mean + 0.85 * (mean < 0 ? -eccentricity : eccentricity)
    for _ in 0..<20 {
      let change = (anomaly - eccentricity * sin(anomaly) - mean) / (1 - eccentricity * cos(anomaly))
      anomaly -= change
      if abs(change) < 1e-6 { break }
    }
    let (sine, cosine) = (sin(anomaly), cos(anomaly))
    return (along * (cosine - eccentricity) + across * sine) / (1 - eccentricity * cosine) + offset
  }
}
