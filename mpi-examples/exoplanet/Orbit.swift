import Rookery

/// Where a planet's orbit is among the values of all parameters.
struct Orbit {
  let period: NamedIndex
  private let semiAmplitude: NamedIndex
  private let eccentricity: NamedIndex
  private let argument: NamedIndex
  private let phase: NamedIndex

  /// - Parameter index: finds a parameter by its name, for a likelihood or in a result.
  init(of planet: String, index: (String) throws -> NamedIndex) throws {
    period = try index("P_\(planet)")
    semiAmplitude = try index("K_\(planet)")
    eccentricity = try index("e_\(planet)")
    argument = try index("w_\(planet)")
    phase = try index("M_\(planet)")
  }

  func at(_ theta: Span<Double>) -> Keplerian {
    Keplerian(
      period: theta[period], semiAmplitude: theta[semiAmplitude], eccentricity: theta[eccentricity],
      argument: theta[argument], phase: theta[phase])
  }
}
