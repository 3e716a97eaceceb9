/// In which coordinates points are given.
public enum Space: UInt8, Sendable {
  /// The unit cube, a coordinate for each parameter that is not fixed.
  case cube
  /// The values of all parameters.
  case parameters
}
