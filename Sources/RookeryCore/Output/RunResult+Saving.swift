import Glibc

/// The saved form of a result: `samples.npz` holds all of it, to the bit.
extension RunResult {
  static let archiveName = "samples.npz"
  /// Raised when a saved result can no longer be read by an older version.
  static let archiveVersion = 1

  /// Writes the archive that `init(contentsOf:)` reads.
  func saveArchive(to path: String, summary: JSON) throws {
    var archive = try NpzWriter(path)
    try archive.add("samples", samples, rows: samples.rows)
    try archive.add("samples_u", cube, rows: samples.rows)
    try archive.add("derived", derivedSamples, rows: samples.rows)
    try archive.add("logl", logLikelihoods)
    try archive.add("logprior", logPriors)
    try archive.add("logw", logWeights)
    if case .nested(let table) = kind { try archive.add("logl_birth", table.births) }
    try archive.add("names", quantities.map(\.name))
    try archive.add("labels", quantities.map(\.label))
    try archive.add(
      "prior_quantiles",
      PointMatrix(
        columns: ParameterDescription.quantileCount, values: parameters.flatMap(\.priorQuantiles)),
      rows: parameters.count)
    try archive.add("summary.json", text: summary.lines)
    try archive.commit()
  }

  /// One line of JSON that says where the run was written.
  package func placeAsJSON(_ path: String) -> String {
    JSON.object([("problem", .string(problem)), ("path", .string(path)), ("digest", .string(digest))]).text
  }

  /// Everything but the samples.
  func fullSummary(_ marginals: [Marginal]) -> JSON {
    let isSummarised = obstacleToSummary == nil
    func numbers(_ marginal: Marginal) -> [(String, JSON)] { marginal.json(isSummarised: isSummarised) }
    let ofDerived = marginals.suffix(derived.count)
    return .object(
      contract(marginals) + [
        ("saved_as", .integer(Self.archiveVersion)),
        ("has_births", .bool(birthLogLikelihoods != nil)),
        ("parameters", .array(zip(parameters, marginals).map { .object(Self.json($0) + numbers($1)) })),
        ("derived", .array(zip(derived, ofDerived).map { .object(Self.json($0) + numbers($1)) })),
        ("settings", .object(provenance.settings.map { ($0.name, .string($0.value)) })),
        ("settings_in_force", .object(provenance.inForce.map { ($0.name, .string($0.value)) })),
        ("circumstances", .object(provenance.circumstances.map { ($0.name, .string($0.value)) })),
        ("command", .strings(provenance.command)),
        ("merged_from", .strings(provenance.parts)),
        ("logz_prior", logPriorEvidence.map { .exact($0) } ?? .null),
        ("stuck_because", .string(ending.reason?.message ?? "")),
        ("stuck", ending.reason?.json ?? .null),
        ("evidence", evidence.json),
        ("statistics", statistics.json),
        ("sampler_findings", .array(head.findings.map(\.json))),
      ])
  }

  private static func json(_ parameter: ParameterDescription) -> [(String, JSON)] {
    json(parameter.quantity) + [
      ("prior", .string(parameter.prior)), ("boundary", .string("\(parameter.boundary)")),
      ("fixed", .bool(parameter.isFixed)), ("lower", .exact(parameter.lower)),
      ("upper", .exact(parameter.upper)),
    ]
  }

  private static func json(_ quantity: DerivedQuantity) -> [(String, JSON)] {
    [
      ("name", .string(quantity.name)), ("label", .string(quantity.label)), ("unit", .string(quantity.unit)),
    ]
  }
}

extension Ending {
  /// Why a run is stuck; nil for other endings.
  fileprivate var reason: Finding? { if case .stuck(let reason) = self { reason } else { nil } }
}

extension Evidence {
  fileprivate var json: JSON {
    .object([
      ("logz", .exact(logZ)), ("error", .exact(error)),
      ("kind", .string(errorKind.rawValue)),
      ("information", .exact(information)),
    ])
  }
}
