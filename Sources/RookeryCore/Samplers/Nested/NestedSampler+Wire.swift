extension NestedSampler {
  package func encode(to writer: inout WireWriter) {
    writer.write(settings)
    writer.write(seed)
    writer.write(batch)
    writer.write(held.map { [$0] } ?? [])
    writer.write(handedOver.map { [$0] } ?? [])
    writer.write(boundaries.map(\.rawValue))
    writer.write(cube)
    writer.write(derived)
    writer.write(logL)
    writer.write(births)
    writer.write(families)
    writer.write(live)
    writer.write(threshold)
    writer.write(best)
    writer.write(piecesIssued)
    writer.write([firstPiece, out, climbsOut])
    writer.write(deck)
    writer.write(vacant)
    writer.write(isFilling)
    writer.write(isDraining)
    writer.write(failuresInRow)
    writer.write(hasConverged)
    writer.write(stuck.map { [$0] } ?? [])
    writer.write(dynamic)
    writer.write(trail)
    writer.write(trailLogL)
    writer.write(explorer)
    writer.write(plateau)
    writer.write(drawsAtHand)
    writer.write(isFlat)
    writer.write(totals)
    writer.write(ranks)
    writer.write(isUneven)
    writer.write(posterior)
    writer.write(noise)
    writer.write(outposts)
    writer.write(strays)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    settings = try reader.read()
    seed = try reader.read()
    batch = try reader.read()
    held = try reader.read([NestedPiece].self).first
    handedOver = try reader.read([ContextID].self).first
    boundaries = try Parameter.Boundary.list(from: &reader)
    problemDimension = boundaries.count
    cube = try reader.read()
    derived = try reader.read()
    logL = try reader.read()
    births = try reader.read()
    families = try reader.read()
    live = try reader.read()
    threshold = try reader.read()
    best = try reader.read()
    piecesIssued = try reader.read()
    let pieces = try reader.read([Int].self)
    deck = try reader.read()
    vacant = try reader.read()
    isFilling = try reader.read()
    isDraining = try reader.read()
    failuresInRow = try reader.read()
    hasConverged = try reader.read()
    stuck = try reader.read([Finding].self).first
    dynamic = try reader.read()
    trail = try reader.read()
    trailLogL = try reader.read()
    explorer = try reader.read()
    plateau = try reader.read()
    drawsAtHand = try reader.read()
    isFlat = try reader.read()
    totals = try reader.read()
    ranks = try reader.read()
    isUneven = try reader.read()
    posterior = try reader.read()
    noise = try reader.read()
    outposts = try reader.read()
    strays = try reader.read()
    guard cube.rows == logL.count, births.count == logL.count, families.count == logL.count,
      pieces.count == 3, deck.allSatisfy({ $0 >= 0 && $0 < cube.rows }),
      strays.allSatisfy({ $0 >= 0 && $0 < cube.rows }),
      live.members.allSatisfy({ $0.row >= 0 && $0.row < cube.rows }), trail.rows == trailLogL.count,
      dynamic.seeds.allSatisfy({ $0 >= 0 && $0 < cube.rows })
    else { throw WireError("the record of a nested run is not whole") }
    (firstPiece, out, climbsOut) = (pieces[0], pieces[1], pieces[2])
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
