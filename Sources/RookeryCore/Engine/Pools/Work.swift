/// A piece of work: what a sampler asks for and a worker carries out whole.
///
/// A piece holds the key of its own random stream, so it does not matter who does it, or when, or how often.
package protocol Work: Wire, Sendable {
  associatedtype Outcome: Wire, Sendable
  /// What many pieces need and goes to each worker once: a bound, a metric, networks.
  associatedtype Context: Wire, Sendable

  /// The version of the context this piece needs.
  var context: Int { get }

  /// A small number for pieces that take about as long as each other.
  var kind: Int { get }

  /// How many likelihood calls it can make at the most, where that is known beforehand.
  var mostCalls: Int { get }

  /// How many it hardly ever needs more than.
  var likelyCalls: Int { get }

  /// Carries the piece out.
  ///
  /// - Throws: ``LikelihoodFailure``.
  func perform(with context: Context, on evaluator: Evaluator) throws -> Outcome
}

extension Work {
  package var kind: Int { 0 }
  package var mostCalls: Int { .max }
  package var likelyCalls: Int { min(mostCalls, 64) }
}

/// A context of pieces that need none.
package struct NoContext: Wire, Sendable {
  package init() {}
  package func encode(to writer: inout WireWriter) {}
  package init(from reader: inout WireReader) throws(WireError) {}
}
