import Glibc

/// Everything that has been learned before a stage, put together into its proposal, step by step.
struct StageFit: Sendable, Equatable {
  /// ln of the normalised posterior weight of each point, as all draws so far give it.
  let logPosterior: [Double]
  /// ln D: the density of all draws so far at each point, counting draws.
  let logDrawn: [Double]
  let logZ: Double
  let seam: Seam
  let student: StudentMixture?
  let stretched: [StretchedMixture]
  /// Whether weights have shown a heavy tail, so that what reaches into corners takes part in any case.
  let reaches: Bool
  let set: TrainingSet?
  let frame: Ellipsoid?
  var networks: [Network] = []
  var components: ProposalComponents?
  var sums: [VolumeSums] = []
  /// Shares of the components, chosen before their normalisations are measured.
  var shares: [Double] = []
  var pending = 0

  /// Every eighth point takes no part in the fits and measures them.
  static func isHeldOut(_ row: Int) -> Bool { row % 8 == 3 }
  private static var residualRange: ClosedRange<Double> { -8...6 }
  static var residualScale: Double { 2 }
  static var hidden: [Int] { [48, 24] }
  static var mostToLearn: Int { 8000 }

  init<E>(
    points: SampledPoints, logDrawn: [Double], periodic: [Bool], networks: Int, modes: PointMatrix,
    reaches: Bool = false, stream: inout RandomStream, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) {
    self.reaches = reaches
    let raw = zip(points.logL, logDrawn).map { $0 - $1 }
    let logZ = logSumExp(raw)
    let logPosterior = raw.map { $0 - logZ }
    self.logZ = logZ
    self.logPosterior = logPosterior
    self.logDrawn = logDrawn
    let weighty = points.logL.indices.filter { logPosterior[$0] > -12 }
    seam = Seam(periodic: periodic, points: points.matrix(weighty))
    let size = points.dimension
    let moved = seam.turned(PointMatrix(columns: size, values: points.cube)).values
    let centres = seam.turned(modes)
    student = try Self.fitStudent(
      moved, logPosterior, dimension: size, modes: centres.values, stream: &stream, halt)
    stretched = try Self.fitStretched(
      moved, logPosterior, dimension: size, modes: centres.values, stream: &stream, halt)
    guard let student, networks > 0 else {
      (set, frame) = (nil, nil)
      return
    }
    (set, frame) = try Self.trainingSet(moved, points.logL, logPosterior, logDrawn, student, halt)
  }

  static func fitStudent<E>(
    _ moved: [Double], _ logPosterior: [Double], dimension d: Int, modes: [Double],
    stream: inout RandomStream, _ halt: Halt<E>
  ) throws(E) -> StudentMixture? {
    let rows = resample(logPosterior, 2500, &stream).filter { !isHeldOut($0.row) }
    let held = logPosterior.indices.filter { isHeldOut($0) && logPosterior[$0] > -14 }
    func gather(_ rows: [Int]) -> [Double] { rows.flatMap { moved[$0 * d..<($0 + 1) * d] } }
    guard
      let fit = StudentMixtureFit(points: gather(rows.map(\.row)), weights: rows.map(\.weight), dimension: d),
      let judge = StudentMixtureFit(
        points: gather(held), weights: held.map { exp(logPosterior[$0]) }, dimension: d)
    else { return nil }
    var best: (mixture: StudentMixture, score: Double)?
    var worse = 0
    let known = modes.count / d
    let counts = [1, 2, 3, 4, 6, 8, 12, 16, 24].filter { $0 > known } + (known > 1 ? [known] : [])
    for k in counts.sorted() where rows.count > k * (d + 10) {
      guard
        let mixture = try fit.fit(
          components: k, from: known > 1 ? modes : [], steps: 30, stream: &stream, unless: halt),
        let wide = mixture.enlarged(1.05)
      else { continue }
      let score = judge.score(wide)
      if score > (best?.score ?? -.infinity) + 0.005 {
        best = (wide, score)
        worse = 0
      } else {
        worse += 1
        if worse == 2 { break }
      }
    }
    return best?.mixture
  }

  /// Rows drawn systematically in proportion to their weights, each with how often it was drawn.
  static func resample(
    _ logWeights: [Double], _ count: Int, _ stream: inout RandomStream
  ) -> [(row: Int, weight: Double)] {
    let times = systematicDraws(count, of: logWeights.map { exp($0) }, offset: stream.uniform())
    return times.indices.filter { times[$0] > 0 }.map { ($0, Double(times[$0])) }
  }

  /// Points that matter for telling L from t: where L has its mass, and where t has.
  private static func trainingSet<E>(
    _ moved: [Double], _ logL: [Double], _ logPosterior: [Double], _ logDrawn: [Double],
    _ student: StudentMixture, _ halt: Halt<E>
  ) throws(E) -> (TrainingSet?, Ellipsoid?) {
    let d = student.dimension
    let logT = try moved.withUnsafeBufferPointer { (values) throws(E) -> [Double] in
      try logL.indices.map { (row) throws(E) -> Double in
        if row % Bound.block == 0 { try halt.check() }
        return values.baseAddress.map { student.logDensity($0 + row * d) } ?? 0
      }
    }
    let logTaken = logL.indices.map { logT[$0] - logDrawn[$0] }
    let total = logSumExp(logTaken)
    let weights = logL.indices.map { row in
      isHeldOut(row) ? 0 : exp(logPosterior[row]) + 0.3 * exp(logTaken[row] - total)
    }
    let rows = Array(
      weights.indices.filter { weights[$0] > 1e-9 }.sorted { (weights[$1], $0) < (weights[$0], $1) }
        .prefix(mostToLearn))
    guard rows.count > 10 * d else { return (nil, nil) }
    // The reference level: the posterior mean of the residual.
    var reference = 0.0
    for row in logL.indices where logPosterior[row] > -30 {
      reference += exp(logPosterior[row]) * (logL[row] - logT[row])
    }
    let mean = rows.reduce(0) { $0 + weights[$1] } / Double(rows.count)
    var (targets, losses): ([Float], [Float]) = ([], [])
    for row in rows {
      let residual = min(
        max(logL[row] - logT[row] - reference, residualRange.lowerBound), residualRange.upperBound)
      targets.append(Float(residual / residualScale))
      losses.append(Float(min(max(weights[row] / mean, 0.1), 5)))
    }
    var own = PointMatrix(columns: d)
    for row in rows { own.append(moved[row * d..<(row + 1) * d]) }
    let (centre, covariance) = LinearAlgebra.meanAndCovariance(own)
    let stretch = Double(d + 2).squareRoot()
    guard let root = Ellipsoid.regularRoot(covariance, size: d),
      let frame = Ellipsoid(centre: centre, factor: root.map { $0 * stretch })
    else { return (nil, nil) }
    let inputs = own.values.withUnsafeBufferPointer { values in
      values.baseAddress.map { Ensemble.inputs($0, rows: Array(0..<rows.count), frame: frame, squares: true) }
        ?? []
    }
    let set = TrainingSet(
      inputs: 2 * d, hidden: hidden, points: inputs, targets: targets, weights: losses, epochs: 50,
      rate: 0.01,
      starts: [])
    return (set, frame)
  }
}
