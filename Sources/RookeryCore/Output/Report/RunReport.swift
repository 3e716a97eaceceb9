/// The report of a run: an HTML page that needs nothing beside it, and its pictures.
package struct RunReport: Sendable {
  let result: RunResult
  let marginals: [RunResult.Marginal]
  let samples: DrawnSamples
  let own: [Picture]
  let pictures: [ReportPicture]

  /// - Parameters:
  ///   - truths: the true values of parameters and derived quantities by name, to be marked.
  ///   - own: pictures of the user, which come first.
  /// - Throws: ``InputError`` for a true value of something that the result does not have.
  package init(_ result: RunResult, truths: [String: Double] = [:], own: [Picture] = []) throws {
    let names = Set(result.quantities.map(\.name))
    if let unknown = truths.keys.sorted().first(where: { !names.contains($0) }) {
      throw InputError(
        "there is no \"\(unknown)\" to mark the true value of; \"\(result.problem)\" has "
          + result.quantities.map(\.name).joined(separator: ", "))
    }
    let marginals = result.marginals()
    let samples = DrawnSamples(result, marginals, truths: truths)
    let curve = RunCurve(result)
    self.result = result
    self.own = own
    self.marginals = marginals
    self.samples = samples
    pictures =
      own.map(\.ofReport)
      + [
        .corner(samples), .marginals(samples), curve.map { .run(result, $0) },
        curve.flatMap { .trace(result, $0, marginals) }, result.insertionRanks().flatMap { .ranks($0) },
        .busy(result.statistics),
      ].compactMap(\.self)
  }

  /// Writes `report.html`, each picture as an SVG file, and the user's own as numbers.
  ///
  /// - Throws: ``OutputError``.
  func write(to directory: OutputDirectory) throws {
    for picture in pictures {
      try directory.write(picture.drawing.file(title: picture.title), to: picture.stem + ".svg")
    }
    try PictureFile.write(own, of: result, to: directory)
    try directory.write(html, to: Self.pageName)
  }

  static let pageName = "report.html"
}

extension RunResult {
  /// Writes a report to a directory, which is made if there is none: `report.html`, a page for any browser that needs no network,
  /// and each of its pictures as an SVG file.
  ///
  /// - Parameters:
  ///   - path: the directory.
  ///   - truths: the true values of parameters and derived quantities by name, to be marked in the pictures.
  ///   - pictures: pictures of your own, such as data and model; they come first, and are kept for `rookery report` to show them too.
  /// - Returns: the path of the page; nil off rank 0, where nothing is touched.
  /// - Throws: ``OutputError``, and ``InputError`` for a true value of something that the result does not have.
  @discardableResult
  public func report(
    to path: String, truths: [String: Double] = [:], pictures: [Picture] = []
  ) throws -> String? {
    guard rank == 0 else { return nil }
    let report = try RunReport(self, truths: truths, own: pictures)
    let directory = try OutputDirectory(path: path)
    try report.write(to: directory)
    return directory.path + "/" + RunReport.pageName
  }

  /// The pictures of a program's own that the last report of this result in a directory had.
  ///
  /// - Throws: ``OutputError`` where they cannot be read, ``InputError`` where they are damaged.
  public func picturesOfReport(in directory: String) throws -> [Picture] {
    rank == 0 ? try PictureFile.read(from: directory, for: self) : []
  }
}
