/// In which coordinates points are given.
public enum Space: UInt8, Sendable {
  /// The unit cube, a coordinate for each parameter that is not fixed.
  case cube = 0
  /// The cube stretched so that the prior is a standard normal: u = Φ(z) for each coordinate, but for a periodic parameter, whose coordinate
  /// is an angle in radians on its circle, any turn of it, with a uniform prior and no wall, and for one with a flat prior, which is its own.
  case whitened = 2
  /// The values of all parameters.
  case parameters = 1
}
