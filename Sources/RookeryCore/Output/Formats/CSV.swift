import Glibc

extension RunResult {
  /// The weighted samples as comma-separated values with a header: weight, log-likelihood, birth contour of nested runs,
  /// parameters, derived quantities. Names with commas, quotes or line breaks are quoted as RFC 4180 has it.
  func writeCSV(to path: String) throws {
    var header = ["weight", "logl"]
    if birthLogLikelihoods != nil { header.append("logl_birth") }
    header += quantities.map { Self.quoted($0.name) }
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

  private static func quoted(_ name: String) -> String {
    guard name.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return name }
    return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
