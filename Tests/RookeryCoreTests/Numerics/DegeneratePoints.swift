import Testing

@testable import RookeryCore

/// Sets of points that fill less than the space they are in, or hardly any of it.
struct DegeneratePoints: CustomTestStringConvertible {
  let testDescription: String
  let points: PointMatrix
  /// Whether the points fill a volume, be it ever so thin.
  let hasVolume: Bool

  private init(
    _ description: String, hasVolume: Bool = false, count: Int = 200,
    _ place: (Double, Double, Double) -> [Double]
  ) {
    testDescription = description
    self.hasVolume = hasVolume
    var random = RandomStream(seed: 3, purpose: .init(rawValue: 5), index: 1)
    let rows = (0..<count).map { _ in place(random.uniform(), random.uniform(), random.uniform()) }
    points = PointMatrix(columns: rows[0].count, values: rows.flatMap(\.self))
  }

  static let all = [
    Self("a tiny coordinate", hasVolume: true) { [$0, 1e-12 * $1, $2] },
    Self("tiny coordinates that belong together", hasVolume: true) {
      [$0, 1e-12 * $1, 1e-12 * ($1 + 0.01 * $2)]
    },
    Self("in a plane") { x, y, _ in [x, y, 0.3 * x + 0.5 * y] },
    Self("in a plane of a tiny coordinate") { x, y, _ in [x, 1e-12 * y, x] },
    Self("along a line") { x, _, _ in [x, 1 - x, 0.5 * x] },
    Self("no variance of one coordinate") { x, y, _ in [x, 0.5, y] },
    Self("fewer than dimensions", count: 4) { [$0, $1, $2, 1 - $0, $1 * $2, 0.5] },
    Self("in one place") { _, _, _ in [0.5, 0.25, 0.125] },
  ]
}
