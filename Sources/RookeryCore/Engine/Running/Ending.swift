/// Why a run came to its end.
public enum Ending: Equatable, Sendable {
  /// The sampler reached what was asked of it.
  case converged
  /// The limit on likelihood calls was reached.
  case callLimit
  /// The limit on time was reached.
  case timeLimit
  /// A signal asked the run to stop.
  case interrupted
  /// The sampler cannot go on, for the reason given.
  case stuck(String)
}

extension Ending: Wire {
  public func encode(to writer: inout WireWriter) {
    let (kind, reason): (UInt8, String) =
      switch self {
      case .converged: (0, "")
      case .callLimit: (1, "")
      case .timeLimit: (2, "")
      case .interrupted: (3, "")
      case .stuck(let reason): (4, reason)
      }
    writer.write(kind)
    writer.write(reason)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let kind = try reader.read(UInt8.self)
    let reason = try reader.read(String.self)
    switch kind {
    case 0: self = .converged
    case 1: self = .callLimit
    case 2: self = .timeLimit
    case 3: self = .interrupted
    case 4: self = .stuck(reason)
    default: throw WireError("ending of unknown kind \(kind)")
    }
  }
}
