import Foundation

/// Random numbers of a test that are others in every run of it and can be had again: a failure tells their seed, and
/// `ROOKERY_TEST_SEED` takes it.
public struct SeededRandom: RandomNumberGenerator, CustomStringConvertible {
  private let seed: UInt64
  private var mix: SplitMix

  public init() {
    let asked = ProcessInfo.processInfo.environment["ROOKERY_TEST_SEED"].flatMap { UInt64($0) }
    self.init(seed: asked ?? .random(in: 1..<1_000_000_000))
  }

  public init(seed: UInt64) {
    self.seed = seed
    mix = SplitMix(state: seed)
  }

  public mutating func next() -> UInt64 { mix.next() }

  /// For messages: what brings these numbers back.
  public var description: String { "ROOKERY_TEST_SEED=\(seed)" }
}

/// A small generator for tests (Steele, Lea and Flood 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
