extension NestedSampler {
  package func encode(to writer: inout WireWriter) {
    writer.write(settings)
    writer.write(seed)
    writer.write(boundaries.map(\.rawValue))
    writer.write(cube)
    writer.write(derived)
    writer.write(logL)
    writer.write(births)
    writer.write(live)
    writer.write(threshold)
    writer.write(best)
    writer.write(piecesIssued)
    writer.write(out)
    writer.write(vacant)
    writer.write(isInitial)
    writer.write(failuresInRow)
    writer.write(hasConverged)
    writer.write(stuck ?? "")
    writer.write(explorer)
    writer.write(totals)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    settings = try reader.read()
    seed = try reader.read()
    boundaries = try Parameter.Boundary.list(from: &reader)
    problemDimension = boundaries.count
    cube = try reader.read()
    derived = try reader.read()
    logL = try reader.read()
    births = try reader.read()
    live = try reader.read()
    threshold = try reader.read()
    best = try reader.read()
    piecesIssued = try reader.read()
    out = try reader.read()
    vacant = try reader.read()
    isInitial = try reader.read()
    failuresInRow = try reader.read()
    hasConverged = try reader.read()
    let reason = try reader.read(String.self)
    stuck = reason.isEmpty ? nil : reason
    explorer = try reader.read()
    totals = try reader.read()
    guard cube.rows == logL.count, births.count == logL.count,
      live.members.allSatisfy({ $0.row >= 0 && $0.row < cube.rows })
    else { throw WireError("the record of a nested run is not whole") }
  }
}

extension Parameter.Boundary {
  /// Reads boundaries written as their raw values.
  static func list(from reader: inout WireReader) throws(WireError) -> [Parameter.Boundary] {
    var boundaries: [Parameter.Boundary] = []
    for number in try reader.read([UInt8].self) {
      guard let boundary = Parameter.Boundary(rawValue: number) else {
        throw WireError("boundary of unknown kind \(number)")
      }
      boundaries.append(boundary)
    }
    return boundaries
  }
}

extension NestedSettings: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(live)
    writer.write(explorer.rawValue)
    writer.write(remainingEvidence ?? .nan)
    writer.write(window ?? 0)
    writer.write(walkSteps ?? 0)
    writer.write(slices ?? 0)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    live = try reader.read()
    let name = try reader.read(String.self)
    guard let explorer = Explorer(rawValue: name) else { throw WireError("unknown explorer \(name)") }
    self.explorer = explorer
    let remaining = try reader.read(Double.self)
    remainingEvidence = remaining.isNaN ? nil : remaining
    func positive(_ number: Int) -> Int? { number > 0 ? number : nil }
    window = positive(try reader.read())
    walkSteps = positive(try reader.read())
    slices = positive(try reader.read())
  }
}
