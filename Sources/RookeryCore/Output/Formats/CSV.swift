import Glibc

extension OutputFormat {
  /// `samples.csv`, a plain table for pandas, R and spreadsheets.
  public static let csv = OutputFormat(CSV())
}

private struct CSV: ResultFormat {
  let name = "csv"
  let readers = "pandas, R"

  func write(_ result: RunResult, to directory: OutputDirectory) throws {
    try result.writeCSV(to: directory.path + "/samples.csv")
  }
}

extension RunResult {
  /// The weighted samples as comma-separated values with a header: weight, log-likelihood, birth contour of nested runs,
  /// parameters, derived quantities. One that is called like a column before it gets an underscore. Names with commas, quotes or line breaks are quoted as RFC 4180 has it.
  fileprivate func writeCSV(to path: String) throws {
    var header = ["weight", "logl"]
    if birthLogLikelihoods != nil { header.append("logl_birth") }
    header += Self.uniqueNames(quantities.map(\.name), reserved: ["weight", "logl", "logl_birth"]).map(
      Self.quoted)
    var rows = try TextRows(path, separator: ",")
    try rows.write(header: header.joined(separator: ","))
    for row in logLikelihoods.indices {
      rows.add(exp(logWeights[row]))
      rows.add(logLikelihoods[row])
      if let birthLogLikelihoods { rows.add(birthLogLikelihoods[row]) }
      rows.add(samples, row: row)
      rows.add(derivedSamples, row: row)
      try rows.endRow()
    }
    try rows.commit()
  }

  /// Names that differ from those reserved and from each other: an underscore at the end where one would be the same.
  static func uniqueNames(_ names: [String], reserved: Set<String>) -> [String] {
    var taken = reserved.union(names)
    return names.map { name in
      guard reserved.contains(name) else { return name }
      var other = name + "_"
      while !taken.insert(other).inserted { other += "_" }
      return other
    }
  }

  private static func quoted(_ name: String) -> String {
    guard name.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return name }
    return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
