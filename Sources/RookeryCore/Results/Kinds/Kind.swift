extension RunResult {
  /// What the draws of a result are, and what only such draws have: it says what they weigh, and what is known of the evidence.
  public enum Kind: Sendable {
    /// Points of a nested run, each drawn from the prior above a contour.
    case nested(NestedTable)
    /// Independent draws from a density that is known.
    case importance(ImportanceTable)

    private var table: any KindTable {
      switch self {
      case .nested(let table): table
      case .importance(let table): table
      }
    }

    /// The natural logarithm of posterior weights that sum to one.
    public var logWeights: [Double] { table.logWeights }

    /// None, one, or several estimates that check each other; the best of them first.
    public var evidences: [Evidence] { table.evidences }

    public var effectiveSize: EffectiveSize { table.effectiveSize }

    /// What is known of the evidence, without the draws.
    var withoutDraws: Kind {
      switch self {
      case .nested(let table): .nested(table.withoutDraws)
      case .importance(let table): .importance(table.withoutDraws)
      }
    }

    /// Whether draws of the other are of the same kind, so that both may be taken for those of one run.
    func isLike(_ other: Kind) -> Bool { type(of: table).number == type(of: other.table).number }
  }
}

/// What there is beside draws of one kind. A family of samplers with another kind of draws has a table of its own, a case of
/// ``RunResult/Kind``, and a file in the archive's form; no other table knows of it.
protocol KindTable: Wire, Sendable {
  /// The kind on the wire.
  static var number: UInt8 { get }
  var logWeights: [Double] { get }
  var evidences: [Evidence] { get }
  var effectiveSize: EffectiveSize { get }
  /// What does not go by draws.
  var withoutDraws: Self { get }
}

extension KindTable {
  var effectiveSize: EffectiveSize { .kish(kishSize(logWeights: logWeights)) }
}

extension RunResult.Kind: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(type(of: table).number)
    table.encode(to: &writer)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.read(UInt8.self) {
    case NestedTable.number: self = .nested(try reader.read())
    case ImportanceTable.number: self = .importance(try reader.read())
    case let other: throw WireError("draws of unknown kind \(other)")
    }
  }
}
