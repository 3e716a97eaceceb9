import Glibc

/// A region of the unit cube meant to enclose all points above some log-likelihood: the union of ellipsoids
/// around each mode, cut back by networks that have learned where in it the likelihood is high.
struct Bound: Sendable, Equatable {
  /// One mode: its ellipsoids, and an ensemble whose mean output exceeds `cut` inside.
  struct Region: Sendable, Equatable {
    var ellipsoids: [Ellipsoid]
    /// Inputs of the networks are coordinates in this ellipsoid's frame, scaled to unit variance.
    var frame: Ellipsoid
    var networks: [Network]
    var cut: Float
  }

  let seam: Seam
  var regions: [Region]
  let dimension: Int

  /// The whole cube.
  init(dimension: Int) {
    self.dimension = dimension
    seam = .none
    regions = []
  }

  init(dimension: Int, seam: Seam, regions: [Region]) {
    self.dimension = dimension
    self.seam = seam
    self.regions = regions
  }

  /// ln of the summed volumes of the ellipsoids: proposals are uniform under it.
  var logEnvelope: Double {
    regions.isEmpty ? 0 : logSumExp(regions.flatMap { $0.ellipsoids.map(\.logVolume) })
  }

  /// The centre of each region.
  var modes: PointMatrix {
    seam.turnedBack(PointMatrix(columns: dimension, values: regions.flatMap { $0.frame.centre }))
  }

  /// How many points are tested at once. It is part of the result: another shape of a product can change its
  /// last bit.
  static let block = Ensemble.block

  /// Draws points uniform in the bound until there are `wanted`, or `limit` proposals have been made.
  ///
  /// Proposals come in blocks; those of the last block that are not needed are dropped together with their
  /// number, so `proposals` over the points returned estimates the acceptance without bias only where
  /// `wanted` is out of reach.
  func draw(
    _ wanted: Int, proposals limit: Int, stream: inout RandomStream, keeps: Bool = true
  ) -> (points: [Double], accepted: Int, proposals: Int) {
    let size = dimension
    guard !regions.isEmpty else {
      return ((0..<wanted * dimension).map { _ in stream.uniform() }, wanted, wanted)
    }
    let picker = Picker(self)
    var points: [Double] = []
    var (accepted, proposals) = (0, 0)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.block * size) { block in
      guard let start = block.baseAddress else { return }
      var kept: [Bool] = []
      while accepted < wanted, proposals < limit {
        var filled = 0
        // Few points need few proposals: what a block makes beyond them is thrown away.
        let tries = min(Self.block, keeps ? max(6, 4 * (wanted - accepted)) : Self.block, limit - proposals)
        for _ in 0..<tries where picker.propose(&stream, into: start + filled * size) { filled += 1 }
        proposals += tries
        picker.pass(start, count: filled, &kept)
        for i in 0..<filled where kept[i] {
          accepted += 1
          guard keeps, points.count < wanted * size else { continue }
          seam.turnBack(start + i * size)
          points.append(contentsOf: UnsafeBufferPointer(start: start + i * size, count: size))
        }
      }
    }
    return (points, accepted, proposals)
  }

  /// Which of the points, row after row, lie in the bound.
  func contains<E>(
    _ points: [Double], unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> [Bool] {
    let count = points.count / dimension
    guard !regions.isEmpty else { return [Bool](repeating: true, count: count) }
    let picker = Picker(self)
    var result = [Bool](repeating: false, count: count)
    var moved = points
    let size = dimension
    try moved.withUnsafeMutableBufferPointer { (all) throws(E) in
      guard let start = all.baseAddress else { return }
      var rows: [Int] = []
      var kept: [Bool] = []
      try withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.block * size) { (block) throws(E) in
        guard let gathered = block.baseAddress else { return }
        func flush() {
          picker.pass(gathered, count: rows.count, &kept)
          for (i, row) in rows.enumerated() { result[row] = kept[i] }
          rows.removeAll(keepingCapacity: true)
        }
        for row in 0..<count {
          if row % Self.block == 0 { try halt.check() }
          seam.turn(start + row * size)
          guard picker.enters(start + row * size) else { continue }
          (gathered + rows.count * size).update(from: start + row * size, count: size)
          rows.append(row)
          if rows.count == Self.block { flush() }
        }
        flush()
      }
    }
    return result
  }
}

extension Bound {
  /// The ellipsoids of all regions in one list, with what is needed to propose from them and to test points.
  struct Picker {
    private let ellipsoids: [Ellipsoid]
    /// Of the volume.
    private let shares: [Double]
    private let regions: [Region]
    private let size: Int

    init(_ bound: Bound) {
      regions = bound.regions
      size = bound.dimension
      ellipsoids = regions.flatMap(\.ellipsoids)
      let total = bound.logEnvelope
      shares = ellipsoids.map { exp($0.logVolume - total) }
    }

    /// Proposes one point uniform in the union of the ellipsoids with the cube; false where it fell out.
    func propose(_ stream: inout RandomStream, into point: UnsafeMutablePointer<Double>) -> Bool {
      let chosen = weightedChoice(at: stream.uniform(), of: shares.count) { shares[$0] }
      ellipsoids[chosen].draw(&stream, into: point)
      guard UnitCube.holds(point, count: size) else { return false }
      guard ellipsoids.count > 1 else { return true }
      var covers = 1
      for i in ellipsoids.indices where i != chosen && ellipsoids[i].contains(point) { covers += 1 }
      // A place under m ellipsoids is proposed m times as often.
      return covers == 1 || stream.uniform() * Double(covers) < 1
    }

    /// Whether a point is in the cube and under any ellipsoid.
    func enters(_ point: UnsafePointer<Double>) -> Bool {
      UnitCube.holds(point, count: size) && ellipsoids.contains { $0.contains(point) }
    }

    /// Which of the points, all under some ellipsoid, the networks of a region above them let pass.
    func pass(_ points: UnsafePointer<Double>, count: Int, _ kept: inout [Bool]) {
      kept = [Bool](repeating: false, count: count)
      guard count > 0 else { return }
      var rows: [Int] = []
      for (r, region) in regions.enumerated() {
        rows.removeAll(keepingCapacity: true)
        for i in 0..<count where !kept[i] {
          if regions.count == 1 || region.ellipsoids.contains(where: { $0.contains(points + i * size) }) {
            rows.append(i)
          }
        }
        guard !rows.isEmpty else { continue }
        guard !region.networks.isEmpty else {
          for i in rows { kept[i] = true }
          continue
        }
        let scores = regions[r].scores(points, rows: rows)
        for (i, row) in rows.enumerated() where scores[i] > region.cut { kept[row] = true }
      }
    }
  }
}

extension Bound.Region {
  /// The mean output of the ensemble at chosen rows.
  func scores<E>(
    _ points: UnsafePointer<Double>, rows: [Int], unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> [Float] {
    try Ensemble(frame: frame, networks: networks).outputs(points, rows: rows, unless: halt)
  }
}

extension Bound: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(dimension)
    writer.write(seam)
    writer.write(regions)
  }

  init(from reader: inout WireReader) throws(WireError) {
    dimension = try reader.read()
    seam = try reader.read()
    regions = try reader.read([Region].self)
  }
}

extension Bound.Region: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(ellipsoids)
    writer.write(frame)
    writer.write(networks)
    writer.write(cut.bitPattern)
  }

  init(from reader: inout WireReader) throws(WireError) {
    ellipsoids = try reader.read([Ellipsoid].self)
    frame = try reader.read(Ellipsoid.self)
    networks = try reader.read([Network].self)
    cut = Float(bitPattern: try reader.read(UInt32.self))
  }
}
