internal import Rookery

/// Evaluates a number of points drawn from the prior, under contexts that change every so often.
struct ToySampler: Sampler {
  var seed: UInt64
  var points: Int
  var window: Int
  var contextBytes: Int
  var issued = 0
  var absorbed: [ToyOutcome] = []

  static let piecesPerContext = 50

  mutating func next() -> ToyPiece? {
    guard issued < points else { return nil }
    defer { issued += 1 }
    return ToyPiece(context: issued / Self.piecesPerContext, index: UInt64(issued), seed: seed)
  }

  mutating func absorb(_ outcome: ToyOutcome) { absorbed.append(outcome) }

  func context(_ version: Int) -> ToyContext {
    ToyContext(shift: Double(version % 7) / 7, ballast: [UInt8](repeating: 1, count: contextBytes))
  }

  var ending: Ending? { absorbed.count == points ? .converged : nil }
  var status: SamplerStatus { SamplerStatus() }

  func record() -> RunRecord {
    RunRecord(
      cube: PointMatrix(columns: absorbed.first?.cube.count ?? 0, values: absorbed.flatMap(\.cube)),
      derived: PointMatrix(columns: 0, values: []), logLikelihoods: absorbed.map(\.logLikelihood),
      kind: .nested(birthLogLikelihoods: absorbed.map { _ in -.infinity }))
  }
}

extension ToySampler: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(seed)
    writer.write(points)
    writer.write(window)
    writer.write(contextBytes)
    writer.write(issued)
    writer.write(absorbed)
  }

  init(from reader: inout WireReader) throws(WireError) {
    seed = try reader.read()
    points = try reader.read()
    window = try reader.read()
    contextBytes = try reader.read()
    issued = try reader.read()
    absorbed = try reader.read()
  }
}

struct ToyPiece: Work {
  var context: Int
  var index: UInt64
  var seed: UInt64

  /// The point of a piece, before its context shifts it.
  func cube(dimension: Int) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .init(rawValue: 0x544f_5900), index: index)
    return (0..<dimension).map { _ in stream.uniform() }
  }

  func shiftedCube(dimension: Int, by context: ToyContext) -> [Double] {
    cube(dimension: dimension).map { ($0 + context.shift).truncatingRemainder(dividingBy: 1) }
  }

  func perform(with context: ToyContext, on evaluator: Evaluator) throws -> ToyOutcome {
    let cube = shiftedCube(dimension: evaluator.problem.dimension, by: context)
    let logLikelihood = try cube.withUnsafeBufferPointer { try evaluator.logLikelihood($0) }
    return ToyOutcome(cube: cube, logLikelihood: logLikelihood)
  }

  init(context: Int, index: UInt64, seed: UInt64) {
    self.context = context
    self.index = index
    self.seed = seed
  }

  func encode(to writer: inout WireWriter) {
    writer.write(context)
    writer.write(index)
    writer.write(seed)
  }

  init(from reader: inout WireReader) throws(WireError) {
    context = try reader.read()
    index = try reader.read()
    seed = try reader.read()
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
  var cube: [Double]
  var logLikelihood: Double

  init(cube: [Double], logLikelihood: Double) {
    self.cube = cube
    self.logLikelihood = logLikelihood
  }

  func encode(to writer: inout WireWriter) {
    writer.write(cube)
    writer.write(logLikelihood)
  }

  init(from reader: inout WireReader) throws(WireError) {
    cube = try reader.read()
    logLikelihood = try reader.read()
  }
}
