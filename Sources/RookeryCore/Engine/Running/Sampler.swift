/// What a sampler asks for: a piece of work, or to take care of what pieces need.
package enum Issue<Piece: Work>: Sendable {
  case piece(Piece)
  /// A context that the sampler has made, before the first piece that names it. It takes the place of the one before it in its lane; whoever
  /// runs the sampler keeps it for as long as pieces need it, and the sampler need not.
  case context(ContextID, Piece.Context)
  /// No piece to come names a context of this lane, until there is another.
  case done(lane: Int32)
}

/// A sampler: a value that asks for work and absorbs the outcomes in the order in which it asked, lane by lane.
///
/// Of two outcomes of different lanes either may come first, and the sampler is then the same after both. What a lane asks for never depends
/// on another but at a drain: a point at which the sampler asks for nothing more before all that is out has come back, as where chains pool
/// what they have learnt. There it says whether it has come to its end.
///
/// It never calls a likelihood and never sees a pool, a file, a clock or a terminal. Its whole state encodes to bytes, so
/// that a run can be stopped between any two calls and taken up again.
package protocol Sampler<Record>: Wire, Sendable {
  associatedtype Piece: Work
  /// What it leaves behind.
  associatedtype Record: Wire, Sendable

  /// How many pieces may be out at once: issued and not yet absorbed. The result depends on it, so it never follows the
  /// number of workers.
  var window: Int { get }

  /// How many lanes its pieces are of. Where there are several the window is wide enough for all that they ask for, or it would depend on
  /// which comes back first what is issued.
  var lanes: Int { get }

  /// What to issue next; nil where nothing can be issued before something is absorbed, and once the sampler has ended.
  mutating func next() -> Issue<Piece>?

  /// Takes in the outcome of the oldest piece of its lane that is out, which comes back with it: what it asked for need not be kept.
  mutating func absorb(_ outcome: Piece.Outcome, of piece: Piece)

  /// Does what follows from the outcomes and takes long; it throws where it is halted, and is then as it was before, to do the same another
  /// time.
  mutating func settle<E>(unless halt: Halt<E>) throws(E)

  /// Takes over how far to go from a sampler that was asked for the same otherwise: a run that has come to its end may be asked for
  /// more.
  mutating func aim(like other: Self)

  /// Why the sampler is done; nil while it is not. Pieces still out are absorbed before a result is taken.
  var ending: Ending? { get }

  /// How far it has come, for people to look at.
  var status: SamplerStatus { get }

  /// The record of what has been sampled so far.
  func record() -> Record
}

extension Sampler {
  package var lanes: Int { 1 }

  /// A run that is over soon has nothing to show on its way.
  package var status: SamplerStatus { SamplerStatus() }

  /// A sampler that is quick in all it does has nothing left to do.
  package mutating func settle<E>(unless halt: Halt<E>) throws(E) {}

  /// A sampler without a target has nothing to take over.
  package mutating func aim(like other: Self) {}
}

extension Issue: Wire {
  package func encode(to writer: inout WireWriter) {
    switch self {
    case .piece(let piece):
      writer.write(UInt8(0))
      writer.write(piece)
    case .context(let id, let context):
      writer.write(UInt8(1))
      writer.write(id)
      writer.write(context)
    case .done(let lane):
      writer.write(UInt8(2))
      writer.write(lane)
    }
  }

  package init(from reader: inout WireReader) throws(WireError) {
    switch try reader.read(UInt8.self) {
    case 0: self = .piece(try reader.read())
    case 1: self = .context(try reader.read(), try reader.read())
    case 2: self = .done(lane: try reader.read())
    case let kind: throw WireError("issue of unknown kind \(kind)")
    }
  }
}
