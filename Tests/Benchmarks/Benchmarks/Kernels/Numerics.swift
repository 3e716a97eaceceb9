import Benchmark

@testable import RookeryCore

/// Random numbers, the wire format and the functions of a record.
func numericsBenchmarks() {
  kernel("random: uniform", items: 1000) { items in
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 1), index: 1)
    var sum = 0.0
    for _ in 0..<items { sum += stream.uniform() }
    blackHole(sum)
  }
  kernel("random: normal", items: 1000) { items in
    var stream = RandomStream(seed: 1, purpose: .init(rawValue: 1), index: 1)
    var sum = 0.0
    for _ in 0..<items { sum += stream.normal() }
    blackHole(sum)
  }

  let points = cloud(1000, dimension: 10)
  let ellipsoid = Ellipsoid(enclosing: points, enlargement: 1.1)
  kernel("wire: ellipsoid there and back", items: 1000) { items in
    guard let ellipsoid else { return }
    for _ in 0..<items {
      var writer = WireWriter()
      writer.write(ellipsoid)
      var reader = WireReader(writer.bytes)
      blackHole(try reader.read(Ellipsoid.self))
    }
  }

  let (deaths, births) = record(points: 10_000, live: 500)
  kernel("record: evidence of 10000 points") { _ in
    blackHole(NestedEvidence(deaths: deaths, births: births, seed: 1).evidence.logZ)
  }
  kernel("record: insertion ranks of 10000 points") { _ in
    blackHole(InsertionRanks(deaths: deaths, births: births, seed: 1).pValue)
  }
}

/// Normal points around the middle of the unit cube.
func cloud(_ count: Int, dimension: Int) -> PointMatrix {
  var stream = RandomStream(seed: 1, purpose: .init(rawValue: 2), index: UInt64(dimension))
  var points = PointMatrix(columns: dimension)
  for _ in 0..<count { points.append((0..<dimension).map { _ in 0.5 + 0.02 * stream.normal() }) }
  return points
}

/// A perfect run: as many points alive all the time, each born where another died.
private func record(points: Int, live: Int) -> (deaths: [Double], births: [Double]) {
  var stream = RandomStream(seed: 1, purpose: .init(rawValue: 3), index: 1)
  var alive = (0..<live).map { _ in (volume: stream.uniform(), birth: -Double.infinity) }
  var (deaths, births): ([Double], [Double]) = ([], [])
  while deaths.count < points {
    guard let worst = alive.indices.max(by: { alive[$0].volume < alive[$1].volume }) else { break }
    let contour = -10 * alive[worst].volume.squareRoot()
    deaths.append(contour)
    births.append(alive[worst].birth)
    alive[worst] = (alive[worst].volume * stream.uniform(), contour)
  }
  return (deaths, births)
}
