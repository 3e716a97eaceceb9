import Glibc

/// A file or directory that cannot be written or read.
public struct OutputError: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }

  init(_ what: String, path: String) {
    self.init("cannot \(what) \(path): \(String(cString: strerror(errno)))")
  }
}

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
    self.path = part.map { path + "/" + $0 } ?? path
    guard !Launcher.isQuietRank else { return }
    var partial = path.hasPrefix("/") ? "" : "."
    for component in self.path.split(separator: "/") {
      partial += "/" + component
      if mkdir(partial, 0o777) != 0, errno != EEXIST {
        throw OutputError("make the directory", path: partial)
      }
    }
    try write("", to: ".probe")
    unlink(self.path + "/.probe")
  }

  /// Writes a result's files; does nothing off rank 0.
  ///
  /// - Throws: ``OutputError``.
  public func write(_ result: RunResult) throws {
    guard result.rank == 0 else { return }
    let summary = result.fullSummary(result.marginals())
    try result.saveArchive(to: path + "/" + RunResult.archiveName, summary: summary)
    try write(summary.lines, to: "summary.json")
    try write(result.csv(), to: "samples.csv")
  }

  /// Writes a file whole or not at all.
  package func write(_ text: String, to name: String) throws {
    let file = try AtomicFile(path + "/" + name)
    try file.write(text)
    try file.commit()
  }
}

extension RunResult {
  /// Writes the samples and a summary to a directory, which is made if there is none.
  ///
  /// - Returns: the directory; nil off rank 0, where nothing is touched.
  /// - Throws: ``OutputError``.
  @discardableResult
  public func write(to path: String) throws -> OutputDirectory? {
    guard rank == 0 else { return nil }
    let directory = try OutputDirectory(path: path)
    try directory.write(self)
    return directory
  }

  /// The weighted samples as comma-separated values with a header: weight, log-likelihood, birth contour of
  /// nested runs, parameters, derived quantities.
  func csv() -> String {
    var header = ["weight", "logl"]
    if birthLogLikelihoods != nil { header.append("logl_birth") }
    header += quantities.map { quoted($0.name) }
    var text = header.joined(separator: ",") + "\n"
    for row in 0..<samples.rows {
      var cells = [exp(logWeights[row]), logLikelihoods[row]]
      if let birthLogLikelihoods { cells.append(birthLogLikelihoods[row]) }
      cells += samples[row: row] + derivedSamples[row: row]
      text += cells.map { "\($0)" }.joined(separator: ",") + "\n"
    }
    return text
  }

  private func quoted(_ name: String) -> String {
    guard name.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return name }
    return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
