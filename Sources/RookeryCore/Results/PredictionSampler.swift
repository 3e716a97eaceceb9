/// Asks for each point of a list once: a sampler, so that predictions run on every pool.
struct PredictionSampler: Sampler {
  let points: PointMatrix
  private var issued = 0
  private var predicted: [PredictedPoint] = []

  init(_ points: PointMatrix) { self.points = points }

  let window = 256

  mutating func next() -> Issue<PredictionPiece>? {
    guard issued < points.rows else { return nil }
    defer { issued += 1 }
    return .piece(PredictionPiece(point: points[row: issued]))
  }

  mutating func absorb(_ outcome: PredictedPoint, of piece: PredictionPiece) { predicted.append(outcome) }

  var ending: Ending? { predicted.count == points.rows ? .converged : nil }

  func record() -> PredictionRecord { PredictionRecord(predicted, of: points.rows) }

  func encode(to writer: inout WireWriter) {
    writer.write(points)
    writer.write(issued)
    writer.write(predicted)
  }

  init(from reader: inout WireReader) throws(WireError) {
    points = try reader.read()
    issued = try reader.read()
    predicted = try reader.read()
  }
}

/// One point of a prediction.
package struct PredictionPiece: Work {
  package typealias Context = NoContext

  let point: [Double]
  package var mostCalls: Int { 1 }

  init(point: [Double]) { self.point = point }

  package func perform(with context: NoContext, on evaluator: Evaluator) throws -> PredictedPoint {
    let logL = try evaluator.logLikelihood(of: point)
    return PredictedPoint(isRefused: logL == -.infinity, values: Array(evaluator.derived))
  }

  package func encode(to writer: inout WireWriter) { writer.write(point) }
  package init(from reader: inout WireReader) throws(WireError) { point = try reader.read() }
}

/// What a model gave at one point.
package struct PredictedPoint: Wire, Sendable {
  let isRefused: Bool
  let values: [Double]

  init(isRefused: Bool, values: [Double]) {
    self.isRefused = isRefused
    self.values = values
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(isRefused)
    writer.write(values)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    isRefused = try reader.read()
    values = try reader.read()
  }
}

/// What a model gave at all points, or as far as it came.
struct PredictionRecord: Wire, Sendable {
  private let asked: Int
  let count: Int
  private var points: [PredictedPoint]

  var isWhole: Bool { count == asked }
  /// Ranks learn how far it came, for what they return is nothing.
  var withoutPoints: PredictionRecord {
    var record = self
    record.points = []
    return record
  }

  init(_ points: [PredictedPoint], of asked: Int) {
    (self.points, self.asked, count) = (points, asked, points.count)
  }

  /// - Parameters:
  ///   - places: all points in order.
  ///   - rows: which row of a result each is; empty where they are none.
  func prediction(at places: PointMatrix, rows: [Int]) -> Prediction {
    let kept = points.indices.filter { !points[$0].isRefused }
    return Prediction(
      points: places.rows(at: kept), rows: rows.isEmpty ? [] : kept.map { rows[$0] },
      values: PointMatrix(
        columns: points.first?.values.count ?? 0, values: kept.flatMap { points[$0].values }))
  }

  func encode(to writer: inout WireWriter) {
    writer.write([asked, count])
    writer.write(points)
  }

  init(from reader: inout WireReader) throws(WireError) {
    let counts = try reader.read([Int].self)
    guard counts.count == 2 else { throw WireError("a prediction is cut short") }
    (asked, count) = (counts[0], counts[1])
    points = try reader.read()
  }
}
