/// Whether the likelihood is a function: a few of the first draws are evaluated twice, within one piece of work, so that the
/// answer is the same on any pool.
struct NoiseWatch: Sendable, Equatable {
  /// Points evaluated more than once, with a likelihood.
  private(set) var compared = 0
  private var differing = 0
  private var largest = 0.0
  private var asked = 0
  private var answered = 0

  /// So many points tell, as noise shows at each of them.
  private static let wanted = 8
  /// Points without likelihood tell nothing; after so many of them others are not looked for.
  private static let patience = 64
  /// Solvers and sums in another order move a log-likelihood by less than this, and so little does no harm.
  private static let harmless = (absolute: 1e-3, relative: 1e-11)

  /// How often the next draw from the prior is to be evaluated.
  mutating func evaluations() -> Int {
    guard compared + asked - answered < Self.wanted, asked < Self.patience else { return 1 }
    asked += 1
    return 2
  }

  /// How many of so many points that are drawn at once are to be evaluated twice: the first of them.
  mutating func repeats(among points: Int) -> Int {
    var repeats = 0
    while repeats < points, evaluations() == 2 { repeats += 1 }
    return repeats
  }

  /// - Parameter repeats: the log-likelihoods of one point; nothing where it was evaluated once.
  mutating func note(_ repeats: [Double]) {
    guard let low = repeats.min(), let high = repeats.max() else { return }
    answered += 1
    guard high > -.infinity else { return }
    compared += 1
    guard high - low > Self.harmless.absolute + Self.harmless.relative * abs(high) else { return }
    differing += 1
    largest = max(largest, high - low)
  }

  var finding: Finding? {
    guard differing > 0 else { return nil }
    return Finding(
      "noisy-likelihood", .warning,
      ["compared": Double(compared), "differing": Double(differing), "largest_difference": largest])
  }
}

extension NoiseWatch: Wire {
  func encode(to writer: inout WireWriter) {
    writer.write([compared, differing, asked, answered])
    writer.write(largest)
  }

  init(from reader: inout WireReader) throws(WireError) {
    let counts = try reader.read([Int].self)
    guard counts.count == 4 else { throw WireError("counts of repeated points are cut short") }
    (compared, differing, asked, answered) = (counts[0], counts[1], counts[2], counts[3])
    largest = try reader.read()
  }
}
