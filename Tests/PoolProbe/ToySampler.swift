internal import Rookery

/// Evaluates a number of points drawn from the prior, under contexts that change every so often.
struct ToySampler: Sampler {
  var seed: UInt64
  var points: Int
  var window: Int
  var contextBytes: Int
  /// Points of a piece, which are evaluated at once.
  var block = 1
  var issued = 0
  var handedOver: ContextID?
  var absorbed: [ToyOutcome] = []

  static let piecesPerContext = 50

  mutating func next() -> Issue<ToyPiece>? {
    guard issued < points else { return nil }
    let piece = piece(at: issued)
    guard piece.context == handedOver else {
      handedOver = piece.context
      return .context(piece.context, context(of: piece))
    }
    issued += block
    return .piece(piece)
  }

  /// The piece that begins with a point.
  func piece(at index: Int) -> ToyPiece {
    ToyPiece(
      context: ContextID(version: index / Self.piecesPerContext), index: UInt64(index), seed: seed,
      points: block)
  }

  mutating func absorb(_ outcome: ToyOutcome, of piece: ToyPiece) { absorbed.append(outcome) }

  func context(of piece: ToyPiece) -> ToyContext {
    ToyContext(
      shift: Double(piece.context.version % 7) / 7, ballast: [UInt8](repeating: 1, count: contextBytes))
  }

  var ending: Ending? { absorbed.count * block >= points ? .converged : nil }

  func record() -> RunRecord {
    RunRecord(
      cube: PointMatrix(
        columns: (absorbed.first?.cubes.count ?? 0) / block, values: absorbed.flatMap(\.cubes)),
      derived: PointMatrix(columns: 0, values: []), logLikelihoods: absorbed.flatMap(\.logLikelihoods),
      kind: .nested(birthLogLikelihoods: absorbed.flatMap { $0.logLikelihoods.map { _ in -.infinity } }))
  }
}

extension ToySampler: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(seed)
    writer.write(points)
    writer.write(window)
    writer.write(contextBytes)
    writer.write(block)
    writer.write(issued)
    writer.write(handedOver.map { [$0] } ?? [])
    writer.write(absorbed)
  }

  init(from reader: inout WireReader) throws(WireError) {
    seed = try reader.read()
    points = try reader.read()
    window = try reader.read()
    contextBytes = try reader.read()
    block = try reader.read()
    issued = try reader.read()
    handedOver = try reader.read([ContextID].self).first
    absorbed = try reader.read()
  }
}

struct ToyPiece: Work {
  var context: ContextID
  /// The number of the first point, and how many there are.
  var index: UInt64
  var seed: UInt64
  var points = 1

  /// The points of a piece, before its context shifts them.
  func cubes(dimension: Int) -> [Double] {
    (0..<points).flatMap { point in
      var stream = RandomStream(
        seed: seed, purpose: .init(rawValue: 0x544f_5900), index: index + UInt64(point))
      return (0..<dimension).map { _ in stream.uniform() }
    }
  }

  func shiftedCubes(dimension: Int, by context: ToyContext) -> [Double] {
    cubes(dimension: dimension).map { ($0 + context.shift).truncatingRemainder(dividingBy: 1) }
  }

  func perform(with context: ToyContext, on evaluator: Evaluator) throws -> ToyOutcome {
    let cubes = shiftedCubes(dimension: evaluator.problem.dimension, by: context)
    if points == 1 {
      let logLikelihood = try cubes.withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
      return ToyOutcome(cubes: cubes, logLikelihoods: [logLikelihood])
    }
    var buffer = EvaluationBuffer()
    try cubes.withUnsafeBufferPointer { try evaluator.evaluate($0, into: &buffer) }
    return ToyOutcome(cubes: cubes, logLikelihoods: buffer.logLikelihoods)
  }

  init(context: ContextID, index: UInt64, seed: UInt64, points: Int) {
    self.context = context
    self.index = index
    self.seed = seed
    self.points = points
  }

  func encode(to writer: inout WireWriter) {
    writer.write(context)
    writer.write(index)
    writer.write(seed)
    writer.write(points)
  }

  init(from reader: inout WireReader) throws(WireError) {
    context = try reader.read()
    index = try reader.read()
    seed = try reader.read()
    points = try reader.read()
  }
}

struct ToyContext: Wire, Sendable {
  var shift: Double
  var ballast: [UInt8]

  init(shift: Double, ballast: [UInt8]) {
    self.shift = shift
    self.ballast = ballast
  }

  func encode(to writer: inout WireWriter) {
    writer.write(shift)
    writer.write(ballast)
  }

  init(from reader: inout WireReader) throws(WireError) {
    shift = try reader.read()
    ballast = try reader.read()
  }
}

struct ToyOutcome: Wire, Sendable {
  var cubes: [Double]
  var logLikelihoods: [Double]

  init(cubes: [Double], logLikelihoods: [Double]) {
    self.cubes = cubes
    self.logLikelihoods = logLikelihoods
  }

  func encode(to writer: inout WireWriter) {
    writer.write(cubes)
    writer.write(logLikelihoods)
  }

  init(from reader: inout WireReader) throws(WireError) {
    cubes = try reader.read()
    logLikelihoods = try reader.read()
  }
}
