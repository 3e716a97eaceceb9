import Glibc

/// Standard normal numbers by rejection from 256 layers of equal area (Marsaglia & Tsang 2000, J. Stat. Softw. 5(8); layers and
/// bits kept apart as in Doornik 2005, "An improved ziggurat method to generate normal random samples").
///
/// Nearly every number costs one random word, one comparison and one product, a third of what a logarithm, a sine and a cosine
/// cost.
enum Ziggurat {
  private static let layers = 256
  /// Where the tail begins, and the area of each layer.
  private static let edge = 3.6541528853610088
  private static let area = 0.00492867323399

  /// Right edges of the layers, from the bottom one, whose edge stands for the tail too, to zero.
  private static let edges: [Double] = {
    var edges = [area / exp(-0.5 * edge * edge), edge]
    for _ in 2..<layers {
      let last = edges[edges.count - 1]
      edges.append((-2 * log(area / last + exp(-0.5 * last * last))).squareRoot())
    }
    return edges + [0]
  }()

  /// The part of each layer that lies under the density as a whole.
  private static let cores: [Double] = (0..<layers).map { edges[$0 + 1] / edges[$0] }

  static func normal(_ stream: inout RandomStream) -> Double {
    while true {
      let bits = stream.next()
      let layer = Int(bits & 255)
      let u = Double(Int64(bitPattern: bits) &>> 11) * 0x1p-52
      if abs(u) < cores[layer] { return u * edges[layer] }
      if layer == 0 { return u < 0 ? -tail(&stream) : tail(&stream) }
      let x = u * edges[layer]
      let outer = exp(-0.5 * (edges[layer] * edges[layer] - x * x))
      let inner = exp(-0.5 * (edges[layer + 1] * edges[layer + 1] - x * x))
      if outer + stream.uniform() * (inner - outer) < 1 { return x }
    }
  }

  /// A number beyond the edge (Marsaglia 1964).
  private static func tail(_ stream: inout RandomStream) -> Double {
    while true {
      let beyond = -log(stream.uniform()) / edge
      if -2 * log(stream.uniform()) > beyond * beyond { return edge + beyond }
    }
  }
}
