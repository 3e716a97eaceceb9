/// What pieces have taken so far, by kind: running means of their wall time.
///
/// A kind apart for what takes much longer than the rest, such as training a network, lest one mean for both bundle
/// long pieces like short ones.
struct PieceCosts {
  private var means: [Double] = []
  private var counts: [Double] = []

  private static let weight = 0.02

  /// The mean of a kind in seconds; nil where none has come back.
  subscript(kind: Int) -> Double? {
    kind < means.count && counts[kind] > 0 ? means[kind] : nil
  }

  mutating func add(_ seconds: Double, kind: Int) {
    while means.count <= kind {
      means.append(0)
      counts.append(0)
    }
    counts[kind] += 1
    means[kind] += (max(seconds, 1e-9) - means[kind]) * max(Self.weight, 1 / counts[kind])
  }
}
