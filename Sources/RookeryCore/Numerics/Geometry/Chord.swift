/// The part of a line that lies in the unit cube and in a union of ellipsoids, if there are any, as intervals in rising order without overlap.
package struct Chord {
  package private(set) var intervals: [(low: Double, high: Double)] = []
  package private(set) var length = 0.0

  /// - Parameters:
  ///   - x: a point of the line, in the union's own coordinates.
  ///   - direction: the line's direction.
  ///   - mirrors: ends of the cube beyond which the line goes on. All of the ellipsoids must be symmetric about them.
  package init(
    through x: UnsafeMutableBufferPointer<Double>, along direction: UnsafeMutableBufferPointer<Double>,
    within ellipsoids: [Ellipsoid], mirrors: Mirrors = .none
  ) {
    // The cube's own part of the line.
    var (inside, outside) = (-Double.infinity, Double.infinity)
    for i in x.indices where direction[i] != 0 {
      let (low, high) = mirrors.range(i)
      let (a, b) = ((low - x[i]) / direction[i], (high - x[i]) / direction[i])
      inside = max(inside, min(a, b))
      outside = min(outside, max(a, b))
    }
    guard inside < outside else { return }
    guard !ellipsoids.isEmpty else {
      append((inside, outside))
      return
    }
    var cuts: [(low: Double, high: Double)] = []
    for ellipsoid in ellipsoids {
      guard let (low, high) = ellipsoid.cut(through: x, along: direction) else { continue }
      let cut = (low: max(low, inside), high: min(high, outside))
      if cut.low < cut.high { cuts.append(cut) }
    }
    cuts.sort { $0.low < $1.low }
    for cut in cuts { append(cut) }
  }

  private mutating func append(_ cut: (low: Double, high: Double)) {
    if let last = intervals.last, cut.low <= last.high {
      let high = max(last.high, cut.high)
      intervals[intervals.count - 1].high = high
      length += high - last.high
    } else {
      intervals.append(cut)
      length += cut.high - cut.low
    }
  }

  /// How much of the chord lies before a place on the line; nil for a place off the chord.
  package func measure(at t: Double) -> Double? {
    var before = 0.0
    for interval in intervals {
      if t < interval.low { return nil }
      if t <= interval.high { return before + t - interval.low }
      before += interval.high - interval.low
    }
    return nil
  }

  /// The place on the line that has so much of the chord before it.
  package func place(at measure: Double) -> Double {
    var left = measure
    for interval in intervals {
      let length = interval.high - interval.low
      if left <= length { return interval.low + left }
      left -= length
    }
    return intervals.last?.high ?? 0
  }
}

extension Ellipsoid {
  /// Where a line enters and leaves the ellipsoid; nil where it misses.
  func cut(
    through x: UnsafeMutableBufferPointer<Double>, along direction: UnsafeMutableBufferPointer<Double>
  ) -> (Double, Double)? {
    let d = dimension
    var (aa, ab, bb) = (0.0, 0.0, 0.0)
    centre.withUnsafeBufferPointer { centre in
      inverse.withUnsafeBufferPointer { inverse in
        for i in 0..<d {
          var (a, b) = (0.0, 0.0)
          let row = i * d
          for j in 0...i {
            a += inverse[row + j] * direction[j]
            b += inverse[row + j] * (x[j] - centre[j])
          }
          aa += a * a
          ab += a * b
          bb += b * b
        }
      }
    }
    let discriminant = ab * ab - aa * (bb - 1)
    guard discriminant > 0, aa > 0 else { return nil }
    let root = discriminant.squareRoot()
    return ((-ab - root) / aa, (-ab + root) / aa)
  }
}
