import Glibc

/// A guess at how far, in nats of volume, the prior must still be shrunk until no more evidence is left, by how much the
/// log-likelihood of live points differs. Around a peak like that of a normal, log L falls as the square of the radius, and the volume
/// grows as its power of the dimension.
func natsLeft(range: Double, dimension: Int) -> Double {
  guard range.isFinite else { return .infinity }
  let half = Double(dimension) / 2
  return half * log(1 + max(range, 0) / half) + 2
}
