@testable import RookeryCore

/// A sampler driven without a pool: the pieces that are out, and what they need, as the run's loop would have it.
struct ByHand<S: Sampler> {
  var sampler: S
  private(set) var out: [S.Piece] = []
  private(set) var contexts = LivingContexts<S.Piece.Context>()

  init(_ sampler: S) {
    self.sampler = sampler
    if let none = S.Piece.noContext { _ = contexts.add(none, as: ContextID()) }
  }

  /// Lets the sampler issue as much as it will.
  mutating func fill() {
    while out.count < sampler.window, let issue = sampler.next() {
      switch issue {
      case .context(let id, let context): _ = contexts.add(context, as: id)
      case .done(let lane): _ = contexts.end(lane: lane)
      case .piece(let piece):
        contexts.issue(naming: piece.context)
        out.append(piece)
      }
    }
  }

  /// The next piece alone, with its context.
  mutating func nextPiece() -> (piece: S.Piece, context: S.Piece.Context)? {
    fill()
    return takeOldest()
  }

  /// Takes the oldest piece off, with its context; nil where nothing is out.
  mutating func takeOldest() -> (piece: S.Piece, context: S.Piece.Context)? {
    guard let piece = out.first, let context = contexts.value(piece.context) else { return nil }
    out.removeFirst()
    _ = contexts.comeBack(naming: piece.context)
    return (piece, context)
  }

  /// Has the oldest piece carried out, and absorbs what comes of it. Whether there was one.
  mutating func step(on evaluator: Evaluator) throws -> Bool {
    fill()
    guard let (piece, context) = takeOldest() else { return false }
    sampler.absorb(try piece.perform(with: context, on: evaluator), of: piece)
    return true
  }
}

extension Sampler {
  /// The next piece by itself, where its context does not matter.
  mutating func nextPiece() -> Piece? {
    while let issue = next() {
      if case .piece(let piece) = issue { return piece }
    }
    return nil
  }
}
