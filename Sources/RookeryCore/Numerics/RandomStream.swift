import Glibc

/// One of 2^96 independent streams of random numbers under one seed, named by purpose and index.
///
/// Two streams with different names never overlap; a stream gives 2^33 words before it repeats. Streams are values: copying one
/// copies its place.
public struct RandomStream: RandomNumberGenerator, Sendable, Equatable {
  /// What a stream is for. Streams of different purposes are independent under the same seed and index.
  public struct Purpose: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
  }

  let key: SIMD2<UInt32>
  var counter: SIMD4<UInt32>
  var words: SIMD4<UInt32> = .zero
  var unread: Int = 0

  /// The stream of the given name.
  ///
  /// - Parameters:
  ///   - seed: the seed of the run.
  ///   - purpose: what the numbers are for.
  ///   - index: which of the streams of that purpose.
  public init(seed: UInt64, purpose: Purpose, index: UInt64) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed &>> 32))
    counter = SIMD4(
      0, purpose.rawValue,
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index &>> 32))
  }

  public mutating func next() -> UInt64 {
    if unread == 0 {
      words = Philox.block(counter: counter, key: key)
      counter.x &+= 1
      unread = 2
    }
    unread -= 1
    return unread == 1
      ? UInt64(words.y) &<< 32 | UInt64(words.x)
      : UInt64(words.w) &<< 32 | UInt64(words.z)
  }

  /// A number uniform on the open interval (0, 1), a multiple of 2^-53 shifted by half a step.
  public mutating func uniform() -> Double {
    (Double(next() &>> 11) + 0.5) * 0x1p-53
  }

  /// A whole number uniform on `0..<bound`, by multiplication; its bias is below `bound / 2^64`. Zero where nothing is below the bound.
  public mutating func integer(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(max(bound, 0))).high)
  }

  /// A standard normal number.
  public mutating func normal() -> Double { Ziggurat.normal(&self) }

  /// An exponential number of mean one.
  public mutating func exponential() -> Double { -log(uniform()) }

  /// Fills the buffer with a point uniform on the unit sphere.
  public mutating func direction(into vector: UnsafeMutableBufferPointer<Double>) {
    var square = 0.0
    repeat {
      square = 0
      for i in vector.indices {
        let x = normal()
        vector[i] = x
        square += x * x
      }
    } while square == 0
    let scale = 1 / square.squareRoot()
    for i in vector.indices { vector[i] *= scale }
  }
}
