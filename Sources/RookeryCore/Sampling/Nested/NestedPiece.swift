/// A piece of nested sampling: find one point above a threshold.
package struct NestedPiece: Work {
  package enum Kind: UInt8, Sendable {
    /// One draw from the prior, whatever its likelihood.
    case prior
    /// Draws from the bound until one is above the threshold.
    case uniform
    case randomWalk
    case slice
  }

  static let purpose = RandomStream.Purpose(rawValue: 0x4e45_5354)

  var kind: Kind
  var seed: UInt64
  /// Which piece this is, and so which random stream it has.
  var index: Int
  package var context: Int
  var threshold: Double
  /// Where a chain starts: a live point above the threshold.
  var start: [Double]
  /// The size of proposals in the frame of the bound.
  var scale: Double
  /// Steps of a chain, or how many draws to try.
  var steps: Int

  package func perform(with context: NestedContext, on evaluator: Evaluator) throws -> NestedOutcome {
    var stream = RandomStream(seed: seed, purpose: Self.purpose, index: UInt64(index))
    switch kind {
    case .prior: return try drawPrior(&stream, context, evaluator)
    case .uniform: return try drawUniform(&stream, context, evaluator)
    case .randomWalk: return try walk(&stream, context, evaluator)
    case .slice: return try slice(&stream, context, evaluator)
    }
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(kind.rawValue)
    writer.write(seed)
    writer.write(index)
    writer.write(context)
    writer.write(threshold)
    writer.write(start)
    writer.write(scale)
    writer.write(steps)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    let number = try reader.read(UInt8.self)
    guard let kind = Kind(rawValue: number) else { throw WireError("piece of unknown kind \(number)") }
    self.kind = kind
    seed = try reader.read()
    index = try reader.read()
    context = try reader.read()
    threshold = try reader.read()
    start = try reader.read()
    scale = try reader.read()
    steps = try reader.read()
  }

  init(
    kind: Kind, seed: UInt64, index: Int, context: Int, threshold: Double = -.infinity, start: [Double] = [],
    scale: Double = 1, steps: Int = 0
  ) {
    self.kind = kind
    self.seed = seed
    self.index = index
    self.context = context
    self.threshold = threshold
    self.start = start
    self.scale = scale
    self.steps = steps
  }
}

/// What pieces of nested sampling share: the bound, and what lies beyond the edges of the cube.
package struct NestedContext: Wire, Sendable {
  var bound: EllipsoidBound
  var boundaries: [Parameter.Boundary]

  /// Brings a point that left the cube back where its boundary is periodic or reflective.
  ///
  /// - Returns: whether the point is in the cube now.
  func settle(_ x: UnsafeMutableBufferPointer<Double>) -> Bool {
    for i in x.indices where !(x[i] > 0 && x[i] < 1) {
      switch boundaries[i] {
      case .open: return false
      case .periodic: x[i] -= x[i].rounded(.down)
      case .reflective:
        let folded = x[i] - 2 * (x[i] / 2).rounded(.down)
        x[i] = folded <= 1 ? folded : 2 - folded
      }
      guard x[i] > 0, x[i] < 1 else { return false }
    }
    return true
  }

  init(bound: EllipsoidBound, boundaries: [Parameter.Boundary]) {
    self.bound = bound
    self.boundaries = boundaries
  }

  package func encode(to writer: inout WireWriter) {
    writer.write(bound)
    writer.write(boundaries.map(\.rawValue))
  }

  package init(from reader: inout WireReader) throws(WireError) {
    bound = try reader.read()
    boundaries = try Parameter.Boundary.list(from: &reader)
    guard boundaries.count == bound.shift.count,
      bound.ellipsoids.allSatisfy({ $0.dimension == boundaries.count })
    else { throw WireError("a bound and boundaries of different dimensions") }
  }
}

/// What came of one piece of nested sampling.
package struct NestedOutcome: Wire, Sendable {
  /// The point of the unit cube; empty where none was found.
  var cube: [Double] = []
  var logL = -Double.infinity
  var derived: [Double] = []
  /// Likelihood calls.
  var calls = 0
  /// Of a chain: proposals accepted, or steps by which brackets were widened.
  var gains = 0
  /// Of a chain: proposals refused, or contractions of brackets.
  var losses = 0

  init() {}

  package func encode(to writer: inout WireWriter) {
    writer.write(cube)
    writer.write(logL)
    writer.write(derived)
    writer.write(calls)
    writer.write(gains)
    writer.write(losses)
  }

  package init(from reader: inout WireReader) throws(WireError) {
    cube = try reader.read()
    logL = try reader.read()
    derived = try reader.read()
    calls = try reader.read()
    gains = try reader.read()
    losses = try reader.read()
  }
}
