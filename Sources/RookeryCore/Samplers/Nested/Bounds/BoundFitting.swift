import Glibc

extension EllipsoidBound {
  private static let bootstrapPurpose = RandomStream.Purpose(rawValue: 0x424f_4f54)

  /// Ellipsoids around the points, as many as shrink the volume by more than chance would.
  ///
  /// - Parameters:
  ///   - points: the live points.
  ///   - boundaries: which coordinates are periodic, and which reflective.
  ///   - bootstraps: how many times to leave points out at random, and widen until they would have been inside.
  ///   - isSingle: whether one ellipsoid must do.
  ///   - caution: which part of the penalty for one more ellipsoid is asked for.
  ///   - key: of the random numbers, seed and version.
  package init(
    around points: PointMatrix, boundaries: [Parameter.Boundary], bootstraps: Int, isSingle: Bool = false,
    caution: Double = 1, key: (seed: UInt64, version: Int)
  ) {
    let seam = Seam(periodic: boundaries.map { $0 == .periodic }, points: points)
    let turned = seam.turned(points)
    // An ellipsoid around few points is too small for the set they were drawn from. Left-out points widen one that draws are made
    // from; chains have no such cure, and too small a frame would draw the live points together.
    let d = points.columns
    let smallest = caution < 1 ? Self.fewest(d) : max(2 * d, d + 1)
    func fit(_ points: PointMatrix) -> [Hull] {
      var splitting = Splitting(halving: TwoMeans(), minimum: smallest) {
        Hull(around: $0, boundaries: boundaries)
      }
      guard let whole = splitting.whole(points) else { return [] }
      return isSingle ? [whole.shape] : splitting.parts(of: whole, paying: caution).map(\.shape)
    }
    self.init(fit(turned), seam: seam)
    var stream = RandomStream(seed: key.seed, purpose: Self.bootstrapPurpose, index: UInt64(key.version))
    for _ in 0..<bootstraps {
      widening = max(widening, Self.leftOutDistance(turned, &stream, fit))
    }
    scale(by: widening)
  }

  /// The fewest points that chains get an ellipsoid around.
  static func fewest(_ dimension: Int) -> Int { 6 * dimension }

  /// The farthest of the points that a bootstrap sample leaves out, from the ellipsoids around the sample.
  private static func leftOutDistance(
    _ points: PointMatrix, _ stream: inout RandomStream, _ fit: (PointMatrix) -> [Hull]
  ) -> Double {
    var chosen = [Bool](repeating: false, count: points.rows)
    for _ in 0..<points.rows { chosen[stream.integer(below: points.rows)] = true }
    let union = EllipsoidBound(fit(points.rows(at: chosen.indices.filter { chosen[$0] })), seam: .none)
    var farthest = 1.0
    for row in chosen.indices where !chosen[row] {
      points.withRow(row) { farthest = max(farthest, union.distance($0)) }
    }
    return farthest.isFinite ? farthest : 1
  }
}
