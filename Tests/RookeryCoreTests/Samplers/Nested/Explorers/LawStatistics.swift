import Glibc
import Testing

@testable import RookeryCore

/// Compares points before and after a move: moments and shares of regions by paired differences, and single coordinates by the distance of
/// their distributions (Kolmogorov-Smirnov).
struct LawStatistics {
  private let shape: KnownShape
  /// Of coordinates on the branch where the set is in one piece.
  private let functions: [(name: String, value: ([Double]) -> Double)]
  private var sums: [Double]
  private var squares: [Double]
  private var starts: [[Double]]
  private var ends: [[Double]]
  private(set) var count = 0

  /// A difference of so many standard errors is a fault: with two thousand comparisons one in a hundred sound suites would have one.
  private static let limit = 4.5

  init(_ shape: KnownShape, _ bound: EllipsoidBound) {
    self.shape = shape
    let d = shape.dimension
    var stream = RandomStream(seed: 7, purpose: .init(rawValue: 12), index: 0)
    let sample = (0..<1000).map { _ in shape.flat(shape.draw(&stream)) }
    var functions: [(String, ([Double]) -> Double)] = []
    for i in 0..<d {
      let sorted = sample.map { $0[i] }.sorted()
      let middle = sorted[500]
      let spread = sorted[840] - sorted[160]
      functions.append(("x\(i)", { $0[i] }))
      functions.append(("(x\(i) - median)²", { pow(($0[i] - middle) / spread, 2) }))
      // Shares of the ends, where moves that are cut off there show first.
      for (name, part) in [("low", 50), ("middle", 500), ("high", 950)] {
        let edge = sorted[part]
        functions.append(("x\(i) below \(name)", { $0[i] < edge ? 1 : 0 }))
      }
      for j in 0..<i {
        let other = sample.map { $0[j] }.sorted()[500]
        functions.append(("x\(i) x\(j)", { ($0[i] - middle) * ($0[j] - other) }))
      }
    }
    functions.append(
      (
        "overlap",
        { x in
          Double(bound.seam.turned(x).withUnsafeBufferPointer { bound.overlap($0) })
        }
      ))
    self.functions = functions
    sums = functions.map { _ in 0 }
    squares = sums
    starts = .init(repeating: [], count: d)
    ends = starts
  }

  mutating func add(from start: [Double], to end: [Double]) {
    count += 1
    let (before, after) = (shape.flat(start), shape.flat(end))
    for (k, function) in functions.enumerated() {
      let change = function.value(after) - function.value(before)
      sums[k] += change
      squares[k] += change * change
    }
    for i in start.indices {
      starts[i].append(start[i])
      ends[i].append(end[i])
    }
  }

  func expectSameLaw(_ what: String) {
    let n = Double(count)
    for (k, function) in functions.enumerated() {
      let mean = sums[k] / n
      let error = (max(squares[k] / n - mean * mean, 0) / n).squareRoot()
      #expect(
        abs(mean) <= Self.limit * error + 1e-12, "\(what): \(function.name) changes by \(mean) ± \(error)")
    }
    for i in starts.indices {
      let distance = Self.distance(starts[i].sorted(), ends[i].sorted())
      // Two samples; that one follows from the other makes them more alike.
      let chance = InsertionRanks.chance(ofDistance: distance, count: count / 2)
      #expect(chance > 1e-5, "\(what): x\(i) has another distribution, distance \(distance)")
    }
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    var (i, j, largest) = (0, 0, 0.0)
    while i < a.count, j < b.count {
      let value = min(a[i], b[j])
      while i < a.count, a[i] <= value { i += 1 }
      while j < b.count, b[j] <= value { j += 1 }
      largest = max(largest, abs(Double(i) / Double(a.count) - Double(j) / Double(b.count)))
    }
    return largest
  }
}
