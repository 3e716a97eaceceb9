import Glibc

extension RunResult {
  /// One result of several runs of the same problem with different seeds.
  ///
  /// Nested runs are joined through their birth contours: all their points together are the record of one run in which as many
  /// points were alive on each contour as in all of them (Higson et al. 2018, arXiv:1704.03459, section 3), so
  /// merging two runs of 500 live points is as good as one of 1000. Independent draws are pooled, each run in proportion to its
  /// effective sample size.
  ///
  /// - Throws: ``InputError`` for no runs, runs of different problems or kinds, and runs that share points, which would
  ///   count twice.
  public static func merging(_ results: [RunResult]) throws -> RunResult {
    guard let first = results.first else { throw InputError("there are no runs to merge") }
    guard results.count > 1 else { return first }
    for other in results.dropFirst() {
      if let difference = first.difference(from: other) {
        throw InputError("runs of different problems cannot be merged: \(difference)")
      }
    }
    try refuseSharedPoints(results)
    guard results.allSatisfy({ first.kind.isLike($0.kind) }) else {
      throw InputError(
        "nested runs and independent draws cannot be merged: only the former have birth contours")
    }
    let merged =
      switch first.kind {
      case .nested: joined(results)
      case .importance: pooled(results)
      }
    return RunResult(
      head: RunHead(merging: results), draws: Draws(joining: results.map(\.draws), order: merged.order),
      kind: merged.kind)
  }

  /// The first thing in which the problem of another result differs from this one's, in words; nil for none.
  private func difference(from other: RunResult) -> String? {
    if problem != other.problem { return "\"\(problem)\" and \"\(other.problem)\"" }
    let (names, others) = (quantities.map(\.name), other.quantities.map(\.name))
    if names != others {
      return "one has \(names.joined(separator: ", ")), another \(others.joined(separator: ", "))"
    }
    for (mine, its) in zip(parameters, other.parameters)
    where mine.prior != its.prior || mine.priorQuantiles != its.priorQuantiles {
      return "the prior of \"\(mine.name)\" is \(mine.prior) in one, \(its.prior) in another"
    }
    return nil
  }

  private static func refuseSharedPoints(_ results: [RunResult]) throws {
    var seen: Set<SIMD2<UInt64>> = []
    for result in results {
      let coordinates = result.draws.coordinates
      let points = (0..<coordinates.rows).map {
        SIMD2(coordinates[$0, 0].bitPattern, result.logLikelihoods[$0].bitPattern)
      }
      guard seen.isDisjoint(with: points) else {
        throw InputError(
          "two of the runs have points in common, which would count twice: they have the same seed "
            + "(\(result.seed)) or one is part of the other; merge runs with different seeds")
      }
      seen.formUnion(points)
    }
  }

  private static func joined(_ results: [RunResult]) -> (order: [Int], kind: Kind) {
    let logL = results.flatMap(\.logLikelihoods)
    let births = results.flatMap { $0.birthLogLikelihoods ?? [] }
    let joined = NestedEvidence(deaths: logL, births: births, seed: results[0].seed)
    // Records of results know nothing of families; what those did to the errors of the runs they do to the whole's.
    let factors = results.map { result in
      let births = result.birthLogLikelihoods ?? []
      let alone = NestedEvidence(deaths: result.logLikelihoods, births: births, seed: result.seed)
      return max(1, result.evidence.error / alone.evidence.error)
    }.filter(\.isFinite)
    let square = factors.reduce(0) { $0 + $1 * $1 } / Double(max(factors.count, 1))
    let evidence = Evidence(
      logZ: joined.evidence.logZ, error: joined.evidence.error * max(1, square).squareRoot(),
      errorKind: joined.evidence.errorKind, information: joined.evidence.information)
    return (
      joined.order,
      .nested(
        NestedTable(
          births: joined.order.map { births[$0] }, logWeights: joined.logWeights, evidence: evidence))
    )
  }

  /// Z = Σ a_k Z_k with shares a_k in proportion to effective sample sizes.
  private static func pooled(_ results: [RunResult]) -> (order: [Int], kind: Kind) {
    let sizes = results.map(\.effectiveSampleSize)
    let total = sizes.reduce(0, +)
    let logShares = sizes.map { total > 0 ? log($0 / total) : -log(Double(sizes.count)) }
    let parts = zip(logShares, results).map { $0 + $1.evidence.logZ }
    let logZ = logSumExp(parts)
    let logWeights = zip(parts, results).flatMap { part, result in
      result.logWeights.map { $0 + part - logZ }
    }
    let variance = zip(parts, results).reduce(0) {
      let share = exp($1.0 - logZ) * $1.1.evidence.error
      return share.isNaN ? $0 : $0 + share * share
    }
    let evidence = Evidence(
      logZ: logZ, error: variance.squareRoot(), errorKind: .importanceWeights,
      information: Evidence.information(
        logLikelihoods: results.flatMap(\.logLikelihoods), logWeights: logWeights, logZ: logZ))
    return (
      Array(logWeights.indices), .importance(ImportanceTable(logWeights: logWeights, evidence: evidence))
    )
  }
}

extension RunHead {
  /// What is said of several runs as one: it has the live points and has made the calls of all.
  fileprivate init(merging results: [RunResult]) {
    self = results[0].head
    let own = engine
    engine = EngineDescription(
      name: own.name, live: results.reduce(0) { $0 + $1.engine.live }, dimension: own.dimension,
      settings: own.settings, inForce: own.inForce)
    ending = results.first { $0.ending != .converged }?.ending ?? .converged
    findings = results.reduce(into: [Finding]()) { all, result in
      all += result.head.findings.filter { !all.contains($0) }
    }
    provenance = Provenance(
      version: rookeryVersion, settings: provenance.settings, command: CommandLine.arguments,
      parts: results.flatMap { $0.provenance.parts.isEmpty ? [$0.digest] : $0.provenance.parts },
      inForce: provenance.inForce, circumstances: Provenance.circumstancesNow)
    statistics = results.dropFirst().reduce(into: statistics) { $0.add($1.statistics) }
  }
}
