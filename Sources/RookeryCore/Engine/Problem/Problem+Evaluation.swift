/// What a problem is worth at one point.
public struct Evaluation: Sendable, Equatable {
  /// Minus infinity where the likelihood refuses the point.
  public let logLikelihood: Double
  /// The log density of the prior over the parameters that are not fixed; minus infinity outside of it. NaN where a
  /// prior has no density.
  public let logPrior: Double
  /// The derived quantities in order; NaN where the likelihood gave none.
  public let derived: [Double]
}

extension Problem {
  /// The log-likelihood at the given values of all parameters, in order: to look at a model without a run.
  ///
  /// - Returns: minus infinity where the likelihood refuses the point.
  /// - Throws: ``InputError`` for a point that is none, ``LikelihoodFailure``, which names the point.
  public func logLikelihood(at values: [Double]) throws -> Double { try evaluate(at: values).logLikelihood }

  /// The log-likelihood at values by the names of parameters. Fixed ones may be left out.
  public func logLikelihood(at values: [String: Double]) throws -> Double {
    try evaluate(at: values).logLikelihood
  }

  /// Likelihood, prior and derived quantities at the given values of all parameters, in order.
  ///
  /// - Throws: ``InputError`` for a point that is none, ``LikelihoodFailure``, which names the point.
  public func evaluate(at values: [Double]) throws -> Evaluation {
    guard values.count == parameters.count else {
      throw InputError("problem \"\(name)\" has \(parameters.count) parameters, not \(values.count)")
    }
    if let i = values.indices.first(where: { !values[$0].isFinite }) {
      throw InputError("\(parameters[i].name) = \(values[i]) is no value to evaluate problem \"\(name)\" at")
    }
    let evaluator = Evaluator(self)
    let logLikelihood = try evaluator.logLikelihood(of: values)
    return Evaluation(
      logLikelihood: logLikelihood, logPrior: try logPriorIfKnown(values), derived: Array(evaluator.derived))
  }

  /// The same at values by the names of parameters. Fixed ones may be left out.
  public func evaluate(at values: [String: Double]) throws -> Evaluation {
    let names = parameters.map(\.name)
    if let stranger = values.keys.sorted().first(where: { !names.contains($0) }) {
      throw InputError(
        "problem \"\(name)\" has no parameter \"\(stranger)\""
          + (nearest(to: stranger, among: names).map { "; did you mean \"\($0)\"?" } ?? ""))
    }
    return try evaluate(
      at: parameters.map { parameter in
        if let value = values[parameter.name] { return value }
        guard case .fixed(let value) = parameter.prior.form else {
          throw InputError("the point gives no value for parameter \"\(parameter.name)\"")
        }
        return value
      })
  }
}

extension Problem {
  /// Maps points of the unit cube to the values of all parameters, row by row.
  package func transform(_ cube: PointMatrix) throws -> PointMatrix {
    var values = PointMatrix(rows: cube.rows, columns: parameters.count)
    try values.withUnsafeMutableValues { all in
      for row in 0..<cube.rows {
        let slice = all[row * parameters.count..<(row + 1) * parameters.count]
        try cube.withRow(row) { try transform($0, into: UnsafeMutableBufferPointer(rebasing: slice)) }
      }
    }
    return values
  }
}
