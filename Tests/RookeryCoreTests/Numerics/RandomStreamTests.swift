import Glibc
import RookeryCore
import Testing

@Suite struct RandomStreamTests {
  private func stream(seed: UInt64 = 1, _ purpose: UInt32 = 3, index: UInt64 = 0) -> RandomStream {
    RandomStream(seed: seed, purpose: .init(rawValue: purpose), index: index)
  }

  @Test func readsThePhiloxBlocksInOrder() {
    var stream = stream(seed: 0x2_0000_0001, 5, index: 0x4_0000_0003)
    for block in 0..<3 {
      let words = Philox.block(counter: [UInt32(block), 5, 3, 4], key: [1, 2])
      #expect(stream.next() == UInt64(words.y) << 32 | UInt64(words.x))
      #expect(stream.next() == UInt64(words.w) << 32 | UInt64(words.z))
    }
  }

  @Test func aNameAlwaysGivesTheSameNumbersAndCopiesKeepTheirPlace() {
    var one = stream()
    var two = stream()
    for _ in 0..<5 { #expect(one.normal() == two.normal()) }
    var copy = one
    #expect(copy.next() == one.next() && copy == one)
  }

  @Test func differentNamesGiveDifferentNumbers() {
    var streams = [
      stream(), stream(seed: 2), stream(seed: 1 << 40), stream(4), stream(index: 1), stream(index: 1 << 40),
    ]
    let first = streams.indices.map { streams[$0].next() }
    #expect(Set(first).count == streams.count)
  }

  @Test func uniformsLieInsideTheOpenInterval() {
    var stream = stream()
    var (sum, square) = (0.0, 0.0)
    for _ in 0..<100_000 {
      let u = stream.uniform()
      #expect(u > 0 && u < 1)
      sum += u
      square += u * u
    }
    #expect(abs(sum / 1e5 - 0.5) < 0.005)
    #expect(abs(square / 1e5 - 1 / 3.0) < 0.005)
  }

  /// Multiples of 2⁻⁵³ moved by half a step, so that neither end is ever reached: a zero comes too seldom to be met by chance.
  @Test func uniformsLieHalfwayBetweenSteps() {
    var stream = stream()
    for _ in 0..<1000 {
      let u = stream.uniform()
      let places = u * 0x1p53
      if u < 0.5 { #expect(places - places.rounded(.down) == 0.5) }
    }
  }

  @Test func normalsHaveTheirMoments() {
    var stream = stream()
    var powers = [0.0, 0, 0, 0]
    for _ in 0..<200_000 {
      let x = stream.normal()
      for (i, power) in [x, x * x, x * x * x, x * x * x * x].enumerated() { powers[i] += power / 2e5 }
    }
    for (power, (wanted, slack)) in zip(powers, [(0.0, 0.012), (1, 0.016), (0, 0.045), (3, 0.11)]) {
      #expect(abs(power - wanted) < slack)
    }
  }

  /// The largest distance between the distribution of a million numbers and the normal one stays below 2.2 / √n, which
  /// chance exceeds once in 8000 times; numbers of the tail beyond the last layer come as often as they should.
  @Test func normalsFollowTheirDistribution() {
    var stream = stream(seed: 5)
    let count = 1_000_000
    let sorted = (0..<count).map { _ in stream.normal() }.sorted()
    var distance = 0.0
    for (i, x) in sorted.enumerated() {
      distance = max(distance, abs(0.5 * erfc(-x / 2.0.squareRoot()) - (Double(i) + 0.5) / Double(count)))
    }
    #expect(distance < 2.2 / Double(count).squareRoot())
    let tail = sorted.count(where: { abs($0) > 3.6541528853610088 })
    let wanted = Double(count) * erfc(3.6541528853610088 / 2.0.squareRoot())
    #expect(abs(Double(tail) - wanted) < 4 * wanted.squareRoot())
  }

  @Test func wholeNumbersCoverTheirRangeEvenly() {
    var stream = stream()
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.integer(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
    #expect(stream.integer(below: 1) == 0)
  }

  @Test func exponentialsHaveMeanOne() {
    var stream = stream()
    var sum = 0.0
    for _ in 0..<100_000 { sum += stream.exponential() }
    #expect(abs(sum / 1e5 - 1) < 0.016)
  }

  @Test(arguments: [1, 2, 5])
  func directionsHaveLengthOne(_ size: Int) {
    var stream = stream()
    var vector = [Double](repeating: 0, count: size)
    var mean = vector
    for _ in 0..<20_000 {
      vector.withUnsafeMutableBufferPointer { stream.direction(into: $0) }
      #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-14)
      for i in 0..<size { mean[i] += vector[i] / 2e4 }
    }
    #expect(mean.allSatisfy { abs($0) < 0.03 })
  }
}
