extension Problem {
  /// Maps a point of the unit cube, `dimension` numbers, to the values of all parameters.
  ///
  /// - Throws: what a conditional prior or a transform throws, and ``InputError`` for one that is not valid and for a flat one.
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
      case .fixed(let value):
        values[i] = value
        continue
      case .distribution(let prior): values[i] = prior.value(at: cube[dimension])
      case .transformed(let transform, let place):
        if place == 0 {
          let own = UnsafeBufferPointer(rebasing: cube[dimension..<dimension + transform.count])
          try apply(transform, to: own, at: i, into: values)
        }
      case .flat: throw flatness(of: i)
      case .conditional, .member:
        let given = UnsafeBufferPointer(rebasing: values[..<i])
        values[i] = try distribution(of: i, given: given).value(at: cube[dimension])
      }
      dimension += 1
    }
  }

  /// Has a transform fill in the values of its parameters, the first of which is given.
  func apply(
    _ transform: PriorTransform, to cube: UnsafeBufferPointer<Double>, at first: Int,
    into values: UnsafeMutableBufferPointer<Double>
  ) throws {
    let own = UnsafeMutableBufferPointer(rebasing: values[first..<first + transform.count])
    // What it leaves out must not be left over from another point.
    own.update(repeating: .nan)
    var span = own.mutableSpan
    try transform.function(cube.span, &span)
    if let missing = own.firstIndex(where: \.isNaN) {
      throw InputError(
        "the prior transform gave no number for parameter \"\(parameters[first + missing].name)\"")
    }
  }

  /// The log density of the prior at the given values of all parameters, over those that are not fixed.
  ///
  /// - Throws: ``InputError`` that names a prior without a density: a transform, or one of a quantile function alone.
  public func logPrior(_ values: [Double]) throws -> Double {
    try checkCount(of: values)
    return try values.withUnsafeBufferPointer { values in
      try free.reduce(0) { sum, i in
        guard let own = try logDensity(of: i, in: values) else {
          throw InputError(
            "the prior of parameter \"\(parameters[i].name)\", \(parameters[i].prior.description), has no density"
          )
        }
        return sum + own
      }
    }
  }

  /// The same, and NaN where a prior has no density.
  package func logPriorIfKnown(_ values: [Double]) throws -> Double {
    try values.withUnsafeBufferPointer { values in
      try free.reduce(0) { try $0 + (logDensity(of: $1, in: values) ?? .nan) }
    }
  }

  private func logDensity(of i: Int, in values: UnsafeBufferPointer<Double>) throws -> Double? {
    if parameters[i].prior.isTransformed { return nil }
    let prior = try distribution(of: i, given: UnsafeBufferPointer(rebasing: values[..<i]))
    return prior.hasDensity ? prior.logDensity(values[i]) : nil
  }

  /// The point of the unit cube that maps to the given values of all parameters. A parameter that a conditional prior holds fixed is in the
  /// middle.
  ///
  /// - Throws: ``InputError`` that names a prior from which there is no way back: a transform, or a flat one.
  public func cube(of values: [Double]) throws -> [Double] {
    try checkCount(of: values)
    return try values.withUnsafeBufferPointer { values in
      try free.map { i in
        if parameters[i].prior.isFlat { throw flatness(of: i) }
        return try distribution(of: i, given: UnsafeBufferPointer(rebasing: values[..<i])).cumulative(
          values[i])
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

  /// - Throws: ``InputError`` where a method that begins with draws from the prior has none to draw from.
  package func requirePrior(for method: String) throws(InputError) {
    guard let flat = parameters.first(where: \.prior.isFlat) else { return }
    throw InputError(
      "problem \"\(name)\": \(method) draws from the prior, and that of parameter \"\(flat.name)\" is flat: give it one",
      of: .method)
  }

  private func checkCount(of values: [Double]) throws {
    if values.count != parameters.count {
      throw InputError("problem \"\(name)\" has \(parameters.count) parameters, not \(values.count)")
    }
  }

  private func flatness(of i: Int) -> InputError {
    InputError("the prior of parameter \"\(parameters[i].name)\" is flat, and no map from the unit cube")
  }

  /// The prior of a parameter, given the values of those before it.
  func distribution(of i: Int, given values: UnsafeBufferPointer<Double>) throws -> any PriorDistribution {
    switch parameters[i].prior.form {
    case .distribution(let prior): prior
    case .conditional(let prior): try resolve(prior(values.span), for: parameters[i])
    case .member(let joint, let place):
      joint.distribution(of: place, given: UnsafeBufferPointer(rebasing: values[(i - place)...]))
    case .fixed(let value): PointMass(value: value)
    case .flat: FlatPrior()
    case .transformed:
      throw InputError(
        "the prior of parameter \"\(parameters[i].name)\" is a transform, from which there is no way back")
    }
  }

  private func resolve(_ prior: Prior, for parameter: Parameter) throws -> any PriorDistribution {
    let distribution: any PriorDistribution
    switch prior.form {
    case .distribution(let own): distribution = own
    case .fixed(let value): distribution = PointMass(value: value)
    default:
      throw InputError(
        "the conditional prior of \"\(parameter.name)\" must give the prior of one parameter by itself")
    }
    if let wrong = distribution.complaint {
      throw InputError("the conditional prior of \"\(parameter.name)\": \(distribution) \(wrong)")
    }
    return distribution
  }
}
