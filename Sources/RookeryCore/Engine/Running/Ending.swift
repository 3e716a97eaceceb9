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
  /// The sampler cannot go on, or what it found cannot be relied on, for the reason given.
  case stuck(Finding)
}

extension Ending: Wire {
  public func encode(to writer: inout WireWriter) {
    switch self {
    case .converged: writer.write(UInt8(0))
    case .callLimit: writer.write(UInt8(1))
    case .timeLimit: writer.write(UInt8(2))
    case .interrupted: writer.write(UInt8(3))
    case .stuck(let reason):
      writer.write(UInt8(4))
      writer.write(reason)
    }
  }

  public init(from reader: inout WireReader) throws(WireError) {
    switch try reader.read(UInt8.self) {
    case 0: self = .converged
    case 1: self = .callLimit
    case 2: self = .timeLimit
    case 3: self = .interrupted
    case 4: self = .stuck(try reader.read())
    case let kind: throw WireError("ending of unknown kind \(kind)")
    }
  }
}
