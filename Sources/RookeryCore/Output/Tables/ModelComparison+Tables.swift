import Glibc

extension ModelComparison {
  /// Prints the comparison to standard output and returns it. Where the program was asked for `--json`, standard output is for
  /// that alone, and nothing is printed.
  @discardableResult
  public func summary(as format: TableFormat = .terminal) -> String {
    let text = text(as: format)
    if printsSummary { put(text + "\n", to: STDOUT_FILENO) }
    return text
  }

  /// What `summary(as:)` prints.
  public func text(as format: TableFormat = .terminal) -> String {
    switch format {
    case .terminal:
      (table.terminal + ["", "  " + Self.legend] + (warnings.isEmpty ? [] : [""])
        + warnings.map { "  " + printable($0) })
        .joined(separator: "\n")
    case .markdown:
      (table.markdown + (warnings.isEmpty ? [] : [""]) + warnings.map { "- " + printable($0) }).joined(
        separator: "\n")
    case .latex: (warnings.map { "% " + printable($0) } + table.latex).joined(separator: "\n")
    case .json: json.text
    }
  }

  private static let legend =
    "ln B, odds and sigma are against the first; sigma is √(2 |ln B|), as of a likelihood ratio, below 0 where the first is better."

  private var table: Table {
    var table = Table(columns: [
      ("model", .leading), ("dim", .trailing), (.init("log Z", latex: "$\\ln Z$"), .trailing),
      (.init("ln B", latex: "$\\ln B$"), .trailing), ("odds", .trailing), ("probability", .trailing),
      (.init("sigma", latex: "$\\sigma$"), .trailing),
      (.init("max ln L", latex: "$\\ln L_{\\max}$"), .trailing),
    ])
    let showsPrior = models.contains { $0.logBayesFactorWithoutPrior != nil } && models[0].name == "null"
    if showsPrior {
      table.columns.append((.init("ln B, prior out", latex: "$\\ln B / \\int\\pi^2$"), .trailing))
    }
    table.rows = models.enumerated().map { i, model in
      let (logZ, error) = pair(model.logZ, model.error)
      let (factor, factorError) = pair(model.logBayesFactor, model.bayesFactorError)
      var row: [Table.Cell] = [
        .init(model.name), .init("\(model.dimension)"),
        .init(
          error.isEmpty ? logZ : "\(logZ) ± \(error)",
          latex: error.isEmpty ? "$\(logZ)$" : "$\(logZ) \\pm \(error)$"),
        i == 0
          ? "" : .init("\(factor) ± \(factorError)", latex: "$\(factor) \\pm \(factorError)$"),
        i == 0 ? "" : odds(model.logPosteriorOdds),
        .init(
          model.probability >= 1e-3 ? fixed(model.probability, 3) : scientific(model.probability, digits: 1)),
        i == 0 ? "" : .init(fixed(model.significance, 1)), .init(fixed(model.maximumLogLikelihood, 2)),
      ]
      if showsPrior { row.append(.init(model.logBayesFactorWithoutPrior.map { fixed($0, 2) } ?? "")) }
      return row
    }
    return table
  }

  private func pair(_ value: Double, _ error: Double) -> (String, String) {
    error > 0 && error.isFinite
      ? (rounded(value, toErrorOf: error), rounded(error, toErrorOf: error)) : (fixed(value, 2), "")
  }

  /// Odds as a number, or as a power of e where that has too many digits.
  private func odds(_ logOdds: Double) -> Table.Cell {
    guard logOdds.isFinite else { return .init("\(logOdds)") }
    if abs(logOdds) > 13 { return .init("e^\(fixed(logOdds, 0))", latex: "$e^{\(fixed(logOdds, 0))}$") }
    return .init(
      logOdds >= 0
        ? "\(rounded(exp(logOdds), toErrorOf: 0.1 * exp(logOdds))) : 1"
        : "1 : \(rounded(exp(-logOdds), toErrorOf: 0.1 * exp(-logOdds)))")
  }

  var json: JSON {
    .object([
      ("schema", .integer(1)),
      (
        "models",
        .array(
          models.map { model in
            .object([
              ("name", .string(model.name)), ("dim", .integer(model.dimension)),
              ("logz", .number(model.logZ)), ("logz_err", .number(model.error)),
              ("log_bayes_factor", .number(model.logBayesFactor)),
              ("log_bayes_factor_err", .number(model.bayesFactorError)),
              ("log_posterior_odds", .number(model.logPosteriorOdds)),
              ("probability", .number(model.probability)), ("sigma", .number(model.significance)),
              ("logz_prior", model.logPriorEvidence.map { .number($0) } ?? .null),
              (
                "log_bayes_factor_without_prior",
                model.logBayesFactorWithoutPrior.map { .number($0) } ?? .null
              ),
              ("information", .number(model.information)), ("max_logl", .number(model.maximumLogLikelihood)),
            ])
          })
      ),
      ("warnings", .strings(warnings)),
    ])
  }
}
