import Glibc

/// Models of the same data, side by side.
public struct ModelComparison: Sendable {
  /// One model beside the reference.
  public struct Model: Sendable {
    public let name: String
    public let logZ: Double
    public let error: Double
    /// ln of evidence over that of the reference, which is the first model, and its error; zero for the reference itself.
    public let logBayesFactor: Double
    public let bayesFactorError: Double
    /// The odds against the reference given the data: prior odds times Bayes factor; their logarithm.
    public let logPosteriorOdds: Double
    /// The probability of the model given the data, if it is one of those compared.
    public let probability: Double
    /// ±√(2 |ln B|): the number of standard deviations at which a likelihood ratio would say as much.
    public let significance: Double
    /// ln B with the evidence of the prior ∫ π² dθ divided out, and so the prior volume that it was spread over; nil for the null
    /// model and where a prior depends on other parameters.
    public let logBayesFactorWithoutPrior: Double?
    /// ln of the evidence of the prior: see ``RunResult/logPriorEvidence``.
    public let logPriorEvidence: Double?
    public let dimension: Int
    public let information: Double
    /// The highest log-likelihood found.
    public let maximumLogLikelihood: Double
  }

  public let models: [Model]
  /// What makes the comparison doubtful, in whole sentences.
  public let warnings: [String]
  /// Whether a summary of it is printed: see ``RunResult/summary(as:)``.
  let printsSummary: Bool
}

/// Compares the evidence of models of the same data; nil, silently, off rank 0.
///
/// - Parameters:
///   - results: one for each model; the first is the reference, unless the evidence of a null model is given.
///   - names: what to call them; nil for the names of their problems.
///   - priorOdds: the odds of each against the others before the data, in the order of the results, after those of the null model
///     where one is given; nil for even odds.
///   - nullLogZ: ln of the evidence of a model without parameters, say noise alone, which is then the reference.
/// - Throws: ``InputError`` for no results, or odds that are not one positive number a model.
public func compare(
  _ results: [RunResult], names: [String]? = nil, priorOdds: [Double]? = nil, nullLogZ: Double? = nil
) throws -> ModelComparison? {
  guard !results.isEmpty else { throw InputError("there are no results to compare") }
  guard results.allSatisfy({ $0.rank == 0 }) else { return nil }
  let names = names ?? numbered(results.map(\.problem))
  guard names.count == results.count else {
    throw InputError("\(names.count) names do not fit \(results.count) results")
  }
  let count = results.count + (nullLogZ == nil ? 0 : 1)
  let odds = priorOdds ?? [Double](repeating: 1, count: count)
  guard odds.count == count, odds.allSatisfy({ $0 > 0 && $0.isFinite }) else {
    throw InputError(
      "prior odds must be one positive number for each of the \(count) models"
        + (nullLogZ == nil ? "" : ", the null model first") + ", not \(odds)")
  }
  if let nullLogZ, !nullLogZ.isFinite {
    throw InputError("log Z of the null model must be finite, not \(nullLogZ)")
  }

  let evidences = (nullLogZ.map { [($0, 0.0)] } ?? []) + results.map { ($0.evidence.logZ, $0.evidence.error) }
  let reference = evidences[0]
  let joint = zip(evidences, odds).map { $0.0 + log($1) }
  let total = logSumExp(joint)
  var models: [ModelComparison.Model] = []
  for (i, (logZ, error)) in evidences.enumerated() {
    let result = nullLogZ == nil ? results[i] : i == 0 ? nil : results[i - 1]
    let factor = i == 0 ? 0 : logZ - reference.0
    models.append(
      ModelComparison.Model(
        name: result == nil ? "null" : names[i - (nullLogZ == nil ? 0 : 1)], logZ: logZ, error: error,
        logBayesFactor: factor,
        bayesFactorError: i == 0 ? 0 : (error * error + reference.1 * reference.1).squareRoot(),
        logPosteriorOdds: factor + log(odds[i] / odds[0]), probability: exp(joint[i] - total),
        significance: (2 * abs(factor)).squareRoot() * (factor < 0 ? -1 : 1),
        logBayesFactorWithoutPrior: result.flatMap { result in
          let ofReference = nullLogZ == nil ? results[0].logPriorEvidence : 0
          guard let own = result.logPriorEvidence, let other = ofReference else { return nil }
          return factor - own + other
        },
        logPriorEvidence: result?.logPriorEvidence, dimension: result?.engine.dimension ?? 0,
        information: result?.evidence.information ?? 0,
        maximumLogLikelihood: result.map {
          $0.bestIndex.map { i in result?.logLikelihoods[i] ?? .nan } ?? .nan
        } ?? logZ))
  }
  return ModelComparison(
    models: models, warnings: ComparisonDoubts(results, names, models).sentences,
    printsSummary: results.allSatisfy(\.head.printsSummary))
}

/// The names, those that come more than once with a number.
private func numbered(_ names: [String]) -> [String] {
  var seen: [String: Int] = [:]
  return names.map { name in
    seen[name, default: 0] += 1
    let isAlone = names.count { $0 == name } == 1
    return isAlone ? name : "\(name) (\(seen[name, default: 1]))"
  }
}

/// What makes a comparison of models doubtful.
private struct ComparisonDoubts {
  private(set) var sentences: [String] = []

  init(_ results: [RunResult], _ names: [String], _ models: [ModelComparison.Model]) {
    for (result, name) in zip(results, names) {
      if result.ending != .converged {
        sentences.append(
          "\(name) did not converge (\(result.ending.word)): its evidence is too low or unsure.")
      }
      if !result.evidence.logZ.isFinite { sentences.append("\(name) has no finite evidence.") }
      for marginal in result.marginals() where !marginal.edges.isEmpty {
        sentences.append(
          "\(name): \(marginal.name) piles up at the edge of its prior, so the evidence follows where the prior ends."
        )
      }
    }
    guard let reference = results.first else { return }
    for (result, name) in zip(results, names).dropFirst() {
      compare(reference, names[0], result, name)
    }
    for model in models.dropFirst()
    where abs(model.logBayesFactor) < 2 * model.bayesFactorError {
      sentences.append(
        "\(model.name) and \(models[0].name) differ by less than two errors: more live points would tell them apart, if "
          + "anything does.")
    }
  }

  private mutating func compare(_ one: RunResult, _ name: String, _ other: RunResult, _ otherName: String) {
    func inferred(_ result: RunResult) -> [String: ParameterDescription] {
      Dictionary(uniqueKeysWithValues: result.parameters.filter { !$0.isFixed }.map { ($0.name, $0) })
    }
    let (mine, its) = (inferred(one), inferred(other))
    let shared = one.parameters.filter { mine[$0.name] != nil && its[$0.name] != nil }
    for parameter in shared where its[parameter.name]?.priorQuantiles != parameter.priorQuantiles {
      sentences.append(
        "\(parameter.name) has the prior \(parameter.prior) in \(name) and \(its[parameter.name]?.prior ?? "") in "
          + "\(otherName): part of ln B is the ratio of the two.")
    }
    if one.problem == other.problem, shared.count == mine.count, shared.count == its.count,
      shared.allSatisfy({ its[$0.name]?.priorQuantiles == $0.priorQuantiles })
    {
      sentences.append(
        "\(otherName) and \(name) are runs of one model, as far as names and priors tell: ln B between them is chance."
      )
    }
    // Each tenfold change of a prior's width moves ln Z by ln 10 where the data and not the prior hold the parameter.
    let own = max(mine.count, its.count) - shared.count
    let factor = abs(other.evidence.logZ - one.evidence.logZ)
    if own > 0, factor < Double(own) * log(10) {
      sentences.append(
        "ln B between \(otherName) and \(name) is \(fixed(factor, 1)), and \(own) parameter\(own == 1 ? "" : "s") of one "
          + "\(own == 1 ? "is" : "are") not in the other: priors ten times as wide would move it by "
          + "\(fixed(Double(own) * log(10), 1)). Unless the ranges of the priors mean something, it decides nothing."
      )
    }
  }
}
