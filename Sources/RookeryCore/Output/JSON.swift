/// A JSON value, written as one line. Numbers that are not finite become null, as the format has no word for them.
///
/// Literals are values too: `["planets": 2, "names": ["b", "c"], "published": nil]`.
public indirect enum JSON: Sendable {
  case object([(String, JSON)])
  case array([JSON])
  case string(String)
  case number(Double)
  case integer(Int)
  case unsigned(UInt64)
  case bool(Bool)
  case null
  /// Text that is JSON, or that its reader takes for it.
  case raw(String)

  package static func numbers(_ values: [Double]) -> JSON { .array(values.map { .number($0) }) }
  package static func strings(_ values: [String]) -> JSON { .array(values.map { .string($0) }) }

  /// A number that may be infinite or none: then a word that Swift, Python and C read as such.
  package static func exact(_ value: Double) -> JSON { value.isFinite ? .number(value) : .string("\(value)") }

  /// A number in the words of Python's reader, which knows those that are not finite.
  package static func exactForPython(_ value: Double) -> JSON {
    value.isFinite ? .number(value) : .raw(value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity")
  }

  /// The value in one line of JSON.
  public var text: String {
    switch self {
    case .object(let members):
      "{" + members.map { Self.quote($0) + ":" + $1.text }.joined(separator: ",") + "}"
    case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
    case .string(let text): Self.quote(text)
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .bool(let value): value ? "true" : "false"
    case .null: "null"
    case .raw(let text): text
    }
  }

  /// The text with a line for each member of the outermost object, for people who look into the file.
  package var lines: String {
    guard case .object(let members) = self else { return text + "\n" }
    return "{\n" + members.map { "  " + Self.quote($0) + ": " + $1.text }.joined(separator: ",\n") + "\n}\n"
  }

  private static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      case _ where isControl(scalar):
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(stringLiteral text: String) { self = .string(text) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral members: (String, JSON)...) { self = .object(members) }
}
