/// A piece of work: what a sampler asks for and a worker carries out whole.
///
/// A piece holds the key of its own random stream, so it does not matter who does it, or when, or how often.
package protocol Work: Wire, Sendable {
  associatedtype Outcome: Wire, Sendable
  /// What many pieces need and goes to each worker once: a bound, a metric, networks.
  associatedtype Context: Wire, Sendable

  /// The context this piece needs, the newest of its lane when it is issued.
  var context: ContextID { get }

  /// What it belongs to: outcomes of one lane are absorbed in the order of issue, and lanes do not wait for each other. A chain is a
  /// lane, or a start of an optimiser. Pieces of lane 0, where a sampler has no other, are absorbed in the order of issue all of them.
  var lane: Int32 { get }

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
  package var lane: Int32 { 0 }
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

extension Work where Context == NoContext {
  package var context: ContextID { ContextID() }
}

extension Work {
  /// What pieces need that need none: it is there without being handed over. Nil for all others.
  static var noContext: Context? { NoContext() as? Context }
}
