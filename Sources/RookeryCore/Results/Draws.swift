/// The table of a result: one draw a row, in one order throughout.
public struct Draws: Sendable {
  /// The values of all parameters in order, fixed ones included: rows × parameters.
  public let parameters: PointMatrix
  /// Rows × derived quantities.
  public let derived: PointMatrix
  /// The same draws in the coordinates in which the sampler moved: rows × coordinates.
  public let coordinates: PointMatrix
  /// Which coordinates these are.
  public let space: Space
  public internal(set) var logLikelihoods: [Double]
  /// The log density of the prior at each draw, over the parameters that are not fixed; NaN where a prior has no density.
  public let logPriors: [Double]
}

extension Draws {
  /// Points of the unit cube in another order, with the parameters that they stand for.
  ///
  /// - Throws: what a conditional prior or a transform throws.
  init(_ record: RunRecord, order: [Int], of problem: Problem) throws {
    let cube = record.cube.rows(at: order)
    let parameters = try problem.transform(cube)
    self.init(
      parameters: parameters, derived: record.derived.rows(at: order), coordinates: cube, space: .cube,
      logLikelihoods: order.map { record.logLikelihoods[$0] },
      logPriors: try (0..<parameters.rows).map { try problem.logPriorIfKnown(parameters[row: $0]) })
  }

  /// All rows of several tables of the same columns, in a new order.
  ///
  /// - Parameter order: of the rows as they are one table after the other.
  init(joining tables: [Draws], order: [Int]) {
    func all(_ part: KeyPath<Draws, PointMatrix>) -> PointMatrix {
      PointMatrix(joining: tables.map { $0[keyPath: part] }).rows(at: order)
    }
    let (logL, logPriors) = (tables.flatMap(\.logLikelihoods), tables.flatMap(\.logPriors))
    self.init(
      parameters: all(\.parameters), derived: all(\.derived), coordinates: all(\.coordinates),
      space: tables[0].space, logLikelihoods: order.map { logL[$0] }, logPriors: order.map { logPriors[$0] })
  }
}

extension Draws {
  /// None of them, with as many columns.
  var none: Draws {
    Draws(
      parameters: PointMatrix(columns: parameters.columns), derived: PointMatrix(columns: derived.columns),
      coordinates: PointMatrix(columns: coordinates.columns), space: space, logLikelihoods: [], logPriors: [])
  }
}

extension Draws: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(parameters)
    writer.write(derived)
    writer.write(coordinates)
    writer.write(space.rawValue)
    writer.write(logLikelihoods)
    writer.write(logPriors)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    parameters = try reader.read()
    derived = try reader.read()
    coordinates = try reader.read()
    let number = try reader.read(UInt8.self)
    guard let known = Space(rawValue: number) else { throw WireError("space \(number) is unknown") }
    space = known
    logLikelihoods = try reader.read()
    logPriors = try reader.read()
  }
}
