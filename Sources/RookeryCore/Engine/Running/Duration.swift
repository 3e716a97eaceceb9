/// Seconds from a text such as "250ms", "90s", "30m", "2h" or a plain number of seconds.
///
/// - Throws: ``InputError`` where it is none, or not above zero, or longer than a century.
public func parseDuration(_ text: String) throws -> Double {
  let units: [(String, Double)] = [
    ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400),
  ]
  let letters = text.drop { !$0.isLetter }
  let scale = letters.isEmpty ? 1 : units.first { $0.0 == letters }?.1
  guard let scale, let value = Double(text.dropLast(letters.count)), value > 0 else {
    throw InputError("\"\(text)\" is not a time; write 90s, 30m or 2h")
  }
  let century = 36525 * 86400.0
  guard value * scale <= century else { throw InputError("\"\(text)\" is longer than a century") }
  return value * scale
}
