/// The counter-based generator Philox 4x32-10 of Salmon et al. (2011), "Parallel random numbers: as easy as
/// 1, 2, 3", doi:10.1145/2063384.2063405: a keyed bijection of 128-bit counters.
///
/// Being a function of its counter it has no state to share, so a piece of work that carries a key draws the
/// same numbers wherever and whenever it is done.
public enum Philox {
  /// The four random words of one counter under one key.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    // Plain words: vectors of four would be taken apart and put together in each round.
    var (x, y, z, w) = (counter.x, counter.y, counter.z, counter.w)
    var (k, l) = (key.x, key.y)
    for _ in 0..<10 {
      let low = UInt64(x) &* 0xD251_1F53
      let high = UInt64(z) &* 0xCD9E_8D57
      (x, y, z, w) = (
        UInt32(truncatingIfNeeded: high &>> 32) ^ y ^ k, UInt32(truncatingIfNeeded: high),
        UInt32(truncatingIfNeeded: low &>> 32) ^ w ^ l, UInt32(truncatingIfNeeded: low)
      )
      k = k &+ 0x9E37_79B9
      l = l &+ 0xBB67_AE85
    }
    return SIMD4(x, y, z, w)
  }
}
