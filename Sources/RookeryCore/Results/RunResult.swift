import Glibc

/// What a run found: weighted samples, the evidence, and what they cost. A plain value; every rank holds the same one.
public struct RunResult: Sendable {
  /// The method and its settings.
  public let engine: EngineDescription
  public let problem: String
  /// The parameters in order, fixed ones included.
  public let parameters: [ParameterDescription]
  public let derived: [DerivedQuantity]
  public let seed: UInt64
  public let ending: Ending
  /// One sample a row, all parameters in order.
  public let samples: PointMatrix
  /// The same samples as points of the unit cube: a column for each parameter that is not fixed.
  public let cube: PointMatrix
  public let derivedSamples: PointMatrix
  public let logLikelihoods: [Double]
  /// The log density of the prior at each sample, over the parameters that are not fixed.
  public let logPriors: [Double]
  /// The natural logarithm of posterior weights that sum to one.
  public let logWeights: [Double]
  /// The contour above which each sample was drawn, for nested runs; minus infinity is the whole prior.
  public let birthLogLikelihoods: [Double]?
  public let evidence: Evidence
  /// What the sampler saw on its way; ``findings()`` has what the record tells beside it.
  package let samplerFindings: [Finding]
  /// ln ∫ π(θ)² dθ over the prior density π: minus the logarithm of the volume that the prior fills. Nil where a prior depends
  /// on other parameters, and where the integral has no finite value.
  public let logPriorEvidence: Double?
  public let provenance: Provenance
  public internal(set) var statistics: RunStatistics
  /// A hash over the bits of all samples, log-likelihoods and log-weights.
  public let digest: String
  /// This process's number among those that ran. Only rank 0 prints and writes.
  public internal(set) var rank = 0
  /// Whether summaries of it are printed: not where the command line asked for JSON, which is then all there is on standard
  /// output.
  package var printsSummary = true
  /// Why the state of a run that stopped early could not be kept where it was to be, so that it can only be continued from an earlier
  /// one; known to rank 0 of the run itself.
  public internal(set) var stateError: OutputError?

  package init(
    record: RunRecord, problem: Problem, engine: EngineDescription, settings: RunSettings, ending: Ending,
    statistics: RunStatistics
  ) throws {
    let weighted = WeightedRecord(record, seed: settings.seed)
    let cube = record.cube.rows(at: weighted.order)
    let samples = try problem.transform(cube)
    self.init(
      engine: engine, problem: problem.name, parameters: try problem.parameterDescriptions(),
      derived: problem.derived, seed: settings.seed, ending: ending, samples: samples,
      cube: cube, derivedSamples: record.derived.rows(at: weighted.order),
      logLikelihoods: weighted.order.map { record.logLikelihoods[$0] },
      logPriors: try (0..<samples.rows).map { try problem.logPrior(samples[row: $0]) },
      logWeights: weighted.logWeights,
      birthLogLikelihoods: weighted.births, evidence: weighted.evidence,
      logPriorEvidence: problem.logPriorEvidence,
      provenance: Provenance(
        version: rookeryVersion, settings: engine.settings, command: CommandLine.arguments,
        inForce: engine.inForce, circumstances: Provenance.circumstancesNow),
      statistics: statistics, samplerFindings: record.findings)
  }

  /// Every property but the digest, which follows from them.
  init(
    engine: EngineDescription, problem: String, parameters: [ParameterDescription],
    derived: [DerivedQuantity], seed: UInt64, ending: Ending, samples: PointMatrix, cube: PointMatrix,
    derivedSamples: PointMatrix, logLikelihoods: [Double], logPriors: [Double], logWeights: [Double],
    birthLogLikelihoods: [Double]?, evidence: Evidence, logPriorEvidence: Double?, provenance: Provenance,
    statistics: RunStatistics, samplerFindings: [Finding] = []
  ) {
    self.samplerFindings = samplerFindings
    self.engine = engine
    self.problem = problem
    self.parameters = parameters
    self.derived = derived
    self.seed = seed
    self.ending = ending
    self.samples = samples
    self.cube = cube
    self.derivedSamples = derivedSamples
    self.logLikelihoods = logLikelihoods
    self.logPriors = logPriors
    self.logWeights = logWeights
    self.birthLogLikelihoods = birthLogLikelihoods
    self.evidence = evidence
    self.logPriorEvidence = logPriorEvidence
    self.provenance = provenance
    self.statistics = statistics
    var hash = BitHash()
    hash.add(samples.values)
    hash.add(derivedSamples.values)
    hash.add(logLikelihoods)
    hash.add(logWeights)
    digest = hash.hexadecimal
  }

  /// Kish's effective sample size, (Σw)² / Σw².
  public var effectiveSampleSize: Double { effectiveSize(logWeights: logWeights) }

  /// Parameters, then derived quantities.
  public var quantities: [DerivedQuantity] { parameters.map(\.quantity) + derived }
}

/// What follows from a record: the order in which results show the points, their weights, and the evidence.
struct WeightedRecord {
  let order: [Int]
  let logWeights: [Double]
  /// The birth contours in that order, for nested runs.
  let births: [Double]?
  let evidence: Evidence

  init(order: [Int], logWeights: [Double], births: [Double]?, evidence: Evidence) {
    self.order = order
    self.logWeights = logWeights
    self.births = births
    self.evidence = evidence
  }

  init(_ record: RunRecord, seed: UInt64) {
    switch record.kind {
    case .nested(let births, let families):
      let run = NestedEvidence(
        deaths: record.logLikelihoods, births: births, families: families, seed: seed)
      order = run.order
      evidence = run.evidence
      logWeights = run.logWeights
      self.births = order.map { births[$0] }
    case .importance(let ratios, let error):
      order = Array(ratios.indices)
      (evidence, logWeights) = Evidence.ofImportanceSamples(
        logLikelihoods: record.logLikelihoods, logPriorToProposal: ratios, error: error)
      births = nil
    }
  }
}

/// Kish's effective sample size of weights given by their logarithms, up to a constant.
package func effectiveSize(logWeights: [Double]) -> Double {
  let sum = logSumExp(logWeights)
  guard sum.isFinite else { return 0 }
  var squares = 0.0
  for weight in logWeights { squares += exp(2 * (weight - sum)) }
  return 1 / squares
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
