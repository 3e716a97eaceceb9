/// What a sampler leaves behind: the points and what their weights follow from. Evidence, weights and files are functions of it.
package struct RunRecord: Wire, Sendable {
  package enum Kind: Sendable {
    /// Each point was drawn from the prior above its birth contour; minus infinity is the whole prior. Points of one family descend from
    /// one draw, each by a chain that started from another; without families all are independent.
    case nested(birthLogLikelihoods: [Double], families: [Int] = [])
    /// Each point carries ln(prior / density of all draws together), which for n draws from one density is n times that: what they weigh
    /// then adds up to Z. The error of log Z comes with them.
    case importance(logPriorToProposal: [Double], logZError: Double)
  }

  /// Points of the unit cube, one a row.
  package var cube: PointMatrix
  package var derived: PointMatrix
  package var logLikelihoods: [Double]
  package var kind: Kind
  /// What the sampler saw on its way.
  package var findings: [Finding]

  package init(
    cube: PointMatrix, derived: PointMatrix, logLikelihoods: [Double], kind: Kind, findings: [Finding] = []
  ) {
    self.cube = cube
    self.derived = derived
    self.logLikelihoods = logLikelihoods
    self.kind = kind
    self.findings = findings
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(cube)
    writer.write(derived)
    writer.write(logLikelihoods)
    writer.write(findings)
    switch kind {
    case .nested(let births, let families):
      writer.write(UInt8(0))
      writer.write(births)
      writer.write(families)
    case .importance(let ratios, let error):
      writer.write(UInt8(1))
      writer.write(ratios)
      writer.write(error)
    }
  }

  package init(from reader: inout WireReader) throws(WireError) {
    cube = try reader.read()
    derived = try reader.read()
    logLikelihoods = try reader.read()
    findings = try reader.read()
    switch try reader.read(UInt8.self) {
    case 0: kind = .nested(birthLogLikelihoods: try reader.read(), families: try reader.read())
    case 1: kind = .importance(logPriorToProposal: try reader.read(), logZError: try reader.read())
    case let other: throw WireError("record of unknown kind \(other)")
    }
  }
}

extension RunRecord {
  /// The order in which a result shows the points, and what follows from them: their weights and the evidence.
  func weighed(seed: UInt64) -> (order: [Int], kind: RunResult.Kind) {
    switch kind {
    case .nested(let births, let families):
      let run = NestedEvidence(deaths: logLikelihoods, births: births, families: families, seed: seed)
      return (
        run.order,
        .nested(
          NestedTable(
            births: run.order.map { births[$0] }, logWeights: run.logWeights, evidence: run.evidence))
      )
    case .importance(let ratios, let error):
      let (evidence, logWeights) = Evidence.ofImportanceSamples(
        logLikelihoods: logLikelihoods, logPriorToProposal: ratios, error: error)
      return (
        Array(ratios.indices), .importance(ImportanceTable(logWeights: logWeights, evidence: evidence))
      )
    }
  }
}
