extension OutputFormat {
  /// `ultranest/`, the points file of UltraNest, for it and anesthetic; nested runs only.
  public static let ultranest = OutputFormat(UltraNest())
}

private struct UltraNest: ResultFormat {
  let name = "ultranest"
  let readers = "UltraNest, anesthetic (nested runs only)"

  func obstacle(to result: RunResult) -> String? {
    result.birthLogLikelihoods == nil
      ? "UltraNest's points need birth contours, which \(result.engine.name) does not have; polychord writes "
        + "weighted samples" : nil
  }

  func write(_ result: RunResult, to directory: OutputDirectory) throws {
    try UltraNestFiles(result).write(to: OutputDirectory(path: directory.path, part: "ultranest"))
  }
}

/// The directory of an UltraNest run, as far as `ultranest.read_file` and anesthetic read it: all points with their birth
/// contours, and a summary.
struct UltraNestFiles {
  private let result: RunResult
  private let marginals: [RunResult.Marginal]

  init(_ result: RunResult) {
    self.result = result
    marginals = result.marginals()
  }

  func write(to directory: OutputDirectory) throws {
    guard let births = result.birthLogLikelihoods else { return }
    let results = try OutputDirectory(path: directory.path, part: "results")
    let info = try OutputDirectory(path: directory.path, part: "info")
    let file = HDF5File()
    file.root.attributes = [("ncalls", .integer(Int64(result.statistics.calls)))]
    let columns = 3 + result.cube.columns + result.samples.columns + result.derivedSamples.columns
    let result = result
    file.root.dataset(
      "points",
      HDF5File.Dataset(rows: births.count, columns: columns) { row in
        [births[row] == -.infinity ? -.infinity : max(births[row], PolyChordFiles.noLikelihood)]
          + [max(result.logLikelihoods[row], PolyChordFiles.noLikelihood), 0]
          + result.cube[row: row] + result.samples[row: row]
          + (result.derived.isEmpty ? [] : result.derivedSamples[row: row])
      })
    try file.write(to: results.path + "/points.hdf5")
    try info.write(summary.lines, to: "results.json")
  }

  private var summary: JSON {
    let best = result.bestIndex
    let point = best.map { result.samples[row: $0] } ?? []
    func all(_ part: (RunResult.Marginal) -> Double) -> JSON { .numbers(marginals.map(part)) }
    return .object([
      ("niter", .integer(result.logLikelihoods.count)), ("logz", .number(result.evidence.logZ)),
      ("logzerr", .number(result.evidence.error)), ("ess", .number(result.effectiveSampleSize)),
      ("H", .number(result.evidence.information)), ("ncall", .integer(result.statistics.calls)),
      (
        "posterior",
        .object([
          ("mean", all(\.mean)), ("stdev", all(\.deviation)), ("median", all(\.median)),
          ("errlo", all(\.lower)), ("errup", all(\.upper)),
          ("information_gain_bits", .array(marginals.map { $0.bits.map { .number($0) } ?? .null })),
        ])
      ),
      (
        "maximum_likelihood",
        .object([
          ("logl", best.map { .number(result.logLikelihoods[$0]) } ?? .null), ("point", .numbers(point)),
          ("point_untransformed", .numbers(best.map { result.cube[row: $0] } ?? [])),
        ])
      ),
      ("paramnames", .strings(PolyChordFiles.plainNames(result.quantities.map(\.name)))),
    ])
  }
}
