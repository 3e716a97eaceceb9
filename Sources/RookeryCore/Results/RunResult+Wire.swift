extension RunResult: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(engine.name)
    writer.write(engine.live)
    writer.write(engine.dimension)
    writer.write(problem)
    writer.write(parameters)
    writer.write(derived)
    writer.write(seed)
    writer.write(ending)
    writer.write(samples)
    writer.write(cube)
    writer.write(derivedSamples)
    writer.write(logLikelihoods)
    writer.write(logPriors)
    writer.write(logWeights)
    writer.write(birthLogLikelihoods != nil)
    writer.write(birthLogLikelihoods ?? [])
    writer.write(evidence)
    writer.write(logPriorEvidence != nil)
    writer.write(logPriorEvidence ?? 0)
    writer.write(provenance)
    writer.write(statistics)
    writer.write(samplerFindings)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let name = try reader.read(String.self)
    let live = try reader.read(Int.self)
    let dimension = try reader.read(Int.self)
    let problem = try reader.read(String.self)
    let parameters = try reader.read([ParameterDescription].self)
    let derived = try reader.read([DerivedQuantity].self)
    let seed = try reader.read(UInt64.self)
    let ending = try reader.read(Ending.self)
    let samples = try reader.read(PointMatrix.self)
    let cube = try reader.read(PointMatrix.self)
    let derivedSamples = try reader.read(PointMatrix.self)
    let logLikelihoods = try reader.read([Double].self)
    let logPriors = try reader.read([Double].self)
    let logWeights = try reader.read([Double].self)
    let hasBirths = try reader.read(Bool.self)
    let births = try reader.read([Double].self)
    let evidence = try reader.read(Evidence.self)
    let hasPriorEvidence = try reader.read(Bool.self)
    let logPriorEvidence = try reader.read(Double.self)
    let provenance = try reader.read(Provenance.self)
    self.init(
      engine: EngineDescription(
        name: name, live: live, dimension: dimension, settings: provenance.settings,
        inForce: provenance.inForce),
      problem: problem, parameters: parameters, derived: derived, seed: seed, ending: ending,
      samples: samples, cube: cube, derivedSamples: derivedSamples, logLikelihoods: logLikelihoods,
      logPriors: logPriors, logWeights: logWeights, birthLogLikelihoods: hasBirths ? births : nil,
      evidence: evidence,
      logPriorEvidence: hasPriorEvidence ? logPriorEvidence : nil, provenance: provenance,
      statistics: try reader.read(), samplerFindings: try reader.read())
  }
}
