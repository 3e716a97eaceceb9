import Glibc

/// A way to make two of a set of points.
protocol Halving {
  /// What is thrown by a way that can be halted.
  associatedtype Failure: Error = Never

  /// The rows of both halves; nil where the points are of one piece.
  ///
  /// - Parameter minimum: the fewest points of a half. One that has fewer is refused.
  mutating func halves(of points: PointMatrix, minimum: Int) throws(Failure) -> (first: [Int], second: [Int])?
}

/// What is put around points.
protocol Enclosure {
  var logVolume: Double { get }
}

extension Ellipsoid: Enclosure {}

/// Splits points in two again and again, and puts something around each part.
///
/// How points are halved is one question, and which halves are kept another: those that make the volume smaller than chance would, those
/// that do not touch, or the largest until the volume is small enough.
struct Splitting<Way: Halving, Shape: Enclosure> {
  struct Part {
    let shape: Shape
    let points: PointMatrix
    /// Where they are among the points of the whole.
    let rows: [Int]
  }

  var halving: Way
  /// The fewest points of a part.
  let minimum: Int
  let enclose: (PointMatrix) throws(Way.Failure) -> Shape?

  /// All points as one part; nil where nothing can be put around them.
  func whole(_ points: PointMatrix) throws(Way.Failure) -> Part? {
    try part(points, rows: Array(0..<points.rows))
  }

  private func part(_ points: PointMatrix, rows: [Int]) throws(Way.Failure) -> Part? {
    guard let shape = try enclose(points) else { return nil }
    return Part(shape: shape, points: points, rows: rows)
  }

  private mutating func halves(of whole: Part) throws(Way.Failure) -> (Part, Part)? {
    guard whole.rows.count >= 2 * minimum,
      let (first, second) = try halving.halves(of: whole.points, minimum: minimum),
      min(first.count, second.count) >= minimum,
      let a = try part(whole.points.rows(at: first), rows: first.map { whole.rows[$0] }),
      let b = try part(whole.points.rows(at: second), rows: second.map { whole.rows[$0] })
    else { return nil }
    return (a, b)
  }

  /// The parts that shrink the volume by more than the information criterion of X-means asks, P ln(n) / n in ln volume for
  /// P = d (d + 3) / 2 numbers of one ellipsoid (Pelleg & Moore 2000). What does not pay for two parts may for more.
  ///
  /// - Parameter caution: which part of that penalty is asked for.
  mutating func parts(of whole: Part, paying caution: Double) throws(Way.Failure) -> [Part] {
    guard let (a, b) = try halves(of: whole) else { return [whole] }
    let all = try parts(of: a, paying: caution) + parts(of: b, paying: caution)
    let (n, d) = (whole.points.rows, whole.points.columns)
    let penalty = caution * 0.5 * Double(d * (d + 3)) * log(Double(n)) / Double(n)
    let pays =
      Self.logVolume([a, b]) < whole.shape.logVolume - penalty
      || Self.logVolume(all) < whole.shape.logVolume - penalty * Double(all.count - 1)
    return pays ? all : [whole]
  }

  /// Splits the largest part as long as the sum of volumes is above a target and splitting lowers it.
  mutating func parts(of whole: Part, downTo target: Double) throws(Way.Failure) -> [Part] {
    var done: [Part] = []
    var open = [whole]
    while let i = open.indices.max(by: { open[$0].shape.logVolume < open[$1].shape.logVolume }),
      Self.logVolume(open + done) > target
    {
      let next = open.remove(at: i)
      if let (a, b) = try halves(of: next),
        logAdd(a.shape.logVolume, b.shape.logVolume) < next.shape.logVolume - 0.05
      {
        open += [a, b]
      } else {
        done.append(next)
      }
    }
    return done + open
  }

  private static func logVolume(_ parts: [Part]) -> Double { logSumExp(parts.map(\.shape.logVolume)) }
}

extension Splitting where Shape == Ellipsoid {
  /// The parts whose ellipsoids do not touch: one for each separate mode, as far as the points tell.
  mutating func modes(of points: PointMatrix) throws(Way.Failure) -> [Part] {
    guard let whole = try whole(points) else { return [] }
    var done: [Part] = []
    var open = [whole]
    while let next = open.popLast() {
      if let (a, b) = try halves(of: next), !a.shape.overlaps(b.shape),
        !(open + done).contains(where: { $0.shape.overlaps(a.shape) || $0.shape.overlaps(b.shape) })
      {
        open += [a, b]
      } else {
        done.append(next)
      }
    }
    return done
  }
}
