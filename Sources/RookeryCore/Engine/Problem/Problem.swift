/// What is to be inferred: named parameters with priors, a log-likelihood, and derived quantities if wanted.
///
/// ```swift
/// let problem = try Problem("line", parameters: [
///   Parameter("slope", .uniform(-5, 5)),
///   Parameter("offset", .normal(mean: 0, deviation: 10)),
/// ]) { theta in
///   -0.5 * data.reduce(0) { sum, d in
///     let r = (d.y - theta[0] * d.x - theta[1]) / d.error
///     return sum + r * r
///   }
/// }
/// ```
///
/// The likelihood may return minus infinity or throw ``PointRefused`` for a point of zero likelihood; any
/// other error it throws, a NaN or plus infinity ends the run with a ``LikelihoodFailure`` that names the
/// point.
public struct Problem: Sendable {
  /// A log-likelihood of one point, given the values of all parameters in order. It fills in the derived
  /// quantities.
  public typealias LogLikelihood =
    @Sendable (_ parameters: Span<Double>, _ derived: inout MutableSpan<Double>) throws -> Double

  /// A log-likelihood of many points at once, as many as ``Problem/batch`` says and fewer where no more are left.
  ///
  /// A point without likelihood gets minus infinity; NaN is treated as ``Problem/onNaN`` says. A ``PointRefused`` cannot say which point it
  /// means, so the block is then asked for again point by point: it works, and costs as much as if there were no blocks.
  ///
  /// - Parameters:
  ///   - parameters: the points, one after another, each with all parameters in order.
  ///   - derived: to be filled with the derived quantities, point after point.
  ///   - logLikelihoods: to be filled, one element a point.
  public typealias BatchLogLikelihood =
    @Sendable (
      _ parameters: Span<Double>, _ derived: inout MutableSpan<Double>,
      _ logLikelihoods: inout MutableSpan<Double>
    ) throws -> Void

  /// What to do with a point whose log-likelihood is not a number.
  public enum NaNPolicy: String, Sendable, CaseIterable {
    /// End the run with an error that names the point.
    case error
    /// Count the point as one of zero likelihood.
    case refuse
  }

  public let name: String
  public let parameters: [Parameter]
  public let derived: [DerivedQuantity]
  /// Whether the likelihood may run on several threads at once. Handles of C and Fortran libraries rarely
  /// may.
  public var isThreadSafe: Bool
  public var onNaN: NaNPolicy = .error
  /// How many points the likelihood is asked for at once; nil for as many as suit the sampler where it takes many, and one where it does
  /// not. It is a setting of a run like others: the result depends on it, and never on the pool.
  public var batch: Int?
  package var likelihood: any Likelihood { didSet { identity = ObjectIdentity() } }
  /// Tells workers that stay for several runs which problem is meant: copies are the same one, whatever is set on them, as long as their
  /// likelihood is.
  package private(set) var identity = ObjectIdentity()
  /// The positions in `parameters` of those that take a dimension of the unit cube.
  package let free: [Int]
  /// The positions of those whose values depend on other coordinates than their own.
  package let dependents: [Int]
  /// The priors that are uniform, by parameter: most are, and to go through any kind of prior takes longer than to apply one.
  let uniforms: [UniformPrior?]

  /// The number of dimensions of the unit cube: parameters that are not fixed.
  public var dimension: Int { free.count }

  /// A problem whose likelihood takes the parameters as a span: no allocation per call.
  public init(
    _ name: String, parameters: [Parameter], threadSafe: Bool = false,
    logLikelihood: @escaping @Sendable (Span<Double>) throws -> Double
  ) throws {
    try self.init(
      name, parameters: parameters, derived: [],
      likelihood: PointLikelihood(isThreadSafe: threadSafe) { parameters, _ in try logLikelihood(parameters) }
    )
  }

  /// A problem whose likelihood takes the parameters as an array.
  @_disfavoredOverload
  public init(
    _ name: String, parameters: [Parameter], threadSafe: Bool = false,
    logLikelihood: @escaping @Sendable ([Double]) throws -> Double
  ) throws {
    try self.init(name, parameters: parameters, threadSafe: threadSafe) { (theta: Span<Double>) in
      try logLikelihood(theta.withUnsafeBufferPointer { Array($0) })
    }
  }

  /// A problem with derived quantities, which the likelihood fills in.
  public init(
    _ name: String, parameters: [Parameter], derived: [DerivedQuantity], threadSafe: Bool = false,
    logLikelihood: @escaping LogLikelihood
  ) throws {
    try self.init(
      name, parameters: parameters, derived: derived,
      likelihood: PointLikelihood(isThreadSafe: threadSafe, logLikelihood))
  }

  /// A problem whose likelihood takes many points at once.
  public init(
    _ name: String, parameters: [Parameter], derived: [DerivedQuantity] = [], threadSafe: Bool = false,
    batchLogLikelihood: @escaping BatchLogLikelihood
  ) throws {
    try self.init(
      name, parameters: parameters, derived: derived,
      likelihood: BatchLikelihood(isThreadSafe: threadSafe, batchLogLikelihood))
  }

  /// A problem whose likelihood is an object that is opened on each worker.
  public init(
    _ name: String, parameters: [Parameter], derived: [DerivedQuantity] = [], likelihood: any Likelihood
  ) throws {
    self.name = name
    self.parameters = parameters
    self.derived = derived
    self.likelihood = likelihood
    isThreadSafe = likelihood.abilities.isThreadSafe
    batch = likelihood.abilities.block
    uniforms = parameters.map {
      if case .distribution(let prior) = $0.prior.form { prior as? UniformPrior } else { nil }
    }
    free = parameters.indices.filter { !parameters[$0].prior.isFixed }
    dependents = parameters.indices.filter { parameters[$0].prior.isDependent }
    if let complaint = Self.complaint(parameters: parameters, derived: derived, free: free) {
      throw InputError("problem \"\(name)\": \(complaint)")
    }
  }

  private static func complaint(
    parameters: [Parameter], derived: [DerivedQuantity], free: [Int]
  ) -> String? {
    if free.isEmpty { return "it has no parameter to infer; give at least one that is not fixed" }
    var seen: Set<String> = []
    for name in parameters.map(\.name) + derived.map(\.name) {
      if name.isEmpty { return "a parameter has an empty name" }
      if !seen.insert(name).inserted { return "two parameters are called \"\(name)\"; rename one" }
    }
    for (i, parameter) in parameters.enumerated() {
      if let wrong = complaint(parameter, at: i, of: parameters) {
        return "parameter \"\(parameter.name)\": \(parameter.prior.description) \(wrong)"
      }
    }
    return nil
  }

  private static func complaint(_ parameter: Parameter, at i: Int, of parameters: [Parameter]) -> String? {
    switch parameter.prior.form {
    case .distribution(let prior): return prior.complaint
    case .fixed(let value): return PointMass(value: value).complaint
    case .conditional: return nil
    case .flat: return parameter.boundary == .open ? nil : "has no ends, and cannot be \(parameter.boundary)"
    case .member, .transformed:
      guard let (group, place) = parameter.prior.group else { return nil }
      if let wrong = group.complaint { return wrong }
      let isWhole = (0..<group.count).allSatisfy { other in
        let at = i - place + other
        guard parameters.indices.contains(at), let (its, itsPlace) = parameters[at].prior.group else {
          return false
        }
        return its === group && itsPlace == other
      }
      return isWhole ? nil : "needs the others that belong to it before and after it, each once and in order"
    }
  }
}

extension Problem {
  /// The most points of a block. What they need is laid out on each worker before the first.
  static let mostPointsOfBatch = 1 << 20

  /// The same problem, with its points a block settled: what it says itself, or what suits a sampler.
  ///
  /// - Throws: ``InputError`` for a number that cannot be.
  package func settingBatch(or suitable: Int) throws -> Problem {
    var settled = self
    let batch = batch ?? suitable
    guard batch >= 1, batch <= Self.mostPointsOfBatch else {
      throw InputError(
        "problem \"\(name)\": a batch of \(batch) points cannot be; it may have 1 to \(Self.mostPointsOfBatch)"
      )
    }
    settled.batch = batch
    return settled
  }

  /// The most rows that the likelihood is asked for at once.
  package var rowsAtOnce: Int { min(max(batch ?? 1, 1), Self.mostPointsOfBatch) }
}

/// Something of which each is equal to itself and its copies alone.
package final class ObjectIdentity: Sendable, Equatable {
  package static func == (a: ObjectIdentity, b: ObjectIdentity) -> Bool { a === b }
}
