/// The ends of the cube at which the space around an ellipsoid is opened by a mirror: there x and -x, or 1 + x and 1 - x, are one place.
///
/// Where points pile up at the end of a prior the set above the threshold ends at a wall. An ellipsoid around it lies mostly beyond the
/// wall, and lines through it are cut short by one wall or another, the sooner the more of them there are: in ten dimensions no chain gets
/// along. With its mirror image the set goes on to both sides, and the wall is gone. The ellipsoid is symmetric about the mirror,
/// so that all images of a point are in it or none, and so are the directions of moves: those that pass the mirror can be taken back.
package struct Mirrors: Sendable, Equatable {
  private enum End: UInt8 {
    case none
    case low
    case high
  }

  /// For each coordinate; empty where there is no mirror at all.
  private let ends: [UInt8]
  let count: Int

  package static let none = Mirrors(ends: [])

  private init(ends: [UInt8]) {
    count = ends.count { $0 != End.none.rawValue }
    self.ends = count == 0 ? [] : ends
  }

  /// - Parameters:
  ///   - low: coordinates with a mirror at zero.
  ///   - high: coordinates with a mirror at one.
  package init(dimension: Int, low: [Int], high: [Int] = []) {
    var ends = [UInt8](repeating: End.none.rawValue, count: dimension)
    for i in low { ends[i] = End.low.rawValue }
    for i in high { ends[i] = End.high.rawValue }
    self.init(ends: ends)
  }

  var isNone: Bool { count == 0 }
  var coordinates: [Int] { ends.indices.filter(opens) }

  func opens(_ i: Int) -> Bool { count > 0 && ends[i] != End.none.rawValue }

  /// The place of a coordinate's mirror, where it has one.
  func place(_ i: Int) -> Double { ends[i] == End.low.rawValue ? 0 : 1 }

  /// The range of a coordinate with its image.
  func range(_ i: Int) -> (low: Double, high: Double) {
    guard opens(i) else { return (0, 1) }
    return ends[i] == End.low.rawValue ? (-1, 1) : (0, 2)
  }

  /// Brings a coordinate that has passed its mirror back.
  @inline(__always)
  func fold(_ i: Int, _ value: Double) -> Double {
    guard opens(i) else { return value }
    return ends[i] == End.low.rawValue ? abs(value) : 1 - abs(value - 1)
  }

  func fold(_ x: UnsafeMutableBufferPointer<Double>) {
    guard count > 0 else { return }
    for i in x.indices { x[i] = fold(i, x[i]) }
  }
}

extension Mirrors: Wire {
  package func encode(to writer: inout WireWriter) { writer.write(ends) }

  package init(from reader: inout WireReader) throws(WireError) {
    let ends = try reader.read([UInt8].self)
    guard ends.allSatisfy({ $0 <= End.high.rawValue }) else { throw WireError("a mirror of unknown kind") }
    self.init(ends: ends)
  }

  func fits(dimension: Int) -> Bool { ends.isEmpty || ends.count == dimension }
}
