/// A form in which a result can be written, beside `samples.npz` and `summary.json`, which always are.
public enum OutputFormat: String, Sendable, CaseIterable {
  /// `samples.npz` alone, for `numpy.load`.
  case npz
  /// `samples.csv`, a plain table for pandas, R and spreadsheets.
  case csv
  /// `polychord/run*`, for anesthetic and GetDist.
  case polychord
  /// `arviz.nc`, netCDF-4 for ArviZ.
  case arviz
  /// `bilby_result.json`, for Bilby.
  case bilby
  /// `ultranest/`, the points file of UltraNest, for it and anesthetic; nested runs only.
  case ultranest

  /// What a run writes where nothing is said: nothing more, as text takes several times the room.
  public static let standard: [OutputFormat] = []

  /// The formats that a text names, separated by commas: `csv,polychord`, or `all`.
  ///
  /// - Throws: ``InputError`` that lists the formats there are.
  public static func parse(_ text: String) throws -> [OutputFormat] {
    var formats: [OutputFormat] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      if name == "all" { return allCases }
      guard let format = OutputFormat(rawValue: String(name)) else {
        throw InputError(
          "\"\(name)\" is no format: give \(allCases.map(\.rawValue).joined(separator: ", ")) or all")
      }
      if !formats.contains(format) { formats.append(format) }
    }
    return formats
  }

  /// Why a result has no such form; nil where it has one.
  func obstacle(to result: RunResult) -> String? {
    self == .ultranest && result.birthLogLikelihoods == nil
      ? "UltraNest's points need birth contours, which \(result.engine.name) does not have; polychord writes "
        + "weighted samples" : nil
  }

  /// - Throws: ``OutputError``.
  func write(_ result: RunResult, to directory: OutputDirectory, _ marginals: [RunResult.Marginal]) throws {
    switch self {
    case .npz: break
    case .csv: try result.writeCSV(to: directory.path + "/samples.csv")
    case .polychord:
      try PolyChordFiles(result).write(to: OutputDirectory(path: directory.path, part: "polychord"))
    case .arviz: try result.writeArviZ(to: directory.path + "/arviz.nc")
    case .bilby: try result.writeBilby(to: directory.path + "/bilby_result.json")
    case .ultranest:
      try UltraNestFiles(result, marginals).write(
        to: OutputDirectory(path: directory.path, part: "ultranest"))
    }
  }
}
