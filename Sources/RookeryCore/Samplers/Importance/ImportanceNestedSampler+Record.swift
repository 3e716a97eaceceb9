import Glibc

/// What has come of it, at any moment.
extension ImportanceNestedSampler {
  /// The draws of all stages; before there are any, of a run that is stopped early, those from the bounds.
  package func record() -> RunRecord {
    stages.contains { $0.count > 0 } ? recordOfStages() : recordOfExploration()
  }

  /// What the draws from bounds tell. They were chosen by where points had been found before, so this is a first look, and its error
  /// that of the weights alone.
  private func recordOfExploration() -> RunRecord {
    var exploration = exploration
    let ratios = exploration.logDensities(points).map { -$0 }
    let weights = zip(ratios, points.logL).map { $0 + $1 }
    var record = record(
      points, rows: Array(points.logL.indices), ratios: ratios,
      error: 1 / kishSize(logWeights: weights).squareRoot())
    if exploration.liveEvidence > 0.5 {
      record.findings.append(.evidenceLeft(share: exploration.liveEvidence))
    }
    return record
  }

  private func recordOfStages() -> RunRecord {
    // While bounds are built once more the draws of stages lie aside.
    let points = aside.count > 0 ? aside : points
    let standing = standing
    let counts = stages.map { $0.isRetired == standing[0].isRetired || standing.count == stages.count }
    let rows = points.origins.indices.filter { points.origins[$0] < 0 && counts[-1 - points.origins[$0]] }
    let draws = standing.reduce(0) { $0 + $1.trust * Double($1.count) }
    var next = [Int](repeating: 0, count: stages.count)
    let ratios = rows.map { row in
      let s = -1 - points.origins[row]
      defer { next[s] += 1 }
      return log(stages[s].trust / draws) - stages[s].logQ[next[s]]
    }
    return record(points, rows: rows, ratios: ratios, error: StageSummary(standing).error)
  }

  private func record(_ points: SampledPoints, rows: [Int], ratios: [Double], error: Double) -> RunRecord {
    RunRecord(
      cube: points.matrix(rows), derived: points.derived(at: rows),
      logLikelihoods: rows.map { points.logL[$0] },
      kind: .importance(logPriorToProposal: ratios, logZError: error),
      findings: findings + [noise.finding ?? noiseOfStage.finding].compactMap(\.self))
  }
}
