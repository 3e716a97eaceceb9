import Glibc

/// The saved form read back: see ``RunResult/saveArchive(to:summary:)``.
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

  private init(archive: NpzReader) throws(WireError) {
    let summary = SummaryReader(try JSON(parsing: archive.text("summary.json")))
    guard let version = summary.json["saved_as"]?.integer else { throw WireError("it lacks saved_as") }
    guard version <= Self.archiveVersion else {
      throw WireError("it was saved in form \(version) by a later version of Rookery")
    }
    self.init(
      head: try RunHead(summary, priorQuantiles: archive.points("prior_quantiles")),
      draws: try Draws(archive), kind: try Kind(archive, summary))
    try check()
    guard digest == (try summary.text("digest")) else {
      throw WireError("the samples do not have the digest that was saved with them")
    }
  }
}

extension RunHead {
  fileprivate init(_ summary: SummaryReader, priorQuantiles quantiles: PointMatrix) throws(WireError) {
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
      problem: try summary.text("problem"), parameters: parameters, derived: derived,
      logPriorEvidence: summary.json["logz_prior"]?.number,
      engine: EngineDescription(
        name: try summary.text("engine"), live: try summary.count("nlive"),
        dimension: try summary.count("dim"), settings: asked, inForce: inForce),
      seed: try summary.unsigned("seed"), ending: try summary.ending(), findings: try summary.findings(),
      provenance: Provenance(
        version: try summary.text("version"), settings: asked, command: summary.words("command"),
        parts: summary.words("merged_from"), inForce: inForce, circumstances: settings("circumstances")),
      statistics: try RunStatistics(summary.part("statistics")))
  }
}

extension Draws {
  fileprivate init(_ archive: NpzReader) throws(WireError) {
    self.init(
      parameters: try archive.points("samples"), derived: try archive.points("derived"),
      coordinates: try archive.points("samples_u"), space: .cube,
      logLikelihoods: try archive.numbers("logl"), logPriors: try archive.numbers("logprior"))
  }
}

extension RunResult.Kind {
  fileprivate init(_ archive: NpzReader, _ summary: SummaryReader) throws(WireError) {
    let evidence = try Evidence(summary.part("evidence"))
    let logWeights = try archive.numbers("logw")
    self =
      try summary.bool("has_births")
      ? .nested(
        NestedTable(
          births: try archive.numbers("logl_birth"), logWeights: logWeights, evidence: evidence))
      : .importance(ImportanceTable(logWeights: logWeights, evidence: evidence))
  }
}

extension Evidence {
  fileprivate init(_ summary: SummaryReader) throws(WireError) {
    self.init(
      logZ: try summary.number("logz"), error: try summary.number("error"),
      errorKind: ErrorKind(rawValue: try summary.text("kind")),
      information: try summary.number("information"))
  }
}
