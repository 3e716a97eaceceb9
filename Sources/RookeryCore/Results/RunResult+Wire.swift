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
    writer.write(derivedSamples)
    writer.write(logLikelihoods)
    writer.write(logWeights)
    writer.write(birthLogLikelihoods != nil)
    writer.write(birthLogLikelihoods ?? [])
    writer.write(evidence)
    writer.write(statistics)
    writer.write(digest)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    engine = EngineDescription(
      name: try reader.read(), live: try reader.read(), dimension: try reader.read())
    problem = try reader.read()
    parameters = try reader.read()
    derived = try reader.read()
    seed = try reader.read()
    ending = try reader.read()
    samples = try reader.read()
    derivedSamples = try reader.read()
    logLikelihoods = try reader.read()
    logWeights = try reader.read()
    let hasBirths = try reader.read(Bool.self)
    let births = try reader.read([Double].self)
    birthLogLikelihoods = hasBirths ? births : nil
    evidence = try reader.read()
    statistics = try reader.read()
    digest = try reader.read()
  }
}

extension DerivedQuantity: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(name)
    writer.write(label)
    writer.write(unit)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    self.init(try reader.read(), label: try reader.read(String.self), unit: try reader.read())
  }
}

extension Ending: Wire {
  public func encode(to writer: inout WireWriter) {
    let (kind, reason): (UInt8, String) =
      switch self {
      case .converged: (0, "")
      case .callLimit: (1, "")
      case .timeLimit: (2, "")
      case .interrupted: (3, "")
      case .stuck(let reason): (4, reason)
      }
    writer.write(kind)
    writer.write(reason)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let kind = try reader.read(UInt8.self)
    let reason = try reader.read(String.self)
    switch kind {
    case 0: self = .converged
    case 1: self = .callLimit
    case 2: self = .timeLimit
    case 3: self = .interrupted
    case 4: self = .stuck(reason)
    default: throw WireError("ending of unknown kind \(kind)")
    }
  }
}
