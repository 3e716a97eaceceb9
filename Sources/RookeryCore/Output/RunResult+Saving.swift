import Glibc

/// The saved form of a result: `samples.npz` holds all of it, to the bit.
extension RunResult {
  static let archiveName = "samples.npz"
  /// Raised when a saved result can no longer be read by an older version.
  private static let archiveVersion = 1

  /// Writes the archive that `init(contentsOf:)` reads.
  func saveArchive(to path: String, summary: JSON) throws {
    var archive = try NpzWriter(path)
    try archive.add("samples", samples, rows: samples.rows)
    try archive.add("samples_u", cube, rows: samples.rows)
    try archive.add("derived", derivedSamples, rows: samples.rows)
    try archive.add("logl", logLikelihoods)
    try archive.add("logprior", logPriors)
    try archive.add("logw", logWeights)
    if let birthLogLikelihoods { try archive.add("logl_birth", birthLogLikelihoods) }
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
        ("sampler_findings", .array(samplerFindings.map(\.json))),
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

// MARK: - Reading it back

extension RunResult {
  /// The result that was saved to a directory, to the bit.
  ///
  /// - Parameter path: a directory that a run or ``write(to:)`` wrote to, or a `samples.npz`.
  /// - Throws: ``OutputError`` where there is no such file or it cannot be read, ``InputError`` where it holds no result or is
  ///   damaged.
  public init(contentsOf path: String) throws {
    let file = path.hasSuffix(".npz") ? path : path + "/" + Self.archiveName
    let bytes = try Self.archiveBytes(file)
    do {
      try self.init(archive: NpzReader(bytes))
    } catch {
      throw InputError("\(file) holds no result of a run that can be used: \(error.description)")
    }
  }

  /// A look at the end comes first: a large file that is no archive is not worth reading.
  private static func archiveBytes(_ path: String) throws -> [UInt8] {
    let file = try PlainFile(path)
    defer { file.close() }
    let tail = try file.bytes(
      from: max(file.size - ZipReader.longestEnd, 0), count: min(file.size, ZipReader.longestEnd))
    guard ZipReader.end(in: tail) != nil else {
      throw InputError("\(path) holds no result of a run that can be used: \(ZipReader.noEnd)")
    }
    return try file.bytes(from: 0, count: file.size)
  }

  /// The directories of saved runs at a path: the path itself, or those directly in it, by name.
  ///
  /// - Throws: ``OutputError`` for a path that cannot be read, ``InputError`` where there is no saved run.
  package static func savedDirectories(at path: String) throws -> [String] {
    func holdsRun(_ path: String) -> Bool { access(path + "/" + archiveName, F_OK) == 0 }
    if path.hasSuffix(".npz") || holdsRun(path) { return [path] }
    guard let directory = opendir(path) else { throw OutputError("read", path: path) }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != "..", holdsRun(path + "/" + name) { found.append(path + "/" + name) }
    }
    guard !found.isEmpty else {
      throw InputError("\(path) holds no saved run: there is no \(archiveName) in it or in a directory in it")
    }
    return found.sorted()
  }

  /// One line of JSON that says where the run was written.
  package func placeAsJSON(_ path: String) -> String {
    JSON.object([("problem", .string(problem)), ("path", .string(path)), ("digest", .string(digest))]).text
  }

  private init(archive: NpzReader) throws(WireError) {
    let summary = SummaryReader(try JSON(parsing: archive.text("summary.json")))
    guard let version = summary.json["saved_as"]?.integer else { throw WireError("it lacks saved_as") }
    guard version <= Self.archiveVersion else {
      throw WireError("it was saved in form \(version) by a later version of Rookery")
    }
    let quantiles = try archive.points("prior_quantiles")
    let descriptions = try summary.list("parameters")
    guard quantiles.rows == descriptions.count, quantiles.columns == ParameterDescription.quantileCount else {
      throw WireError("prior_quantiles has the wrong size")
    }
    var parameters: [ParameterDescription] = []
    for (i, description) in descriptions.enumerated() {
      parameters.append(try description.parameter(priorQuantiles: quantiles[row: i]))
    }
    var derived: [DerivedQuantity] = []
    for description in try summary.list("derived") { derived.append(try description.quantity()) }
    func settings(_ name: String) -> [Provenance.Setting] {
      (summary.json[name]?.members ?? []).map { Provenance.Setting($0.0, $0.1.string ?? "") }
    }
    let asked = settings("settings")
    // Version 0.1.0 wrote them as flags.
    let inForce = settings("settings_in_force").map { setting in
      Provenance.Setting(String(setting.name.drop { $0 == "-" }.map { $0 == "-" ? "_" : $0 }), setting.value)
    }
    self.init(
      engine: EngineDescription(
        name: try summary.text("engine"), live: try summary.count("nlive"),
        dimension: try summary.count("dim"), settings: asked, inForce: inForce),
      problem: try summary.text("problem"), parameters: parameters, derived: derived,
      seed: try summary.unsigned("seed"), ending: try summary.ending(),
      samples: try archive.points("samples"), cube: try archive.points("samples_u"),
      derivedSamples: try archive.points("derived"), logLikelihoods: try archive.numbers("logl"),
      logPriors: try archive.numbers("logprior"), logWeights: try archive.numbers("logw"),
      birthLogLikelihoods: try summary.bool("has_births") ? try archive.numbers("logl_birth") : nil,
      evidence: try Evidence(summary.part("evidence")),
      logPriorEvidence: summary.json["logz_prior"]?.number,
      provenance: Provenance(
        version: try summary.text("version"), settings: asked, command: summary.words("command"),
        parts: summary.words("merged_from"), inForce: inForce, circumstances: settings("circumstances")),
      statistics: try RunStatistics(summary.part("statistics")), samplerFindings: try summary.findings())
    try check()
    guard digest == (try summary.text("digest")) else {
      throw WireError("the samples do not have the digest that was saved with them")
    }
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

  fileprivate init(_ summary: SummaryReader) throws(WireError) {
    let word = try summary.text("kind")
    guard let kind = ErrorKind(rawValue: word) else {
      throw WireError("it has an error of unknown kind \(word)")
    }
    self.init(
      logZ: try summary.number("logz"),
      error: try summary.number("error"), errorKind: kind,
      information: try summary.number("information"))
  }
}
