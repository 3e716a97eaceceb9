import Glibc

extension OutputFormat {
  /// `bilby_result.json`, for Bilby.
  public static let bilby = OutputFormat(Bilby())
}

private struct Bilby: ResultFormat {
  let name = "bilby"
  let readers = "Bilby"

  func write(_ result: RunResult, to directory: OutputDirectory) throws {
    try result.writeBilby(to: directory.path + "/bilby_result.json")
  }
}

extension RunResult {
  /// The result as `bilby.result.read_in_result` takes it: draws of equal weight as posterior, all weighted samples as nested
  /// samples, and the priors as Bilby's own. What Bilby has no place for is in `meta_data`.
  fileprivate func writeBilby(to path: String) throws {
    let file = try AtomicFile(path)
    let rows = equallyWeightedRows()
    let names = Self.uniqueNames(
      quantities.map(\.name), reserved: ["log_likelihood", "log_prior", "weights"])
    let named = zip(names, parameters)
    let head = JSON.object([
      ("label", .string(problem)), ("outdir", .string(".")), ("sampler", .string("rookery")),
      ("log_evidence", .exactForPython(evidence.logZ)), ("log_evidence_err", .exactForPython(evidence.error)),
      ("log_noise_evidence", .raw("NaN")), ("log_bayes_factor", .raw("NaN")),
      ("information_gain", .exactForPython(evidence.information)),
      ("num_likelihood_evaluations", .integer(statistics.calls)),
      ("sampling_time", .number(statistics.wallSeconds)),
      ("search_parameter_keys", .strings(named.filter { !$1.isFixed }.map(\.0))),
      ("fixed_parameter_keys", .strings(named.filter(\.1.isFixed).map(\.0))),
      ("constraint_parameter_keys", .array([])),
      ("parameter_labels", .strings(parameters.filter { !$0.isFixed }.map(Self.latex))),
      ("parameter_labels_with_unit", .strings(parameters.filter { !$0.isFixed }.map(Self.latexWithUnit))),
      ("priors", bilbyPriors(names)),
      (
        "sampler_kwargs",
        .object(
          provenance.settings.map { ($0.name, .string($0.value)) } + [("seed", .unsigned(seed))])
      ),
      (
        "meta_data",
        .object([
          ("engine", .string(engine.name)), ("ending", .string(ending.word)), ("digest", .string(digest)),
          ("effective_sample_size", .number(effectiveSampleSize)),
          ("error_kind", .string(evidence.errorKind.rawValue)),
        ])
      ),
      ("version", .string("rookery \(provenance.version)")),
    ])
    try file.write(String(head.text.dropLast()))
    try file.write(",\"posterior\":")
    try writeFrame(
      rows, names,
      extra: [("log_likelihood", logLikelihoods)] + (hasPriorDensity ? [("log_prior", logPriors)] : []),
      to: file)
    try file.write(",\"nested_samples\":")
    try writeFrame(
      Array(logLikelihoods.indices), names,
      extra: [("log_likelihood", logLikelihoods), ("weights", logWeights.map { exp($0) })], to: file)
    try file.write("}\n")
    try file.commit()
  }

  /// A table as Bilby writes a pandas DataFrame, column by column.
  private func writeFrame(
    _ rows: [Int], _ names: [String], extra: [(String, [Double])], to file: AtomicFile
  ) throws {
    try file.write("{\"__dataframe__\":true,\"content\":{")
    var separator = ""
    func column(_ name: String, _ value: (Int) -> Double) throws {
      try file.write(separator + JSON.string(name).text + ":[")
      separator = ","
      for (i, row) in rows.enumerated() {
        try file.write((i == 0 ? "" : ",") + JSON.exactForPython(value(row)).text)
      }
      try file.write("]")
    }
    for i in parameters.indices { try column(names[i]) { samples[$0, i] } }
    for i in derived.indices { try column(names[parameters.count + i]) { derivedSamples[$0, i] } }
    for (name, values) in extra { try column(name) { values[$0] } }
    try file.write("}}")
  }

  private static func latex(_ parameter: ParameterDescription) -> String {
    parameter.label == parameter.name ? parameter.name : "$\(parameter.label)$"
  }

  private static func latexWithUnit(_ parameter: ParameterDescription) -> String {
    latex(parameter) + (parameter.unit.isEmpty ? "" : " [\(parameter.unit)]")
  }

  private func bilbyPriors(_ names: [String]) -> JSON {
    .object(
      [
        ("__prior_dict__", .bool(true)), ("__module__", .string("bilby.core.prior.dict")),
        ("__name__", .string("PriorDict")),
      ] + zip(names, parameters).map { ($0, $1.bilbyPrior(named: $0)) })
  }
}

extension ParameterDescription {
  /// This prior as Bilby's own; one that depends on other parameters becomes a table of its marginal density.
  fileprivate func bilbyPrior(named name: String) -> JSON {
    let numbers = Self.numbers(in: prior)
    let word = prior.prefix { $0 != "(" }
    let names: (String, [String])? =
      switch (word, numbers.count) {
      case ("uniform", 2): ("Uniform", ["minimum", "maximum"])
      case ("logUniform", 2): ("LogUniform", ["minimum", "maximum"])
      case ("sine", 2): ("Sine", ["minimum", "maximum"])
      case ("cosine", 2): ("Cosine", ["minimum", "maximum"])
      case ("normal", 2): ("Gaussian", ["mu", "sigma"])
      case ("truncatedNormal", 4): ("TruncatedGaussian", ["mu", "sigma", "minimum", "maximum"])
      case ("halfNormal", 1): ("HalfGaussian", ["sigma"])
      case ("logNormal", 2): ("LogNormal", ["mu", "sigma"])
      case ("exponential", 1): ("Exponential", ["mu"])
      case ("gamma", 2): ("Gamma", ["k", "theta"])
      case ("beta", 2): ("Beta", ["alpha", "beta"])
      case ("studentT", 3): ("StudentT", ["df", "mu", "scale"])
      case ("cauchy", 2): ("Cauchy", ["alpha", "beta"])
      case ("fixed", 1): ("DeltaFunction", ["peak"])
      default: nil
      }
    var arguments: [(String, JSON)] = [("name", .string(name)), ("latex_label", .string("$\(label)$"))]
    if !unit.isEmpty { arguments.append(("unit", .string(unit))) }
    guard let (kind, keys) = names else {
      let (points, density) = marginalDensity
      return Self.prior(
        "Interped", "interpolated", arguments + [("xx", .numbers(points)), ("yy", .numbers(density))])
    }
    arguments += zip(keys, numbers).map { ($0, .exactForPython($1)) }
    if boundary != .open, kind != "DeltaFunction" { arguments.append(("boundary", .string("\(boundary)"))) }
    return Self.prior(kind, "analytical", arguments)
  }

  private static func prior(_ kind: String, _ module: String, _ arguments: [(String, JSON)]) -> JSON {
    .object([
      ("__prior__", .bool(true)), ("__module__", .string("bilby.core.prior.\(module)")),
      ("__name__", .string(kind)), ("kwargs", .object(arguments)),
    ])
  }

  /// The numbers in the words of a prior, `normal(mean: 1.0, deviation: 2.0)`.
  private static func numbers(in text: String) -> [Double] {
    text.drop { $0 != "(" }.split { "(), :".contains($0) }.compactMap { Double($0) }
  }

  /// The density of the marginal prior between its quantiles, at the middle of each step.
  private var marginalDensity: (points: [Double], density: [Double]) {
    let steps = zip(priorQuantiles, priorQuantiles.dropFirst()).filter { $0 < $1 }
    return (
      steps.map { ($0 + $1) / 2 },
      steps.map { 1 / (($1 - $0) * Double(priorQuantiles.count)) }
    )
  }
}
