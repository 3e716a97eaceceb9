/// All points evaluated so far, in the order in which they were absorbed.
struct SampledPoints: Sendable, Equatable {
  let dimension: Int
  let derivedCount: Int
  private(set) var cube: [Double] = []
  private(set) var derived: [Double] = []
  private(set) var logL: [Double] = []
  /// Which density each came from: the number of a bound, or -1 - the number of a stage.
  private(set) var origins: [Int] = []

  var count: Int { logL.count }

  init(dimension: Int, derivedCount: Int) {
    self.dimension = dimension
    self.derivedCount = derivedCount
  }

  mutating func append(_ outcome: ShellOutcome, origin: Int) {
    cube += outcome.points
    derived += outcome.derived
    logL += outcome.logLikelihoods
    origins += outcome.logLikelihoods.map { _ in origin }
  }

  mutating func append(_ other: SampledPoints) {
    cube += other.cube
    derived += other.derived
    logL += other.logL
    origins += other.origins
  }

  mutating func removeAll() { self = SampledPoints(dimension: dimension, derivedCount: derivedCount) }

  /// The points that stages drew, in their order.
  var ofStages: SampledPoints { chosen { $0 < 0 } }
  /// The points that were drawn from bounds, in their order.
  var ofBounds: SampledPoints { chosen { $0 >= 0 } }

  private func chosen(_ isWanted: (Int) -> Bool) -> SampledPoints {
    var chosen = SampledPoints(dimension: dimension, derivedCount: derivedCount)
    for row in origins.indices where isWanted(origins[row]) {
      chosen.cube += cube[row * dimension..<(row + 1) * dimension]
      chosen.derived += derived[row * derivedCount..<(row + 1) * derivedCount]
      chosen.logL.append(logL[row])
      chosen.origins.append(origins[row])
    }
    return chosen
  }

  func matrix(_ rows: [Int]) -> PointMatrix { Self.matrix(of: cube, columns: dimension, rows) }

  func derived(at rows: [Int]) -> PointMatrix { Self.matrix(of: derived, columns: derivedCount, rows) }

  private static func matrix(of values: [Double], columns: Int, _ rows: [Int]) -> PointMatrix {
    PointMatrix(columns: columns, values: values).rows(at: rows)
  }
}

extension SampledPoints: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(dimension)
    writer.write(derivedCount)
    writer.write(cube)
    writer.write(derived)
    writer.write(logL)
    writer.write(origins)
  }

  init(from reader: inout WireReader) throws(WireError) {
    dimension = try reader.read()
    derivedCount = try reader.read()
    cube = try reader.read([Double].self)
    derived = try reader.read([Double].self)
    logL = try reader.read([Double].self)
    origins = try reader.read([Int].self)
    guard cube.count == logL.count * dimension, derived.count == logL.count * derivedCount,
      origins.count == logL.count
    else { throw WireError("points whose parts do not fit") }
  }
}
