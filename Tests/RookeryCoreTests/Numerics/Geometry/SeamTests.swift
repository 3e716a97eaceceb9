import Testing

@testable import RookeryCore

/// Where periodic coordinates begin and end.
@Suite struct SeamTests {
  private static func there(_ point: [Double], _ seam: Seam) -> [Double] { seam.turned(point) }

  private static func back(_ point: [Double], _ seam: Seam) -> [Double] {
    seam.turnedBack(PointMatrix(columns: point.count, values: point))[row: 0]
  }

  /// The seam comes into the middle of the widest gap, also of one across the ends, and other coordinates stay.
  @Test(
    arguments: [([0.95, 0.05, 0.9, 0.1], 0.5), ([0.4, 0.5, 0.6, 0.45], 0), ([0.02, 0.3, 0.1, 0.2], 0.66)]
      as [([Double], Double)])
  func liesInTheWidestGap(_ places: [Double], _ middle: Double) {
    let points = PointMatrix(columns: 2, values: places.flatMap { [$0, 0.7] })
    let seam = Seam(periodic: [true, false], points: points)
    let turned = seam.turned(points)
    let gap = places.map { abs($0 - middle) }.map { min($0, 1 - $0) }.min() ?? 0
    for row in 0..<turned.rows {
      #expect(turned[row, 0] > gap - 1e-12 && turned[row, 0] < 1 - gap + 1e-12 && turned[row, 1] == 0.7)
    }
    #expect(Seam(periodic: [false, false], points: points) == .none)
    #expect(Seam.none.turned(points) == points)
  }

  @Test func thereAndBack() {
    let seam = Seam(offsets: [0.3, 0])
    for x in stride(from: 0.005, to: 1, by: 0.01) {
      let turned = Self.there([x, 0.2], seam)
      #expect(turned[0] >= 0 && turned[0] < 1 && turned[1] == 0.2)
      #expect(abs(Self.back(turned, seam)[0] - x) < 1e-12)
    }
  }

  /// A step below zero so small that one more is one comes out below it: on the face of the cube priors may be infinite.
  @Test func neverOntoTheUpperFace() {
    let seam = Seam(offsets: [0.3])
    for place in [0.3, (0.3).nextDown, 0.3 - 1e-17, 0.3 - 5e-17] {
      let back = Self.back([place], seam)[0]
      #expect(back > 0 && back < 1)
    }
  }
}
