/// The version of this package.
public let rookeryVersion = "0.1.0"

/// How a result came to be, to make it again.
public struct Provenance: Sendable, Equatable {
  /// A setting of the method and its value, in words.
  public struct Setting: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }

    /// Names and values that stand in turn in a list of words.
    fileprivate static func list(_ words: [String]) -> [Setting] {
      stride(from: 0, to: words.count - words.count % 2, by: 2).map { Setting(words[$0], words[$0 + 1]) }
    }
  }

  /// The version of this package that made it.
  public let version: String
  /// The settings of the method, defaults included; `auto` is what the method chose itself.
  public let settings: [Setting]
  /// The command line of the program.
  public let command: [String]
  /// The digests of the runs it was merged from; empty for a run of its own.
  public let parts: [String]
  /// The settings that had a say, with the values that were in force, those that the method chose too.
  public let inForce: [Setting]
  /// When and where it was made, and with which compiler and libraries.
  public let circumstances: [Setting]

  package init(
    version: String, settings: [Setting], command: [String], parts: [String] = [], inForce: [Setting] = [],
    circumstances: [Setting] = []
  ) {
    self.inForce = inForce
    self.circumstances = circumstances
    self.version = version
    self.settings = settings
    self.command = command
    self.parts = parts
  }
}

extension Provenance: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(version)
    writer.write(settings.flatMap { [$0.name, $0.value] })
    writer.write(command)
    writer.write(parts)
    for list in [inForce, circumstances] { writer.write(list.flatMap { [$0.name, $0.value] }) }
  }

  public init(from reader: inout WireReader) throws(WireError) {
    version = try reader.read()
    settings = Setting.list(try reader.read())
    command = try reader.read()
    parts = try reader.read()
    inForce = Setting.list(try reader.read())
    circumstances = Setting.list(try reader.read())
  }
}
