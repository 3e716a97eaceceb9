/// What a result says of its run, whatever was drawn: what was asked, how, by whom and at what cost.
public struct RunHead: Sendable {
  public let problem: String
  /// The parameters in order, fixed ones included.
  public let parameters: [ParameterDescription]
  public let derived: [DerivedQuantity]
  /// ln ∫ π(θ)² dθ over the prior density π: minus the logarithm of the volume that the prior fills. Nil where a prior depends
  /// on other parameters or has no density, and where the integral has no finite value.
  public let logPriorEvidence: Double?
  /// The method and its settings.
  public internal(set) var engine: EngineDescription
  public let seed: UInt64
  public internal(set) var ending: Ending
  /// What the sampler saw on its way; ``RunResult/findings()`` has what the record tells beside it.
  public internal(set) var findings: [Finding]
  public internal(set) var provenance: Provenance
  public internal(set) var statistics: RunStatistics

  // What this process knows of it; none of it is sent or saved.

  /// This process's number among those that ran. Only rank 0 prints and writes.
  public internal(set) var rank = 0
  /// Whether summaries of it are printed: not where the command line asked for JSON, which is then all there is on standard
  /// output.
  package var printsSummary = true
  /// Whether the draws are on rank 0 alone, of several ranks.
  package var isOnRankZeroAlone = false
  /// Why the state of a run that stopped early could not be kept where it was to be, so that it can only be continued from an earlier
  /// one; known to rank 0 of the run itself.
  public internal(set) var stateError: OutputError?
}

extension RunHead {
  /// - Throws: what a conditional prior throws.
  init(
    _ problem: Problem, engine: EngineDescription, seed: UInt64, ending: Ending, findings: [Finding],
    statistics: RunStatistics
  ) throws {
    self.init(
      problem: problem.name, parameters: try problem.parameterDescriptions(), derived: problem.derived,
      logPriorEvidence: problem.logPriorEvidence, engine: engine, seed: seed, ending: ending,
      findings: findings,
      provenance: Provenance(
        version: rookeryVersion, settings: engine.settings, command: CommandLine.arguments,
        inForce: engine.inForce, circumstances: Provenance.circumstancesNow),
      statistics: statistics)
  }

  /// Parameters, then derived quantities.
  var quantities: [DerivedQuantity] { parameters.map(\.quantity) + derived }
}

extension RunHead: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(problem)
    writer.write(parameters)
    writer.write(derived)
    writer.write(logPriorEvidence.map { [$0] } ?? [])
    writer.write(engine.name)
    writer.write(engine.live)
    writer.write(engine.dimension)
    writer.write(seed)
    writer.write(ending)
    writer.write(findings)
    writer.write(provenance)
    writer.write(statistics)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    problem = try reader.read()
    parameters = try reader.read()
    derived = try reader.read()
    logPriorEvidence = try reader.read([Double].self).first
    let (name, live, dimension) = (
      try reader.read(String.self), try reader.read(Int.self), try reader.read(Int.self)
    )
    seed = try reader.read()
    ending = try reader.read()
    findings = try reader.read()
    let provenance = try reader.read(Provenance.self)
    self.provenance = provenance
    statistics = try reader.read()
    engine = EngineDescription(
      name: name, live: live, dimension: dimension, settings: provenance.settings,
      inForce: provenance.inForce)
  }
}
