/// Pieces of one point each, put together into groups where the likelihood likes blocks.
///
/// A group is a piece of work like any other. Its members were issued one after another, each with its own contour and its own stream of
/// random numbers, and are absorbed in that order: the sampler knows of single points only.
extension NestedSampler {
  /// Points of a group where the likelihood takes as many as suit: two groups are then on their way, each a sixteenth of the live points.
  package static func suitableBatch(_ settings: NestedSettings) -> Int { min(max(settings.live / 16, 1), 64) }

  /// Members of a group. All of its places are vacated before the first is filled, so it is no more than a small share of the live points.
  private var groupSize: Int { min(batch, settings.window ?? max(settings.live / 8, 1)) }

  package var window: Int {
    guard batch > 1 else { return settings.windowInForce }
    return max(1, (settings.window ?? settings.live / 8) / groupSize)
  }

  /// Places among the live points that are vacated for pieces on their way.
  var placesOnTheWay: Int { window * groupSize }

  /// Members of a group of draws from the bound. Those on their way when a new bound comes are from the old one, so they are as many in all
  /// as there would be one by one: with twice as many there were up to a tenth more calls.
  private var uniformGroupSize: Int { min(groupSize, max(settings.windowInForce / window, 1)) }

  package mutating func next() -> Issue<NestedPiece>? {
    guard var first = held ?? nextOne() else { return nil }
    // It was made a moment ago, and nothing that it needs has changed since.
    guard first.context == handedOver else {
      (held, handedOver) = (first, first.context)
      return .context(first.context, context)
    }
    held = nil
    let size = first.kind == .uniform ? uniformGroupSize : groupSize
    while first.others.count + 1 < size, let other = nextOne() {
      guard other.kind == first.kind, other.context == first.context else {
        held = other
        break
      }
      first.others.append(other)
    }
    return .piece(first)
  }

  package mutating func absorb(_ outcome: NestedOutcome, of piece: NestedPiece) {
    absorbOne(outcome, of: piece)
    for (other, member) in zip(outcome.others, piece.others) { absorbOne(other, of: member) }
  }
}
