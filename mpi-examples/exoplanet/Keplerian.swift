import Glibc

/// A planet's pull on its star along the line of sight.
struct Keplerian {
  /// Days.
  let period: Double
  /// Metres per second.
  let semiAmplitude: Double
  let eccentricity: Double
  /// Argument of periastron.
  let argument: Double
  /// Mean anomaly at time zero.
  let phase: Double

  /// K [cos(ν + ω) + e cos ω], with the true anomaly ν from Kepler's equation.
  func velocity(at time: Double) -> Double {
    let turns = time / period + phase / (2 * .pi)
    let mean = 2 * Double.pi * (turns - turns.rounded())
    // Newton's method from Danby's start converges in a few steps at any eccentricity below one.
    var anomaly = mean + 0.85 * (mean < 0 ? -eccentricity : eccentricity)
    for _ in 0..<20 {
      let change = (anomaly - eccentricity * sin(anomaly) - mean) / (1 - eccentricity * cos(anomaly))
      anomaly -= change
      if abs(change) < 1e-10 { break }
    }
    let (cosine, sine) = (cos(anomaly), sin(anomaly))
    let scale = 1 / (1 - eccentricity * cosine)
    let trueCosine = (cosine - eccentricity) * scale
    let trueSine = (1 - eccentricity * eccentricity).squareRoot() * sine * scale
    let (c, s) = (cos(argument), sin(argument))
    return semiAmplitude * (trueCosine * c - trueSine * s + eccentricity * c)
  }
}
