/// What a run found: a head that says what was asked and what it cost, a table of draws, and what these draws are. A plain value; every rank
/// holds the same one, unless ``RunSettings/result`` keeps the draws on rank 0.
public struct RunResult: Sendable {
  public package(set) var head: RunHead
  public let draws: Draws
  public let kind: Kind
  /// The natural logarithm of posterior weights that sum to one, a number for each draw.
  public let logWeights: [Double]
  /// A hash over the bits of all samples, log-likelihoods and log-weights.
  public let digest: String

  init(head: RunHead, draws: Draws, kind: Kind) {
    self.head = head
    self.draws = draws
    self.kind = kind
    logWeights = kind.logWeights
    var hash = BitHash()
    hash.add(draws.parameters.values)
    hash.add(draws.derived.values)
    hash.add(draws.logLikelihoods)
    hash.add(logWeights)
    digest = hash.hexadecimal
  }

  /// What follows from the record of a run.
  ///
  /// - Throws: what a conditional prior throws.
  package init(
    record: RunRecord, problem: Problem, engine: EngineDescription, settings: RunSettings, ending: Ending,
    statistics: RunStatistics
  ) throws {
    let (order, kind) = record.weighed(seed: settings.seed)
    self.init(
      head: try RunHead(
        problem, engine: engine, seed: settings.seed, ending: ending, findings: record.findings,
        statistics: statistics),
      draws: try Draws(record, order: order, of: problem), kind: kind)
  }
}

extension RunResult {
  /// What ranks get of it where the draws are for rank 0 alone.
  var withoutDraws: RunResult { RunResult(head: head, draws: draws.none, kind: kind.withoutDraws) }
}

extension RunResult: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(head)
    writer.write(draws)
    writer.write(kind)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    self.init(head: try reader.read(), draws: try reader.read(), kind: try reader.read())
  }
}

// MARK: - What most readers look for

extension RunResult {
  public var problem: String { head.problem }
  /// The parameters in order, fixed ones included.
  public var parameters: [ParameterDescription] { head.parameters }
  public var derived: [DerivedQuantity] { head.derived }
  /// Parameters, then derived quantities.
  public var quantities: [DerivedQuantity] { head.quantities }
  /// The method and its settings.
  public var engine: EngineDescription { head.engine }
  public var seed: UInt64 { head.seed }
  public var ending: Ending { head.ending }
  public var provenance: Provenance { head.provenance }
  public var statistics: RunStatistics { head.statistics }
  /// See ``RunHead/logPriorEvidence``.
  public var logPriorEvidence: Double? { head.logPriorEvidence }
  /// This process's number among those that ran. Only rank 0 prints and writes.
  public var rank: Int { head.rank }
  /// See ``RunHead/stateError``.
  public var stateError: OutputError? { head.stateError }

  /// One sample a row, all parameters in order.
  public var samples: PointMatrix { draws.parameters }
  /// The same samples as points of the unit cube: a column for each parameter that is not fixed. Empty where the sampler moved in other
  /// coordinates, which ``Draws/coordinates`` are.
  public var cube: PointMatrix { draws.space == .cube ? draws.coordinates : PointMatrix(columns: 0) }
  /// One sample a row, all derived quantities in order.
  public var derivedSamples: PointMatrix { draws.derived }
  public var logLikelihoods: [Double] { draws.logLikelihoods }
  /// The log density of the prior at each sample, over the parameters that are not fixed.
  public var logPriors: [Double] { draws.logPriors }
  /// The contour above which each sample was drawn, for nested runs; minus infinity is the whole prior.
  public var birthLogLikelihoods: [Double]? {
    if case .nested(let table) = kind { table.births } else { nil }
  }

  /// None, one, or several estimates of the evidence that check each other; the best of them first.
  public var evidences: [Evidence] { kind.evidences }
  /// The best estimate of the evidence; where there is none its numbers are not numbers.
  public var evidence: Evidence { evidences.first ?? .unknown }
  /// How many independent draws those of this result are worth.
  public var effectiveSize: EffectiveSize { kind.effectiveSize }
  /// The same as one number: of weighted samples Kish's effective sample size, (Σw)² / Σw².
  public var effectiveSampleSize: Double { effectiveSize.value }
}

/// A 64-bit hash over the bits of numbers: FNV-1a on words, with a final mix.
struct BitHash {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ values: [Double]) {
    add(UInt64(values.count))
    for value in values { add(value.bitPattern) }
  }

  private mutating func add(_ word: UInt64) {
    state = (state ^ word) &* 0x0000_0100_0000_01b3
    state ^= state &>> 29
  }

  var hexadecimal: String {
    var mixed = (state ^ state &>> 33) &* 0xff51_afd7_ed55_8ccd
    mixed ^= mixed &>> 33
    let text = String(mixed, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
