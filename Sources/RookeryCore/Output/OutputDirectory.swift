import Glibc

/// The directory of one run's files.
public struct OutputDirectory: Sendable {
  public let path: String

  /// Makes the directory if there is none, and sees to it that files can be written there before any work is done.
  ///
  /// - Parameters:
  ///   - path: the directory.
  ///   - part: a subdirectory for one of several runs; nil for none.
  /// - Throws: ``OutputError``.
  public init(path: String, part: String? = nil) throws {
    // The name of a problem may be anything, but it must stay one component, and its path be fit to be shown.
    let component = part.map { name in
      String(String.UnicodeScalarView(name.unicodeScalars.map { $0 == "/" || isControl($0) ? "_" : $0 }))
    }
    self.path = component.map { path + "/" + ($0 == "." || $0 == ".." ? "_" : $0) } ?? path
    guard !Launcher.isQuietRank else { return }
    var partial = path.hasPrefix("/") ? "" : "."
    for component in self.path.split(separator: "/") {
      partial += "/" + component
      if mkdir(partial, 0o777) != 0, errno != EEXIST {
        throw OutputError("make the directory", path: partial)
      }
    }
    TemporaryFile.removeLeftovers(in: self.path)
    // Under a name of its own: another process may be starting here too, and is told so when it comes to the lock.
    let probe = try TemporaryFile(for: self.path + "/probe")
    unlink(probe.path)
    close(probe.descriptor)
  }

  /// Writes a result's files, each whole or not at all; does nothing off rank 0.
  ///
  /// - Parameter formats: what to write beside `samples.npz` and `summary.json`.
  /// - Throws: ``OutputError``; ``InputError`` for a format that the result has no form in, unless all are asked for.
  public func write(_ result: RunResult, formats: [OutputFormat] = OutputFormat.standard) throws {
    guard result.rank == 0 else { return }
    let summary = result.fullSummary(result.marginals())
    try result.saveArchive(to: path + "/" + RunResult.archiveName, summary: summary)
    try write(summary.lines, to: "summary.json")
    try writeForms(formats, of: result)
  }

  /// Writes a result for other tools alone, without the files that it is read back from.
  ///
  /// - Throws: as ``write(_:formats:)``.
  package func writeForms(_ formats: [OutputFormat], of result: RunResult) throws {
    let wantsAll = formats == OutputFormat.allCases
    let chosen = formats.filter { !wantsAll || $0.obstacle(to: result) == nil }
    // What can be written is, whatever else was asked for.
    for format in chosen where format.obstacle(to: result) == nil {
      try format.write(result, to: self)
    }
    if let obstacle = chosen.lazy.compactMap({ $0.obstacle(to: result) }).first { throw InputError(obstacle) }
  }

  /// Writes a file whole or not at all.
  ///
  /// - Throws: ``OutputError``.
  public func write(_ text: String, to name: String) throws {
    let file = try AtomicFile(path + "/" + name)
    try file.write(text)
    try file.commit()
  }
}

extension OutputDirectory {
  /// Writes a result where it was to go or, failing that, where it can be kept.
  ///
  /// - Parameter fallbacks: directories to try in turn, in one of their own.
  /// - Returns: what went wrong and where the result is now, in words; nil where all went as it should.
  package func save(_ result: RunResult, formats: [OutputFormat], fallbacks: [String]) throws -> String? {
    let trouble: OutputError
    do {
      try write(result, formats: [])
      do { try writeForms(formats, of: result) } catch let error as OutputError {
        return
          "\(error); samples.npz and summary.json are whole in \(path), and `rookery export` writes the rest from them"
      }
      return nil
    } catch let error as OutputError { trouble = error }
    for place in fallbacks {
      let name = "rookery-\(result.problem)-\(result.digest)"
      guard let other = try? OutputDirectory(path: place, part: name) else { continue }
      do {
        try other.write(result, formats: [])
        try? other.writeForms(formats, of: result)
        return "\(trouble); the result is in \(other.path) instead"
      } catch { rmdir(other.path) }
    }
    return "\(trouble); nor could the result be kept in \(fallbacks.joined(separator: " or "))"
  }
}

extension RunResult {
  /// Writes the samples and a summary to a directory, which is made if there is none. Files that are there are replaced.
  ///
  /// - Parameters:
  ///   - path: the directory.
  ///   - formats: what to write beside `samples.npz` and `summary.json`.
  /// - Returns: the directory; nil off rank 0, where nothing is touched.
  /// - Throws: ``OutputError``; ``InputError`` for a format that the result has no form in.
  @discardableResult
  public func write(to path: String, formats: [OutputFormat] = OutputFormat.standard) throws
    -> OutputDirectory?
  {
    guard rank == 0 else { return nil }
    let directory = try OutputDirectory(path: path)
    try directory.write(self, formats: formats)
    return directory
  }
}
