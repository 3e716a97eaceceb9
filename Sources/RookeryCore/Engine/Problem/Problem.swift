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
  package var likelihood: any Likelihood
  /// The positions in `parameters` of those that take a dimension of the unit cube.
  package let free: [Int]
  /// The positions of those whose priors depend on parameters before them.
  package let dependents: [Int]
  /// The priors that are uniform, by parameter: most are, and to go through any kind of prior takes longer than to apply one.
  private let uniforms: [UniformPrior?]

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
    dependents = parameters.indices.filter { parameters[$0].prior.isConditional }
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
    for parameter in parameters {
      if case .distribution(let prior) = parameter.prior.form, let wrong = prior.complaint {
        return "parameter \"\(parameter.name)\": \(prior) \(wrong)"
      }
      if case .fixed(let value) = parameter.prior.form, !value.isFinite {
        return "parameter \"\(parameter.name)\": \(parameter.prior.description) needs a finite value"
      }
    }
    return nil
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

extension Problem {
  /// Maps a point of the unit cube, `dimension` numbers, to the values of all parameters.
  ///
  /// - Throws: what a conditional prior throws, and ``InputError`` for one that is not valid.
  package func transform(
    _ cube: UnsafeBufferPointer<Double>, into values: UnsafeMutableBufferPointer<Double>
  ) throws {
    var dimension = 0
    for i in parameters.indices {
      if let uniform = uniforms[i] {
        values[i] = uniform.value(at: cube[dimension])
        dimension += 1
        continue
      }
      switch parameters[i].prior.form {
      case .fixed(let value): values[i] = value
      case .distribution(let prior):
        values[i] = prior.value(at: cube[dimension])
        dimension += 1
      case .conditional(let prior):
        let given = UnsafeBufferPointer(rebasing: values[..<i])
        values[i] = try resolve(prior(given.span), for: parameters[i]).value(at: cube[dimension])
        dimension += 1
      }
    }
  }

  /// The log density of the prior at the given values of all parameters.
  public func logPrior(_ values: [Double]) throws -> Double {
    try checkCount(of: values)
    var sum = 0.0
    try values.withUnsafeBufferPointer { values in
      for i in free {
        sum += try distribution(of: i, given: UnsafeBufferPointer(rebasing: values[..<i])).logDensity(
          values[i])
      }
    }
    return sum
  }

  /// The point of the unit cube that maps to the given values of all parameters.
  public func cube(of values: [Double]) throws -> [Double] {
    try checkCount(of: values)
    return try values.withUnsafeBufferPointer { values in
      try free.map { i in
        try distribution(of: i, given: UnsafeBufferPointer(rebasing: values[..<i])).cumulative(values[i])
      }
    }
  }

  /// The values of all parameters at a point of the unit cube.
  public func values(at cube: [Double]) throws -> [Double] {
    guard cube.count == dimension else {
      throw InputError("a point of problem \"\(name)\" has \(dimension) coordinates, not \(cube.count)")
    }
    var values = [Double](repeating: 0, count: parameters.count)
    try cube.withUnsafeBufferPointer { cube in
      try values.withUnsafeMutableBufferPointer { try transform(cube, into: $0) }
    }
    return values
  }

  package var boundaries: [Parameter.Boundary] { free.map { parameters[$0].boundary } }

  private func checkCount(of values: [Double]) throws {
    if values.count != parameters.count {
      throw InputError("problem \"\(name)\" has \(parameters.count) parameters, not \(values.count)")
    }
  }

  /// The prior of a parameter that is not fixed, given the values of those before it.
  func distribution(of i: Int, given values: UnsafeBufferPointer<Double>) throws -> any PriorDistribution {
    switch parameters[i].prior.form {
    case .distribution(let prior): prior
    case .conditional(let prior): try resolve(prior(values.span), for: parameters[i])
    case .fixed: throw InputError("parameter \"\(parameters[i].name)\" is fixed and has no prior")
    }
  }

  private func resolve(_ prior: Prior, for parameter: Parameter) throws -> any PriorDistribution {
    guard case .distribution(let distribution) = prior.form else {
      throw InputError("the conditional prior of \"\(parameter.name)\" must give a plain prior")
    }
    if let wrong = distribution.complaint {
      throw InputError("the conditional prior of \"\(parameter.name)\": \(distribution) \(wrong)")
    }
    return distribution
  }
}
