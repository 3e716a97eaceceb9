/// The method that made a result.
public struct EngineDescription: Sendable, Equatable {
  public let name: String
  public let live: Int
  /// Parameters that are inferred: those that are not fixed.
  public let dimension: Int
  package let settings: [Provenance.Setting]
  /// Its options with the values in force.
  let inForce: [Provenance.Setting]
  /// The names of settings that may differ when a run is taken up again. Results that come from elsewhere have none.
  let mayChangeOnResume: Set<String>

  package init(
    name: String, live: Int, dimension: Int, settings: [Provenance.Setting] = [],
    inForce: [Provenance.Setting] = [], mayChangeOnResume: Set<String> = []
  ) {
    self.mayChangeOnResume = mayChangeOnResume
    self.inForce = inForce
    self.name = name
    self.live = live
    self.dimension = dimension
    self.settings = settings
  }
}
