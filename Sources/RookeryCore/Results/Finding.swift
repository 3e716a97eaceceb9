/// Something that a reader of a result should know before trusting it, as the sampler saw it or as the record tells.
///
/// A finding that says the answer may be wrong never goes with ``Ending/converged``: the sampler goes on, or ends as stuck.
public struct Finding: Sendable, Equatable {
  /// A short name that does not change, for programs: "heavy-tail".
  public let code: String
  /// What was seen, with its numbers, and what would help.
  public let message: String

  package init(_ code: String, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension Finding: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(code)
    writer.write(message)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    self.init(try reader.read(String.self), try reader.read(String.self))
  }
}
