import Glibc

/// The densities that the sampling phase may draw from, each normalised over the unit cube.
///
/// Component 0 is the cube itself, then come bounds, then the Student-t mixture cut off at the cube, then
/// the same mixture thinned by an ensemble that has learned ln L - ln t: a draw x of t is kept with the
/// probability A(x) = min(1, exp(f(x) - threshold)). Last come mixtures in stretched coordinates that reach into corners.
/// Each is a *base* density that is cheap to draw from times an acceptance 0 ≤ A ≤ 1, so its normalisation c = E_base[A] is found
/// without a likelihood call.
struct ProposalComponents: Sendable, Equatable {
  var bounds: [Bound]
  let seam: Seam
  let student: StudentMixture?
  var surrogate: Surrogate?
  var stretched: [StretchedMixture] = []
  let dimension: Int
  /// ln of the normalisation of each: for a bound its volume, for the others E_base[A].
  var logNorms: [Double]

  private var firstMixture: Int { 1 + bounds.count }
  var count: Int {
    firstMixture + (student == nil ? 0 : 1) + (surrogate == nil ? 0 : 1) + stretched.count
  }
  var studentIndex: Int? { student == nil ? nil : firstMixture }
  var surrogateIndex: Int? { surrogate == nil ? nil : firstMixture + 1 }
  var stretchedIndices: Range<Int> { count - stretched.count..<count }

  /// The log density of every component at every point: `count` numbers a point.
  func logDensities<E>(
    _ points: [Double], unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> [Double] {
    let rows = points.count / dimension
    let width = count
    var table = [Double](repeating: -.infinity, count: rows * width)
    for row in 0..<rows { table[row * width] = 0 }
    for (k, bound) in bounds.enumerated() {
      let inside = try bound.contains(points, unless: halt)
      for row in 0..<rows where inside[row] { table[row * width + 1 + k] = -logNorms[1 + k] }
    }
    var moved = points
    try moved.withUnsafeMutableBufferPointer { (moved) throws(E) in
      guard let start = moved.baseAddress else { return }
      for row in 0..<rows { seam.turn(start + row * dimension) }
      for (mixture, index) in zip(stretched, stretchedIndices) {
        for row in 0..<rows {
          if row % Bound.block == 0 { try halt.check() }
          table[row * width + index] = mixture.logDensity(start + row * dimension) - logNorms[index]
        }
      }
      guard let student, let index = studentIndex else { return }
      for row in 0..<rows {
        if row % Bound.block == 0 { try halt.check() }
        table[row * width + index] = student.logDensity(start + row * dimension)
      }
      if let surrogate, let last = surrogateIndex {
        let logs = try surrogate.logAcceptances(start, rows: Array(0..<rows), unless: halt)
        for row in 0..<rows {
          table[row * width + last] = table[row * width + index] + logs[row] - logNorms[last]
        }
      }
      for row in 0..<rows { table[row * width + index] -= logNorms[index] }
    }
    return table
  }

  /// Draws `wanted` points of one component, or as many as so many proposals give.
  func draw(
    _ wanted: Int, of component: Int, proposals limit: Int, stream: inout RandomStream
  ) -> (points: [Double], proposals: Int) {
    if component == 0 {
      return ((0..<wanted * dimension).map { _ in stream.uniform() }, wanted)
    }
    if component <= bounds.count {
      let drawn = bounds[component - 1].draw(wanted, proposals: limit, stream: &stream)
      return (drawn.points, drawn.proposals)
    }
    var points: [Double] = []
    var proposals = 0
    // Blocks of a size that on average gives what is missing: their shape is part of the result.
    let expected = 1.2 * Double(wanted) / max(exp(logNorms[component]), 1e-9)
    let size = max(4, Int(min(expected, Double(Bound.block))))
    forEachBlock(of: component, size: size, stream: &stream) { block, logs, stream in
      proposals += size
      for (i, logA) in logs.enumerated() where points.count < wanted * dimension {
        guard logA == 0 || log(stream.uniform()) < logA else { continue }
        let point = block + i * dimension
        seam.turnBack(point)
        points.append(contentsOf: UnsafeBufferPointer(start: point, count: dimension))
      }
      return points.count < wanted * dimension && proposals < limit
    }
    return (points, proposals)
  }

  /// Proposals of a mixture in blocks, those in the cube only, with ln A of each, until the body says no.
  private func forEachBlock(
    of component: Int, size: Int, stream: inout RandomStream,
    _ body: (UnsafeMutablePointer<Double>, [Double], inout RandomStream) -> Bool
  ) {
    let thinned = component == surrogateIndex
    let reaching =
      stretchedIndices.contains(component) ? stretched[component - stretchedIndices.lowerBound] : nil
    guard reaching != nil || student != nil else { return }
    let d = dimension
    withUnsafeTemporaryAllocation(of: Double.self, capacity: size * d) { block in
      guard let start = block.baseAddress else { return }
      var goesOn = true
      while goesOn {
        var filled = 0
        for _ in 0..<size {
          let point = start + filled * d
          if let reaching {
            if reaching.draw(&stream, into: point) { filled += 1 }
            continue
          }
          student?.draw(&stream, into: point)
          // Where the seam is, a periodic dimension ends too: the density is cut off there, not wrapped.
          if UnitCube.holds(point, count: d) { filled += 1 }
        }
        let logs =
          if thinned, let surrogate {
            surrogate.logAcceptances(start, rows: Array(0..<filled))
          } else {
            [Double](repeating: 0, count: filled)
          }
        goesOn = body(start, logs, &stream)
      }
    }
  }

  /// Sums over cheap proposals from which the normalisation of one component follows.
  func measure(_ component: Int, proposals wanted: Int, stream: inout RandomStream) -> VolumeSums {
    var sums = VolumeSums()
    if component <= bounds.count {
      guard component > 0 else { return VolumeSums(proposals: 1, sum: 1, squares: 1) }
      let drawn = bounds[component - 1].draw(
        .max / (dimension * 16), proposals: wanted, stream: &stream, keeps: false)
      sums.proposals = Double(drawn.proposals)
      sums.sum = Double(drawn.accepted)
      sums.squares = Double(drawn.accepted)
      return sums
    }
    forEachBlock(of: component, size: Bound.block, stream: &stream) { _, logs, _ in
      sums.proposals += Double(Bound.block)
      for logA in logs {
        let a = exp(logA)
        sums.sum += a
        sums.squares += a * a
      }
      return sums.proposals < Double(wanted)
    }
    return sums
  }

  /// ln of what the mean acceptance is multiplied with to give the normalisation.
  func logEnvelope(_ component: Int) -> Double {
    component > 0 && component <= bounds.count ? bounds[component - 1].logEnvelope : 0
  }
}

/// Acceptances of cheap proposals, summed.
struct VolumeSums: Sendable, Equatable {
  var proposals = 0.0
  var sum = 0.0
  var squares = 0.0

  static func += (a: inout VolumeSums, b: VolumeSums) {
    a.proposals += b.proposals
    a.sum += b.sum
    a.squares += b.squares
  }

  var mean: Double { proposals > 0 ? sum / proposals : 0 }
  /// The variance of ln(mean).
  var relativeVariance: Double {
    guard sum > 0 else { return 1 }
    return max(squares / proposals / (mean * mean) - 1, 0) / proposals
  }
}

/// An ensemble that has learned ln L - ln t, as an acceptance.
struct Surrogate: Sendable, Equatable {
  let ensemble: Ensemble
  /// The output at which the acceptance reaches one.
  var threshold: Double
  /// Natural logarithms a unit of output.
  let scale: Double

  func logAcceptances<E>(
    _ points: UnsafePointer<Double>, rows: [Int], unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> [Double] {
    try ensemble.outputs(points, rows: rows, unless: halt).map { min(0, scale * Double($0) - threshold) }
  }
}

/// A frozen mixture of components: the density every draw of a stage comes from.
struct Proposal: Sendable, Equatable {
  let components: ProposalComponents
  let shares: [Double]

  /// ln q of each row of a table of component densities.
  func logDensities(table: [Double]) -> [Double] {
    let width = shares.count
    let logShares = shares.map { log($0) }
    return (0..<table.count / width).map { row in
      logSumExp((0..<width).lazy.map { logShares[$0] + table[row * width + $0] })
    }
  }

  /// Draws points, grouped by component.
  func draw(_ wanted: Int, stream: inout RandomStream) -> [Double] {
    var counts = [Int](repeating: 0, count: shares.count)
    for _ in 0..<wanted {
      counts[weightedChoice(at: stream.uniform(), of: shares.count) { shares[$0] }] += 1
    }
    return counts.indices.flatMap { k in
      counts[k] == 0
        ? [] : components.draw(counts[k], of: k, proposals: .max / 2, stream: &stream).points
    }
  }
}

extension ProposalComponents: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(dimension)
    writer.write(bounds)
    writer.write(seam)
    writer.write(student.map { [$0] } ?? [])
    writer.write(surrogate.map { [$0] } ?? [])
    writer.write(stretched)
    writer.write(logNorms)
  }

  init(from reader: inout WireReader) throws(WireError) {
    dimension = try reader.read()
    bounds = try reader.read([Bound].self)
    seam = try reader.read()
    student = try reader.read([StudentMixture].self).first
    surrogate = try reader.read([Surrogate].self).first
    stretched = try reader.read([StretchedMixture].self)
    logNorms = try reader.read([Double].self)
    guard logNorms.count == count else { throw WireError("components without their normalisations") }
  }
}

extension Surrogate: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(ensemble.frame)
    writer.write(ensemble.networks)
    writer.write(threshold)
    writer.write(scale)
  }

  init(from reader: inout WireReader) throws(WireError) {
    let frame = try reader.read(Ellipsoid.self)
    ensemble = Ensemble(frame: frame, networks: try reader.read([Network].self))
    threshold = try reader.read()
    scale = try reader.read()
  }
}

extension VolumeSums: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(proposals)
    writer.write(sum)
    writer.write(squares)
  }

  init(from reader: inout WireReader) throws(WireError) {
    proposals = try reader.read()
    sum = try reader.read()
    squares = try reader.read()
  }
}

extension Proposal: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(components)
    writer.write(shares)
  }

  init(from reader: inout WireReader) throws(WireError) {
    components = try reader.read()
    shares = try reader.read([Double].self)
    guard shares.count == components.count else { throw WireError("a proposal whose shares do not fit") }
  }
}
