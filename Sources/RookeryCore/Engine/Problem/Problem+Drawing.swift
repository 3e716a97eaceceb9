extension Problem {
  private static let drawPurpose = RandomStream.Purpose(rawValue: 0x5052_4452)

  /// The most draws that are made at once.
  package static let mostDraws = 10_000_000

  /// Draws of all parameters from the prior, one a row, fixed ones included: independent of each other, and of equal weight.
  ///
  /// Each has a random stream of its own, so that the first draws are the same however many follow.
  ///
  /// - Parameters:
  ///   - count: how many, 1 to 10 million.
  ///   - seed: of the draws.
  /// - Returns: draws × parameters.
  /// - Throws: ``InputError`` for another count and for a flat prior, from which nothing can be drawn; what a conditional prior or a
  ///   transform throws.
  public func priorDraws(_ count: Int, seed: UInt64 = 0) throws -> PointMatrix {
    guard count > 0, count <= Self.mostDraws else {
      throw InputError("problem \"\(name)\": there can be 1 to 10 million draws from its prior, not \(count)")
    }
    if let flat = parameters.first(where: \.prior.isFlat) {
      throw InputError(
        "problem \"\(name)\": the prior of parameter \"\(flat.name)\" is flat, and nothing can be drawn from it; give it one"
      )
    }
    var cube = PointMatrix(rows: count, columns: dimension)
    cube.withUnsafeMutableValues { values in
      for row in 0..<count {
        var stream = RandomStream(seed: seed, purpose: Self.drawPurpose, index: UInt64(row))
        for i in row * dimension..<(row + 1) * dimension { values[i] = stream.uniform() }
      }
    }
    return try transform(cube)
  }
}
