import Glibc
package import RookeryCore

/// Simple importance sampling: independent draws from the prior, weighed by the likelihood. Z is its mean over them.
package struct ToySampler: Sampler {
  let (seed, pieces): (UInt64, UInt64)
  var issued: UInt64 = 0
  var absorbed: [RunRecord] = []
  package let window = 16
  package var ending: Ending? { absorbed.count == pieces ? .converged : nil }

  package init(pieces: Int, seed: UInt64) { (self.seed, self.pieces) = (seed, UInt64(pieces)) }

  package mutating func next() -> Issue<ToyPiece>? {
    guard issued < pieces else { return nil }
    var keys = RandomStream(seed: seed, purpose: .init(rawValue: 0x544f_5900), index: issued)
    issued += 1
    return .piece(ToyPiece(key: keys.next()))
  }

  package mutating func absorb(_ outcome: RunRecord, of piece: ToyPiece) { absorbed.append(outcome) }

  /// Z is a mean of n independent weights w, so its relative variance is Σw² / (Σw)² - 1/n.
  package func record() -> RunRecord {
    let logL = absorbed.flatMap(\.logLikelihoods)
    let ratio = -log(Double(logL.count))
    let error = (1 / kishSize(logWeights: logL) - exp(ratio)).squareRoot()
    return RunRecord(
      cube: .init(joining: absorbed.map(\.cube)), derived: .init(joining: absorbed.map(\.derived)),
      logLikelihoods: logL, kind: .importance(logPriorToProposal: logL.map { _ in ratio }, logZError: error))
  }

  package func encode(to writer: inout WireWriter) {
    for number in [seed, pieces, issued] { writer.write(number) }
    writer.write(absorbed)
  }
  package init(from reader: inout WireReader) throws(WireError) {
    (seed, pieces, issued, absorbed) = try (reader.read(), reader.read(), reader.read(), reader.read())
  }
}

/// Draws from the prior. The key of their random numbers is all that a worker needs to make them.
package struct ToyPiece: Work {
  let key: UInt64
  package let mostCalls = 32
  init(key: UInt64) { self.key = key }
  package func encode(to writer: inout WireWriter) { writer.write(key) }
  package init(from reader: inout WireReader) throws(WireError) { key = try reader.read() }

  package func perform(with context: NoContext, on evaluator: Evaluator) throws -> RunRecord {
    let (dimension, derived) = (evaluator.problem.dimension, evaluator.problem.derived.count)
    var (stream, found) = (RandomStream(seed: key, purpose: .init(rawValue: 1), index: 0), EvaluationBuffer())
    let cube = (0..<mostCalls * dimension).map { _ in stream.uniform() }
    try cube.withUnsafeBufferPointer { try evaluator.evaluate($0, into: &found) }
    return RunRecord(
      cube: .init(columns: dimension, values: cube), derived: .init(columns: derived, values: found.derived),
      logLikelihoods: found.logLikelihoods, kind: .importance(logPriorToProposal: [], logZError: .infinity))
  }
}
