import Glibc

/// The marginal likelihood of a run.
public struct Evidence: Sendable, Equatable {
  /// Where a quoted error comes from.
  public struct ErrorKind: RawRepresentable, Hashable, Sendable {
    /// The name that files have.
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// The spread of log Z over simulated prior volumes of a nested run.
    public static let simulatedVolumes = ErrorKind(rawValue: "simulated-volumes")
    /// The spread of importance weights, with that of the volumes they rest on.
    public static let importanceWeights = ErrorKind(rawValue: "importance-weights")
    /// There is no evidence to have an error.
    public static let unknown = ErrorKind(rawValue: "unknown")
  }

  /// That of a result without any.
  static let unknown = Evidence(logZ: .nan, error: .nan, errorKind: .unknown, information: .nan)

  /// ln of the expected value of Z. For nested runs the average is over the prior volumes that the record leaves open, which shrink by
  /// E[t] = n / (n + 1): what dynesty and anesthetic quote too. As Z is spread like a lognormal there, the expected value of ln Z is lower by
  /// half the square of the error.
  public let logZ: Double
  /// One standard deviation of `logZ`.
  public let error: Double
  public let errorKind: ErrorKind
  /// The Kullback-Leibler divergence from prior to posterior, in nats.
  public let information: Double

  package init(logZ: Double, error: Double, errorKind: ErrorKind, information: Double) {
    self.logZ = logZ
    self.error = error
    self.errorKind = errorKind
    self.information = information
  }

  /// Evidence and normalised weights of samples drawn from known densities: Z = Σ L π/q, with q the density of all draws together.
  static func ofImportanceSamples(
    logLikelihoods: [Double], logPriorToProposal: [Double], error: Double
  ) -> (Evidence, logWeights: [Double]) {
    let raw = zip(logLikelihoods, logPriorToProposal).map { $0 + $1 }
    let logZ = logSumExp(raw)
    let logWeights = raw.map { $0 - logZ }
    let evidence = Evidence(
      logZ: logZ, error: error, errorKind: .importanceWeights,
      information: information(logLikelihoods: logLikelihoods, logWeights: logWeights, logZ: logZ))
    return (evidence, logWeights)
  }

  /// H = Σ p ln L - ln Z, with posterior weights p.
  static func information(logLikelihoods: [Double], logWeights: [Double], logZ: Double) -> Double {
    var sum = 0.0
    for (logL, logP) in zip(logLikelihoods, logWeights) where logP > -.infinity { sum += exp(logP) * logL }
    return sum - logZ
  }
}

extension Evidence: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(logZ)
    writer.write(error)
    writer.write(errorKind.rawValue)
    writer.write(information)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    logZ = try reader.read()
    error = try reader.read()
    errorKind = ErrorKind(rawValue: try reader.read())
    information = try reader.read()
  }
}
