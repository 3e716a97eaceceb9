extension JSON {
  /// Reads one JSON value.
  ///
  /// - Throws: ``WireError`` that says at which byte the text stops to be JSON.
  package init(parsing text: String) throws(WireError) {
    var parser = JSONParser(bytes: Array(text.utf8))
    self = try parser.document()
  }

  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
  package var members: [(String, JSON)]? { if case .object(let members) = self { members } else { nil } }
  package var integer: Int? { if case .integer(let value) = self { value } else { nil } }

  package var unsigned: UInt64? {
    switch self {
    case .integer(let value): UInt64(exactly: value)
    case .unsigned(let value): value
    default: nil
    }
  }

  /// A number, or the word for one that is not finite.
  package var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .string(let word): ["inf": .infinity, "-inf": -.infinity, "nan": .nan][word]
    default: nil
    }
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  private var position = 0
  private static let deepest = 100

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(WireError) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    if position < bytes.count { throw wrong("the end") }
    return value
  }

  private func wrong(_ wanted: String) -> WireError {
    WireError("its JSON is damaged: \(wanted) wanted at byte \(position)")
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
  }

  /// The next byte that is no space, without taking it.
  private mutating func peek() -> UInt8? {
    skipSpace()
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func take(_ character: Character) throws(WireError) {
    guard let byte = peek(), byte == character.asciiValue else { throw wrong("\"\(character)\"") }
    position += 1
  }

  private mutating func value(depth: Int) throws(WireError) -> JSON {
    guard depth < Self.deepest else { throw WireError("its JSON is nested too deep") }
    switch peek().map({ Character(UnicodeScalar($0)) }) {
    case "{": return try object(depth)
    case "[": return try array(depth)
    case "\"": return .string(try string())
    case "t": return try word("true", .bool(true))
    case "f": return try word("false", .bool(false))
    case "n": return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: String, _ value: JSON) throws(WireError) -> JSON {
    guard bytes[position...].starts(with: text.utf8) else { throw wrong("a value") }
    position += text.utf8.count
    return value
  }

  private mutating func object(_ depth: Int) throws(WireError) -> JSON {
    try take("{")
    var members: [(String, JSON)] = []
    if peek() == Character("}").asciiValue {
      position += 1
      return .object([])
    }
    while true {
      skipSpace()
      let name = try string()
      try take(":")
      members.append((name, try value(depth: depth + 1)))
      if peek() == Character(",").asciiValue {
        position += 1
        continue
      }
      try take("}")
      return .object(members)
    }
  }

  private mutating func array(_ depth: Int) throws(WireError) -> JSON {
    try take("[")
    var elements: [JSON] = []
    if peek() == Character("]").asciiValue {
      position += 1
      return .array([])
    }
    while true {
      elements.append(try value(depth: depth + 1))
      if peek() == Character(",").asciiValue {
        position += 1
        continue
      }
      try take("]")
      return .array(elements)
    }
  }

  private mutating func number() throws(WireError) -> JSON {
    let start = position
    while position < bytes.count, "+-.0123456789eE".utf8.contains(bytes[position]) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let integer = Int(text) { return .integer(integer) }
    if let unsigned = UInt64(text) { return .unsigned(unsigned) }
    guard let number = Double(text) else { throw wrong("a value") }
    return .number(number)
  }

  private mutating func string() throws(WireError) -> String {
    try take("\"")
    var text: [UInt8] = []
    while position < bytes.count, bytes[position] != 0x22 {
      if bytes[position] != 0x5c {
        text.append(bytes[position])
        position += 1
        continue
      }
      position += 1
      guard position < bytes.count else { break }
      let escape = Character(UnicodeScalar(bytes[position]))
      position += 1
      switch escape {
      case "\"", "\\", "/": text += Array("\(escape)".utf8)
      case "n": text.append(0x0a)
      case "t": text.append(0x09)
      case "r": text.append(0x0d)
      case "b": text.append(0x08)
      case "f": text.append(0x0c)
      case "u": text += Array(String(try unicode()).utf8)
      default: throw wrong("an escape")
      }
    }
    try take("\"")
    return String(decoding: text, as: UTF8.self)
  }

  /// A character written as one or two groups of four hexadecimal digits.
  private mutating func unicode() throws(WireError) -> Character {
    let first = try hexadecimal()
    var code = UInt32(first)
    if (0xd800..<0xdc00).contains(first), bytes[position...].starts(with: "\\u".utf8) {
      position += 2
      let second = UInt32(try hexadecimal())
      guard (0xdc00..<0xe000).contains(second) else { throw wrong("the second half of a character") }
      code = 0x10000 + (UInt32(first) - 0xd800) << 10 + (second - 0xdc00)
    }
    return Character(UnicodeScalar(code) ?? "\u{fffd}")
  }

  private mutating func hexadecimal() throws(WireError) -> UInt16 {
    guard position + 4 <= bytes.count,
      let value = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw wrong("four hexadecimal digits") }
    position += 4
    return value
  }
}
