/// A chain that goes on move by move, with all that it needs to take one back.
protocol SteppingChain {
  /// Where the chain is; what is written there belongs to its state.
  var x: UnsafeMutableBufferPointer<Double> { get }

  /// Goes on by one move; false where the chain has come to its end.
  mutating func move(_ stream: inout RandomStream) throws -> Bool

  mutating func ended() -> NestedOutcome
  func deallocate()
}

extension NestedPiece {
  /// Carries a chain to its end by itself.
  func run<Chain: SteppingChain>(_ chain: Chain, _ stream: inout RandomStream) throws -> NestedOutcome {
    var chain = chain
    defer { chain.deallocate() }
    while try chain.move(&stream) {}
    return chain.ended()
  }
}
