import Glibc

extension StageFit {
  /// Lays out the components with their normalisations roughly known, and picks those worth measuring.
  mutating func layOut<E>(
    points: SampledPoints, bounds: [(bound: Bound, logVolume: Double)], stream: inout RandomStream,
    unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) {
    var all = ProposalComponents(
      bounds: bounds.map(\.bound), seam: seam, student: student, surrogate: nil,
      dimension: points.dimension,
      logNorms: [0] + bounds.map(\.logVolume) + (student == nil ? [] : [0]))
    if student != nil, let frame, !networks.isEmpty {
      var surrogate = Surrogate(
        ensemble: Ensemble(frame: frame, networks: networks), threshold: 0, scale: Self.residualScale)
      surrogate.threshold = try threshold(surrogate, points, halt)
      all.surrogate = surrogate
      all.logNorms.append(0)
    }
    all.stretched = stretched
    all.logNorms += stretched.map { _ in 0 }
    for index in [all.studentIndex, all.surrogateIndex].compactMap({ $0 }) + Array(all.stretchedIndices) {
      try halt.check()
      var mean = all.measure(index, proposals: 4000, stream: &stream).mean
      // Thinned so much that proposals are hardly ever kept, it is let through more often where it is
      // highest.
      for _ in 0..<4 where index == all.surrogateIndex && mean < Self.leastAcceptance {
        try halt.check()
        all.surrogate?.threshold -= log(2 * Self.leastAcceptance / max(mean, 1e-4))
        mean = all.measure(index, proposals: 4000, stream: &stream).mean
      }
      all.logNorms[index] = log(max(mean, 1e-6))
    }
    if let index = all.surrogateIndex, all.logNorms[index] < log(0.5 * Self.leastAcceptance) {
      all.surrogate = nil
      all.logNorms.remove(at: index)
    }
    let (table, rows) = try heldOut(all, points, halt)
    let shares = try Self.shares(
      ratios(table, rows, points), posterior: tempered(rows), floors: floors(all), unless: halt)
    // Bounds of little use cost a test of every point. A few on the way from the cube to the innermost stay all the same: they keep
    // the weights of the posterior's tails in bounds, where neither the fit nor the points it was made from reach.
    let guards = Set((1...Self.guards).map { (all.bounds.count * $0 - 1) / Self.guards })
    // The one that goes on where points end stays: points cannot say what it is good for.
    if let near = all.stretchedIndices.first, all.stretched.count > 1, shares[near] < Self.leastStretchedShare
    {
      all.logNorms.remove(at: near)
      all.stretched.removeFirst()
    }
    let kept = all.bounds.indices.filter { shares[1 + $0] > 0.02 || guards.contains($0) }
    all.logNorms = [0] + kept.map { all.logNorms[1 + $0] } + all.logNorms[(1 + all.bounds.count)...]
    all.bounds = kept.map { all.bounds[$0] }
    components = all
    sums = (0..<all.count).map { _ in VolumeSums() }
    let ofKept = try all.logDensities(points.matrix(rows).values, unless: halt)
    self.shares = try Self.shares(
      ratios(ofKept, rows, points), posterior: tempered(rows), floors: floors(all), unless: halt)
  }

  /// How many bounds stay in any case, and the least share of a bound.
  ///
  /// With shares a of bounds whose volumes fall by a factor r from one to the next, no weight in a part that holds the fraction m of
  /// the evidence exceeds m r / a times the mean.
  private static var guards: Int { 6 }
  private static var guardShare: Double { 0.01 }

  /// Proposals kept in one of so many cost about as much as a hundred points of overhead may.
  private static var leastAcceptance: Double { 0.01 }

  /// The output of the networks above which almost none of the posterior lies.
  private func threshold<E>(
    _ surrogate: Surrogate, _ points: SampledPoints, _ halt: Halt<E>
  ) throws(E) -> Double {
    let rows = points.logL.indices.filter { logPosterior[$0] > -14 }
    let moved = seam.turned(points.matrix(rows))
    let outputs = try moved.values.withUnsafeBufferPointer { (values) throws(E) -> [Float] in
      guard let start = values.baseAddress else { return [] }
      return try surrogate.ensemble.outputs(start, rows: Array(rows.indices), unless: halt)
    }
    let order = outputs.indices.sorted { outputs[$0] > outputs[$1] }
    var mass = 0.0
    for i in order {
      mass += exp(logPosterior[rows[i]])
      if mass > 0.02 { return surrogate.scale * Double(outputs[i]) }
    }
    return 0
  }

  private func heldOut<E>(
    _ all: ProposalComponents, _ points: SampledPoints, _ halt: Halt<E>
  ) throws(E) -> (table: [Double], rows: [Int]) {
    let rows = points.logL.indices.filter { Self.isHeldOut($0) && logPosterior[$0] > -30 }
    return (try all.logDensities(points.matrix(rows).values, unless: halt), rows)
  }

  /// Posterior weights without the few heaviest ones' excess: a single point must not steer the shares.
  private func tempered(_ rows: [Int]) -> [Double] {
    let logs = rows.map { logPosterior[$0] }
    let most = 10 * exp(logSumExp(logs)) / max(kishSize(logWeights: logs), 1)
    return logs.map { min(exp($0), most) }
  }

  /// The least share of each component: what guards against a fit that misses a part.
  private func floors(_ all: ProposalComponents) -> [Double] {
    var floors = [Double](repeating: 0, count: all.count)
    floors[0] = 0.005
    for bound in all.bounds.indices { floors[1 + bound] = Self.guardShare }
    if let student = all.studentIndex { floors[student] = 0.02 }
    if let far = all.stretchedIndices.last { floors[far] = reaches ? Self.heavyTailShare : Self.farShare }
    return floors
  }

  /// The proposal with its normalisations as measured, and what a draw is worth as far as points foresee that took no part in the fits.
  ///
  /// The shares stay as they were set before those were measured. Chosen by them, they would favour components that by chance were
  /// measured too small: q would come out too high, and the evidence too low by several tenths of its error.
  mutating func finish<E>(
    points: SampledPoints, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> (proposal: Proposal, worth: Double, variances: [Double])? {
    guard var all = components else { return nil }
    for k in 1..<max(all.count, 1) where sums[k].sum > 0 {
      all.logNorms[k] = all.logEnvelope(k) + log(sums[k].mean)
    }
    let (table, rows) = try heldOut(all, points, halt)
    let posterior = tempered(rows)
    let proposal = Proposal(components: all, shares: shares)
    let logs = proposal.logDensities(table: table)
    let worth = Stage.worth(
      masses: posterior, logWeights: rows.indices.map { points.logL[rows[$0]] - logs[$0] })
    let variances = sums.indices.map { $0 == 0 ? 0 : sums[$0].relativeVariance }
    return (proposal, worth, variances)
  }

  /// Shares that make E_posterior[L/q] least, by multiplicative steps on the simplex.
  ///
  /// The functional is convex in the shares; with gradients g_k = E[(L/q) q_k/q], each step takes a_k to a_k
  /// √g_k and normalises (the step of Titterington's algorithm for optimal designs, with exponent 1/2).
  static func shares<E>(
    _ logRatios: [Double], posterior: [Double], floors: [Double], unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> [Double] {
    let width = floors.count
    let rows = posterior.count
    let ratios = logRatios.map { exp(min($0, 300)) }
    var shares = [Double](repeating: 1 / Double(width), count: width)
    for _ in 0..<(rows == 0 ? 0 : 200) {
      try halt.check()
      var gradient = [Double](repeating: 0, count: width)
      for row in 0..<rows {
        var density = 0.0
        for k in 0..<width { density += shares[k] * ratios[row * width + k] }
        guard density > 0 else { continue }
        let pull = posterior[row] / (density * density)
        for k in 0..<width { gradient[k] += pull * ratios[row * width + k] }
      }
      for k in 0..<width { shares[k] *= gradient[k].squareRoot() }
      let sum = shares.reduce(0, +)
      guard sum > 0, sum.isFinite else { return floors.map { _ in 1 / Double(width) } }
      for k in 0..<width { shares[k] /= sum }
    }
    for k in 0..<width { shares[k] = max(shares[k], floors[k]) }
    let sum = shares.reduce(0, +)
    return shares.map { $0 / sum }
  }

  /// The table with ln(L/Z) taken off: ln(q_k Z / L) at each point.
  private func ratios(_ table: [Double], _ rows: [Int], _ points: SampledPoints) -> [Double] {
    let width = rows.isEmpty ? 1 : table.count / rows.count
    return table.indices.map { table[$0] - (points.logL[rows[$0 / width]] - logZ) }
  }
}
