import Glibc

extension OutputFormat {
  /// `polychord/run*`, for anesthetic and GetDist.
  public static let polychord = OutputFormat(PolyChord())
}

private struct PolyChord: ResultFormat {
  let name = "polychord"
  let readers = "anesthetic, GetDist"

  func write(_ result: RunResult, to directory: OutputDirectory) throws {
    try PolyChordFiles(result).write(to: OutputDirectory(path: directory.path, part: "polychord"))
  }
}

/// The files of a PolyChord run called `run`, as anesthetic and GetDist read them.
///
/// `run_dead-birth.txt` and `run_phys_live-birth.txt` are there for nested runs only: from made-up birth contours
/// anesthetic would compute a wrong evidence. `run.txt` holds weight, -ln L and all values: -ln L as GetDist, CosmoMC
/// and Cobaya have it.
struct PolyChordFiles {
  /// What PolyChord writes for the contour of the whole prior; anesthetic takes it for minus infinity.
  private static let wholePrior = -1e30
  /// For points without likelihood: anesthetic drops those that lie on the contour they were born at, and with them the volume
  /// that they stand for.
  static let noLikelihood = -1e29
  private static let smallestWeight = 1e-30

  private let result: RunResult
  private let names: [String]

  init(_ result: RunResult) {
    self.result = result
    names = Self.plainNames(result.quantities.map(\.name))
  }

  func write(to directory: OutputDirectory) throws {
    let root = directory.path + "/run"
    if let births = result.birthLogLikelihoods { try writeContours(births, root) }
    try writeWeighted(root + ".txt")
    try writeEquallyWeighted(root + "_equal_weights.txt")
    try directory.write(paramnames, to: "run.paramnames")
    try directory.write(ranges, to: "run.ranges")
    try directory.write(
      "sampler=nested\nlabel=\(Self.oneLine(result.problem))\nburn_removed=T\n", to: "run.properties.ini")
    try directory.write(statistics, to: "run.stats")
  }

  /// All points with their birth contours. Those above the last contour at which one was born were alive at the end.
  private func writeContours(_ births: [Double], _ root: String) throws {
    let last = births.max() ?? -.infinity
    let rows = births.indices
    var live = rows.filter { result.logLikelihoods[$0] > last }
    var dead = rows.filter { result.logLikelihoods[$0] <= last }
    // Readers take an empty file of the dead for damage.
    if dead.isEmpty { (dead, live) = (live, []) }
    for (name, chosen) in [("_dead-birth.txt", dead), ("_phys_live-birth.txt", live)] {
      var text = try TextRows(root + name, separator: " ")
      for row in chosen {
        text.add(result.samples, row: row)
        text.add(result.derivedSamples, row: row)
        text.add(max(result.logLikelihoods[row], Self.noLikelihood))
        text.add(births[row] == -.infinity ? Self.wholePrior : max(births[row], Self.noLikelihood))
        try text.endRow()
      }
      try text.commit()
    }
  }

  private func writeWeighted(_ path: String) throws {
    let peak = result.logWeights.max() ?? 0
    var text = try TextRows(path, separator: " ")
    for (row, logWeight) in result.logWeights.enumerated() {
      let weight = exp(logWeight - peak)
      if weight > Self.smallestWeight { try write(weight, row, to: &text) }
    }
    try text.commit()
  }

  private func writeEquallyWeighted(_ path: String) throws {
    var text = try TextRows(path, separator: " ")
    for row in result.equallyWeightedRows() { try write(1, row, to: &text) }
    try text.commit()
  }

  private func write(_ weight: Double, _ row: Int, to text: inout TextRows) throws {
    text.add(weight)
    text.add(-result.logLikelihoods[row])
    text.add(result.samples, row: row)
    text.add(result.derivedSamples, row: row)
    try text.endRow()
  }

  private var paramnames: String {
    zip(names, result.quantities).enumerated().map { i, entry in
      let mark = i < result.parameters.count ? "" : "*"
      let label = Self.oneLine(entry.1.label)
      return "\(entry.0)\(mark) \(label.isEmpty ? entry.0 : label)\n"
    }.joined()
  }

  private var ranges: String {
    zip(names, result.parameters).map { name, parameter in
      let ends = [parameter.lower, parameter.upper].map { $0.isFinite ? "\($0)" : "N" }
      let isRound = parameter.boundary == .periodic && !parameter.isFixed && !ends.contains("N")
      return "\(name) \(ends[0]) \(ends[1])\(isRound ? " periodic" : "")\n"
    }.joined()
  }

  private var statistics: String {
    """
    Evidence estimates:
    ===================
      - The evidence Z is a log-normally distributed, with location and scale parameters mu and sigma.
      - We denote this as log(Z) = mu +/- sigma.

    Global evidence:
    ----------------

    log(Z)       =  \(result.evidence.logZ) +/- \(result.evidence.error)

    """
  }

  /// Columns that anesthetic and GetDist make themselves.
  private static let reserved: Set<String> = [
    "logL", "logL_birth", "nlive", "logP", "weights", "chi2", "minuslogpost",
  ]

  /// Names without white space, asterisks or a hash at the start, which the readers give a meaning; still all different.
  static func plainNames(_ names: [String]) -> [String] {
    var taken = reserved
    return names.map { name in
      var plain = String(
        name.map {
          $0.isWhitespace || $0 == "*" || $0 == "#" || $0.unicodeScalars.contains(where: isControl) ? "_" : $0
        })
      while !taken.insert(plain).inserted { plain += "_" }
      return plain
    }
  }

  static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 }.drop { $0.isWhitespace })
  }
}
