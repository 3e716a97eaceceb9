import RookeryCore
import Testing

/// A limit on calls is never passed, and stops a run at the same piece whatever is out meanwhile.
struct CallBudgetTests {
  private struct Chain: Work {
    var needs: Int
    var most = Int.max
    var mostCalls: Int { most }
    func perform(with context: NoContext, on evaluator: Evaluator) -> NoContext { NoContext() }
    init(needs: Int, most: Int = .max) { (self.needs, self.most) = (needs, most) }
    func encode(to writer: inout WireWriter) {}
    init(from reader: inout WireReader) throws(WireError) { self.init(needs: 0) }
  }

  /// Hands out pieces and takes them in in order; what is out when the budget ends has been done as well.
  private func run(_ pieces: [Chain], limit: Int, window: Int) -> (absorbed: Int, calls: Int, made: Int) {
    var budget = CallBudget(limit: limit, spent: 0)
    var out: [(piece: Chain, allowance: Int)] = []
    var (next, absorbed, calls, made) = (0, 0, 0, 0)
    while absorbed < pieces.count, !budget.isExhausted {
      while next < pieces.count, out.count < window,
        let allowance = budget.grant(pieces[next], window: window)
      {
        out.append((pieces[next], allowance))
        made += min(allowance, pieces[next].needs)
        next += 1
      }
      guard let (piece, allowance) = out.first else { break }
      if piece.needs > allowance {
        guard let more = budget.grantMore(allowance, to: piece) else { break }
        out[0].allowance = more
        made += min(more, piece.needs)
        continue
      }
      budget.settle(piece.needs, of: piece)
      calls += piece.needs
      absorbed += 1
      out.removeFirst()
    }
    return (absorbed, calls, made)
  }

  @Test(arguments: [1, 3, 40]) func neverMakesMore(_ window: Int) {
    var stream = RandomStream(seed: 5, purpose: .init(rawValue: 1), index: UInt64(window))
    for limit in [1, 2, 63, 64, 65, 1000, 6000, 50_000] {
      for scale in [1, 30, 3000] {
        let chains = (0..<400).map { _ in Chain(needs: 1 + stream.integer(below: scale)) }
        let result = run(chains, limit: limit, window: window)
        #expect(result.made <= limit && result.calls <= result.made, "\(limit), \(scale): \(result)")
      }
    }
  }

  /// Where the most that a piece can need is known nothing is done in vain, and the limit is met to the call.
  @Test(arguments: [1, 3, 40]) func pointsMeetTheLimit(_ window: Int) {
    let points = (0..<5000).map { _ in Chain(needs: 1, most: 1) }
    for limit in [1, 7, 1000, 4999] {
      let result = run(points, limit: limit, window: window)
      #expect(result == (limit, limit, limit))
    }
    #expect(run(points, limit: .max, window: window) == (5000, 5000, 5000))
  }

  /// The wider the budget the fewer calls are made in vain: chains keep a whole window of workers busy.
  @Test func chainsFillTheWindow() {
    var budget = CallBudget(limit: 1_000_000, spent: 0)
    var granted = 0
    while granted < 100, budget.grant(Chain(needs: 200), window: 100) != nil { granted += 1 }
    #expect(granted == 100)
  }
}
