/// The method that made a result.
public struct EngineDescription: Sendable, Equatable {
  public let name: String
  public let live: Int
  /// Parameters that are inferred: those that are not fixed.
  public let dimension: Int
  package let settings: [Provenance.Setting]
  /// Its options with the values in force.
  let inForce: [Provenance.Setting]

  package init(
    name: String, live: Int, dimension: Int, settings: [Provenance.Setting] = [],
    inForce: [Provenance.Setting] = []
  ) {
    self.inForce = inForce
    self.name = name
    self.live = live
    self.dimension = dimension
    self.settings = settings
  }
}
