import Glibc

/// Where a dynamic run is: which batch is at work between which contours, and how good the whole was before it.
struct DynamicState: Sendable, Equatable {
  /// Batches begun; none during the first run.
  var batches = 0
  /// Live points of the batch.
  var size = 0
  /// The batch ends on this contour.
  var upper = Double.infinity
  /// Where chains of the batch's first points start: points of the record within its lower contour.
  var seeds: [Int] = []
  /// The contour on which the first run ended.
  var last = -Double.infinity
  /// From this contour up chains are the cheaper way.
  var chainsSince: Double?
  // Of the whole before the batch.
  var logZ = -Double.infinity
  var error = Double.nan
  var effectiveSize = 0.0

  private static let purpose = RandomStream.Purpose(rawValue: 0x5345_4544)

  /// The row from which the chain of the given piece starts.
  func start(_ piece: Int, _ seed: UInt64) -> Int? {
    guard !seeds.isEmpty else { return nil }
    var stream = RandomStream(seed: seed, purpose: Self.purpose, index: UInt64(piece))
    return seeds[stream.integer(below: seeds.count)]
  }
}

extension NestedSettings {
  /// The effective sample size to reach; nil where none is asked for.
  func targetSizeInForce(dimension: Int) -> Double? {
    targetEffectiveSize ?? (targetError == nil ? max(10_000, Double(dimension * dimension)) : nil)
  }
}

extension NestedSampler {
  /// How many batches there may be.
  private static let batchLimit = 10_000

  /// Ends a dynamic run that has reached its targets, and starts its next batch if it has not.
  mutating func startNextBatch() {
    if dynamic.batches == 0 { dynamic.last = threshold }
    let size = settings.targetSizeInForce(dimension: problemDimension)
    let plan = BatchPlan(deaths: logL, births: births, families: families, highest: dynamic.last)
    dynamic.logZ = plan.logZ
    dynamic.error = plan.error
    dynamic.effectiveSize = plan.effectiveSize
    let lacksSize = size.map { plan.effectiveSize < $0 } ?? false
    let lacksPrecision = settings.targetError.map { plan.error > $0 } ?? false
    guard lacksSize || lacksPrecision else {
      converge()
      return
    }
    guard dynamic.batches < Self.batchLimit else {
      stuck = Finding(
        "targets-missed", .failure, ["batches": Double(Self.batchLimit)], remedies: [.batch])
      return
    }
    let share = settings.posteriorShare ?? (lacksSize ? (lacksPrecision ? 0.5 : 1) : 0)
    var (lower, upper, alive) = plan.range(posteriorShare: share)
    // Within the plateaus of the prior there is nothing to climb.
    if lower < plateau.contour { lower = -.infinity }
    dynamic.batches += 1
    // Batches grow with what is there already, or there would be ever more of them.
    dynamic.size = max(settings.batchInForce, alive / 4)
    dynamic.upper = upper
    dynamic.seeds = rowsAlive(on: lower)
    threshold = lower
    live = LiveSet()
    ranks.startPhase()
    deck = []
    best = -.infinity
    isFilling = true
    trail = PointMatrix(columns: problemDimension)
    trailLogL = []
    let usesChains = dynamic.chainsSince.map { lower >= $0 } ?? false
    explorer.restart(usingChains: usesChains, inCube: lower == -.infinity)
    if lower > -.infinity { buildBound() }
  }
}

extension DynamicState: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(batches)
    writer.write(size)
    writer.write(upper)
    writer.write(seeds)
    writer.write(last)
    writer.write(chainsSince ?? .nan)
    writer.write(logZ)
    writer.write(error)
    writer.write(effectiveSize)
  }

  init(from reader: inout WireReader) throws(WireError) {
    batches = try reader.read()
    size = try reader.read()
    upper = try reader.read()
    seeds = try reader.read()
    last = try reader.read()
    let since = try reader.read(Double.self)
    chainsSince = since.isNaN ? nil : since
    logZ = try reader.read()
    error = try reader.read()
    effectiveSize = try reader.read()
  }
}
