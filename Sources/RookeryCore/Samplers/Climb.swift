import Glibc

/// The way from a point to the peak near by: along each of some directions in turn to the top of the parabola through three points.
///
/// What it finds is no point of a record, but a place where a sampler is to look.
struct Climb: Sendable, Equatable {
  private static let sweeps = 3
  /// As many at most, where widths change still.
  private static let mostSweeps = 6
  /// Two looks at a width that differ by more than this factor saw no parabola.
  private static let alike = 2.5

  let start: [Double]
  /// The directions, as columns of a lower-triangular matrix, row-major.
  let directions: [Double]
  /// The length of the first steps.
  let scale: Double
  let periodic: [Bool]

  struct Peak: Sendable, Equatable {
    var place: [Double]
    var logL: Double
    /// The log-likelihood where the climb began.
    var first = -Double.infinity
    /// The directions, each as long as the peak's standard deviation along it; empty where it has none.
    var factor: [Double]
    var calls: Int
  }

  static func mostCalls(dimension: Int) -> Int { 3 * mostSweeps * dimension + 1 }

  /// - Parameter frame: its columns are the directions.
  /// - Parameter points: how many points fill the frame. The first steps are as wide as a mode of its shape with one of them.
  init(from start: [Double], in frame: Ellipsoid, points: Int, periodic: [Bool]) {
    let d = Double(start.count)
    self.start = start
    directions = frame.factor
    scale = 0.5 * (d + 2).squareRoot() * pow(1 / Double(max(points, 1)), 1 / d)
    self.periodic = periodic
  }

  func run(on evaluator: Evaluator) throws -> Peak {
    let d = start.count
    var peak = Peak(place: start, logL: -.infinity, factor: [], calls: 0)
    var steps = [Double](repeating: scale, count: d)
    var widths = [Double](repeating: .nan, count: d)
    var lastSeen = widths
    func look(_ column: Int, _ step: Double) throws -> (logL: Double, place: [Double]) {
      var place = peak.place
      for i in column..<d {
        place[i] += step * directions[i * d + column]
        if periodic[i] { place[i] -= place[i].rounded(.down) }
      }
      guard place.allSatisfy({ $0 > 0 && $0 < 1 }) else { return (-.infinity, place) }
      peak.calls += 1
      return (try place.withUnsafeBufferPointer { try evaluator.logLikelihood($0) }, place)
    }
    peak.logL = try look(0, 0).logL
    peak.first = peak.logL
    for sweep in 0..<Self.mostSweeps {
      let isSettled = (0..<d).allSatisfy { widths[$0].isNaN == lastSeen[$0].isNaN }
      if sweep >= Self.sweeps, isSettled { break }
      for column in 0..<d {
        let step = steps[column]
        var tries = try [look(column, -step), look(column, step)]
        // At a wall there is one side only.
        let best = max(tries[0].logL, tries[1].logL)
        let (low, high) = (tries[0].logL, tries[1].logL)
        let (left, right) = (low == -.infinity ? high : low, high == -.infinity ? low : high)
        let bend = 2 * peak.logL - left - right
        if bend > 0, bend.isFinite {
          let width = step / bend.squareRoot()
          let top = step * (right - left) / (2 * bend)
          // On a slope the bend is rounding, and says nothing of a width; along a ridge it is small near the top, and says nothing of
          // what is farther away.
          let seen = abs(top) <= 2 * step ? min(width, 2 * step) : .nan
          // A width far below the step is one if it was the same from farther away; a cusp looks narrower at each step nearer.
          let isOne = seen * Self.alike >= step || seen * Self.alike >= lastSeen[column]
          lastSeen[column] = seen
          widths[column] = isOne ? seen : .nan
          tries.append(try look(column, min(max(top, -2 * step), 2 * step)))
          steps[column] = min(max(width, 0.25 * step), 4 * step)
        } else {
          // Both sides out of reach, or a valley: look nearer, or farther up.
          steps[column] = step * (best > peak.logL ? 2 : 0.5)
          (widths[column], lastSeen[column]) = (.nan, .nan)
        }
        for found in tries where found.logL > peak.logL { (peak.logL, peak.place) = found }
      }
    }
    if widths.allSatisfy({ $0 > 0 && $0.isFinite }) {
      peak.factor = (0..<d * d).map { directions[$0] * widths[$0 % d] }
    }
    return peak
  }
}

extension Climb: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(start)
    writer.write(directions)
    writer.write(scale)
    writer.write(periodic.map { $0 ? UInt8(1) : 0 })
  }

  init(from reader: inout WireReader) throws(WireError) {
    start = try reader.read()
    directions = try reader.read()
    scale = try reader.read()
    periodic = try reader.read([UInt8].self).map { $0 != 0 }
    guard directions.count == start.count * start.count, periodic.count == start.count else {
      throw WireError("a climb without its directions")
    }
  }
}

extension Climb.Peak: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write(place)
    writer.write(logL)
    writer.write(first)
    writer.write(factor)
    writer.write(calls)
  }

  init(from reader: inout WireReader) throws(WireError) {
    place = try reader.read()
    logL = try reader.read()
    first = try reader.read()
    factor = try reader.read()
    calls = try reader.read()
  }
}
