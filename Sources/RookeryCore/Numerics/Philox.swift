/// The counter-based generator Philox 4x32-10 of Salmon et al. (2011), "Parallel random numbers: as easy as
/// 1, 2, 3", doi:10.1145/2063384.2063405: a keyed bijection of 128-bit counters.
///
/// Being a function of its counter it has no state to share, so a piece of work that carries a key draws the
/// same numbers wherever and whenever it is done.
public enum Philox {
  /// The four random words of one counter under one key.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let low = UInt64(c.x) &* 0xD251_1F53
      let high = UInt64(c.z) &* 0xCD9E_8D57
      c = SIMD4(
        UInt32(truncatingIfNeeded: high &>> 32) ^ c.y ^ k.x,
        UInt32(truncatingIfNeeded: high),
        UInt32(truncatingIfNeeded: low &>> 32) ^ c.w ^ k.y,
        UInt32(truncatingIfNeeded: low))
      k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }
}
