import Glibc

extension Problem {
  /// How many coordinates a point of a space has.
  package func columns(of space: Space) -> Int { space == .parameters ? parameters.count : dimension }

  /// Maps a point of a space to the values of all parameters.
  ///
  /// - Throws: what a conditional prior throws, and ``InputError`` for one that is not valid.
  package func transform(
    _ point: UnsafeBufferPointer<Double>, from space: Space, into values: UnsafeMutableBufferPointer<Double>
  ) throws {
    switch space {
    case .parameters: _ = values.update(from: point)
    case .cube: try transform(point, into: values)
    case .whitened:
      var k = 0
      for i in parameters.indices {
        switch parameters[i].prior.form {
        case .fixed(let value):
          values[i] = value
          continue
        case .transformed(let transform, 0):
          let own = UnsafeBufferPointer(rebasing: point[k..<k + transform.count])
          try apply(transform, toWhitened: own, at: i, into: values)
        case .transformed: break
        default:
          let prior = try distribution(of: i, given: UnsafeBufferPointer(rebasing: values[..<i]))
          values[i] = isPeriodic(i) ? prior.value(at: Self.turn(point[k])) : prior.value(atNormal: point[k])
        }
        k += 1
      }
    }
  }

  private func apply(
    _ transform: PriorTransform, toWhitened point: UnsafeBufferPointer<Double>, at first: Int,
    into values: UnsafeMutableBufferPointer<Double>
  ) throws {
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: point.count) { cube in
      for k in point.indices {
        let u = isPeriodic(first + k) ? Self.turn(point[k]) : SpecialFunctions.normalCDF(point[k])
        cube.initializeElement(at: k, to: min(u, 1.0.nextDown))
      }
      try apply(transform, to: UnsafeBufferPointer(cube), at: first, into: values)
    }
  }

  /// The point of the whitened space at a point of the unit cube, of a problem without flat priors.
  package func whitened(of cube: [Double]) -> [Double] {
    zip(free, cube).map { i, u in isPeriodic(i) ? 2 * .pi * u : SpecialFunctions.inverseNormalCDF(u) }
  }

  /// The log density of the prior by the coordinates of the whitened space, normalised but for flat priors, which add nothing.
  package func logPrior(whitened point: [Double]) -> Double {
    zip(free, point).reduce(0) { sum, next in
      let (i, z) = next
      if parameters[i].prior.isFlat { return sum }
      return sum - (isPeriodic(i) ? log(2 * .pi) : 0.5 * z * z + SpecialFunctions.halfLogTwoPi)
    }
  }

  private func isPeriodic(_ i: Int) -> Bool { parameters[i].boundary == .periodic }

  /// Where on its circle an angle is, from 0 to 1.
  private static func turn(_ angle: Double) -> Double {
    let turns = angle / (2 * .pi)
    return min(turns - turns.rounded(.down), 1.0.nextDown)
  }
}

// MARK: - Slopes

extension Problem {
  /// Turns the slopes of a function by all parameters into those by the coordinates of a space.
  ///
  /// Where priors do not depend on other parameters it is exact; what moves along with a parameter through the priors of later ones, and
  /// through a transform, comes by central differences, at the price of two maps for each coordinate, good to some nine digits.
  ///
  /// - Parameters:
  ///   - slopes: by all parameters in order.
  ///   - point: in the space.
  ///   - values: of all parameters there.
  ///   - gradient: to be filled, an element a coordinate.
  /// - Throws: what a conditional prior throws, and ``InputError`` for one that is not valid.
  package func pullBack(
    _ slopes: UnsafeBufferPointer<Double>, at point: UnsafeBufferPointer<Double>,
    values: UnsafeBufferPointer<Double>, in space: Space, into gradient: UnsafeMutableBufferPointer<Double>
  ) throws {
    guard space != .parameters else {
      // Fixed parameters do not move.
      for i in parameters.indices { gradient[i] = parameters[i].prior.isFixed ? 0 : slopes[i] }
      return
    }
    for (k, i) in free.enumerated() {
      guard !parameters[i].prior.isTransformed else {
        gradient[k] = 0
        continue
      }
      let prior = try distribution(of: i, given: UnsafeBufferPointer(rebasing: values[..<i]))
      let slope =
        if space == .cube {
          prior.slope(atCube: point[k], value: values[i])
        } else if isPeriodic(i) {
          prior.slope(atCube: Self.turn(point[k]), value: values[i]) / (2 * .pi)
        } else {
          prior.slope(atNormal: point[k], value: values[i])
        }
      gradient[k] = slopes[i] * slope
    }
    if let last = dependents.last {
      try addDependents(upTo: last, slopes, at: point, in: space, into: gradient)
    }
  }

  private func addDependents(
    upTo last: Int, _ slopes: UnsafeBufferPointer<Double>, at point: UnsafeBufferPointer<Double>,
    in space: Space, into gradient: UnsafeMutableBufferPointer<Double>
  ) throws {
    let size = parameters.count
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension + 2 * size) { room in
      room.initialize(repeating: 0)
      let moved = UnsafeMutableBufferPointer(rebasing: room[..<dimension])
      let low = UnsafeMutableBufferPointer(rebasing: room[dimension..<dimension + size])
      let high = UnsafeMutableBufferPointer(rebasing: room[(dimension + size)...])
      _ = moved.update(from: point)
      for k in 0..<dimension where free[k] <= last {
        let (before, after) = neighbours(of: point[k], k, in: space)
        moved[k] = before
        try transform(UnsafeBufferPointer(moved), from: space, into: low)
        moved[k] = after
        try transform(UnsafeBufferPointer(moved), from: space, into: high)
        moved[k] = point[k]
        for j in dependents where j > free[k] || parameters[j].prior.isTransformed {
          gradient[k] += slopes[j] * (high[j] - low[j]) / (after - before)
        }
      }
    }
  }

  /// The cube root of the rounding of a number: there the errors of central differences by curvature and by rounding are alike.
  private static let step = 6e-6

  /// Two coordinates on both sides of one, or one of them where it ends there, with no seam of a circle between them.
  private func neighbours(of x: Double, _ k: Int, in space: Space) -> (Double, Double) {
    if space == .cube { return (max(x - Self.step, x / 2), min(x + Self.step, (1 + x) / 2)) }
    if !isPeriodic(free[k]) { return (x - Self.step * max(1, abs(x)), x + Self.step * max(1, abs(x))) }
    let angle = 2 * .pi * Self.turn(x)
    return (max(angle - Self.step, 0), min(angle + Self.step, (2 * .pi).nextDown))
  }
}
