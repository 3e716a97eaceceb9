/// Something that a reader of a result should know before trusting it, as the sampler saw it or as the record tells.
///
/// It is a value: what was seen, its numbers and the settings that would help. Words are made of it where they are read, as a setting is a
/// flag to one reader and a keyword to another.
///
/// A finding that says the answer may be wrong never goes with ``Ending/converged``: the sampler goes on, or ends as stuck.
public struct Finding: Sendable, Equatable {
  public enum Severity: UInt8, Sendable {
    /// Something that happened on the way; the answer is none the worse for it.
    case note
    /// The answer may be less good than it looks.
    case warning
    /// There is no answer, or none that can be relied on.
    case failure
  }

  /// One of the numbers that were seen.
  public struct Number: Sendable, Equatable {
    public let name: String
    public let value: Double
  }

  /// A short name that does not change, for programs: "heavy-tail".
  public let code: String
  public let severity: Severity
  public let numbers: [Number]
  /// The settings that would help, each with the value that is advised where there is one.
  public let remedies: [SettingName]
  /// The words that it came with, of a finding that was saved without its numbers or by a later version that knows more of them.
  package let savedWords: String?

  package init(
    _ code: String, _ severity: Severity = .warning, _ numbers: KeyValuePairs<String, Double> = [:],
    remedies: [SettingName] = []
  ) {
    self.init(
      code: code, severity: severity, numbers: numbers.map { Number(name: $0.key, value: $0.value) },
      remedies: remedies, savedWords: nil)
  }

  package init(
    code: String, severity: Severity, numbers: [Number], remedies: [SettingName], savedWords: String?
  ) {
    self.code = code
    self.severity = severity
    self.numbers = numbers
    self.remedies = remedies
    self.savedWords = savedWords
  }

  /// One of the numbers by its name; nil where there is none.
  public func number(_ name: String) -> Double? { numbers.first { $0.name == name }?.value }
}

extension Finding: Wire {
  public func encode(to writer: inout WireWriter) {
    writer.write(code)
    writer.write(severity.rawValue)
    writer.write(numbers.map(\.name))
    writer.write(numbers.map(\.value))
    writer.write(remedies.map(\.key))
    // No value is empty.
    writer.write(remedies.map { $0.value ?? "" })
    writer.write(savedWords.map { [$0] } ?? [])
  }

  public init(from reader: inout WireReader) throws(WireError) {
    code = try reader.read()
    let number = try reader.read(UInt8.self)
    guard let known = Severity(rawValue: number) else { throw WireError("severity \(number) is unknown") }
    severity = known
    let (names, values) = (try reader.read([String].self), try reader.read([Double].self))
    let (keys, advised) = (try reader.read([String].self), try reader.read([String].self))
    guard names.count == values.count, keys.count == advised.count else {
      throw WireError("a finding whose parts do not fit")
    }
    numbers = zip(names, values).map { Number(name: $0, value: $1) }
    remedies = zip(keys, advised).map { SettingName($0, $1.isEmpty ? nil : $1) }
    savedWords = try reader.read([String].self).first
  }
}
