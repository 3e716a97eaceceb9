import Glibc

/// Ellipsoids around clusters of points, found by splitting the points in two again and again.
enum EllipsoidUnion {
  /// An ellipsoid with the rows of the points it was built around.
  struct Member {
    var ellipsoid: Ellipsoid
    var rows: [Int]
  }

  /// The clusters whose enlarged ellipsoids do not touch: one for each separate mode, as far as the points
  /// tell.
  static func modes<E>(
    _ points: PointMatrix, enlargement: Double, minimum: Int, stream: inout RandomStream,
    unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> [Member] {
    guard let whole = try member(points, Array(0..<points.rows), enlargement, halt) else { return [] }
    var done: [Member] = []
    var open = [whole]
    while let next = open.popLast() {
      if let (a, b) = try halves(next, points, enlargement, minimum: minimum, &stream, halt),
        !a.ellipsoid.overlaps(b.ellipsoid),
        !(open + done).contains(where: {
          $0.ellipsoid.overlaps(a.ellipsoid) || $0.ellipsoid.overlaps(b.ellipsoid)
        })
      {
        open += [a, b]
      } else {
        done.append(next)
      }
    }
    return done
  }

  /// Splits the largest member as long as the sum of volumes is above the target and splitting lowers it.
  static func refine<E>(
    _ whole: Member, _ points: PointMatrix, target logVolume: Double, enlargement: Double, minimum: Int,
    stream: inout RandomStream, unless halt: Halt<E> = Halt<Never>.never
  ) throws(E) -> [Member] {
    var done: [Member] = []
    var open = [whole]
    while let i = open.indices.max(by: { open[$0].ellipsoid.logVolume < open[$1].ellipsoid.logVolume }),
      logSumExp((open + done).map(\.ellipsoid.logVolume)) > logVolume
    {
      let next = open.remove(at: i)
      if let (a, b) = try halves(next, points, enlargement, minimum: minimum, &stream, halt),
        logAdd(a.ellipsoid.logVolume, b.ellipsoid.logVolume) < next.ellipsoid.logVolume - 0.05
      {
        open += [a, b]
      } else {
        done.append(next)
      }
    }
    return done + open
  }

  /// The ellipsoid around few points misses more of what they were drawn from: with fewer than 20 a dimension, the
  /// enlargement grows with the inverse root of their number.
  private static func member<E>(
    _ points: PointMatrix, _ rows: [Int], _ enlargement: Double, _ halt: Halt<E>
  ) throws(E) -> Member? {
    let scarcity = max(1, (20 * Double(points.columns) / Double(rows.count)).squareRoot())
    return try Ellipsoid(
      enclosing: points.rows(at: rows).values, dimension: points.columns,
      enlargement: 1 + (enlargement - 1) * scarcity, unless: halt
    ).map { Member(ellipsoid: $0, rows: rows) }
  }

  private static func halves<E>(
    _ parent: Member, _ points: PointMatrix, _ enlargement: Double, minimum: Int,
    _ stream: inout RandomStream, _ halt: Halt<E>
  ) throws(E) -> (Member, Member)? {
    guard parent.rows.count >= 2 * minimum else { return nil }
    let own = points.rows(at: parent.rows)
    let ones = [Double](repeating: 1, count: own.rows)
    guard let fit = StudentMixtureFit(points: own.values, weights: ones, dimension: own.columns)
    else { return nil }
    // A few steps from several starts, and more from the best of them: the split decides how many modes are seen.
    var starts: [(mixture: StudentMixture, score: Double)] = []
    for _ in 0..<3 {
      guard let mixture = try fit.fit(components: 2, steps: 5, stream: &stream, unless: halt),
        mixture.count == 2
      else { continue }
      starts.append((mixture, fit.score(mixture)))
    }
    guard let best = starts.max(by: { $0.score < $1.score }) else { return nil }
    let mixture = try fit.improved(best.mixture, steps: 20, tolerance: 2e-3, unless: halt)
    guard mixture.count == 2 else { return nil }
    let preference = fit.logRatios(mixture)
    var order = Array(parent.rows.indices)
    order.sort { (preference[$0], $0) > (preference[$1], $1) }
    let first = order.count(where: { preference[$0] > 0 })
    let cut = min(max(first, minimum), order.count - minimum)
    guard let a = try member(points, order[..<cut].map { parent.rows[$0] }, enlargement, halt),
      let b = try member(points, order[cut...].map { parent.rows[$0] }, enlargement, halt)
    else { return nil }
    return (a, b)
  }
}

extension StudentMixtureFit {
  /// ln of the first component's term over the second's at each point.
  func logRatios(_ mixture: StudentMixture) -> [Double] {
    let table = terms(mixture)
    return (0..<count).map { table.logs[$0] - table.logs[count + $0] }
  }
}
