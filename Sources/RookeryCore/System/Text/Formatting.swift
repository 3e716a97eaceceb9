import Glibc

/// A number with a fixed count of decimals.
package func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  let scale = pow(10, Double(decimals))
  // Beyond this a fixed form has more digits than meaning.
  guard abs(value) < 1e15, abs(value) * scale < 1e18 else { return scientific(value, digits: 5) }
  let rounded = (abs(value) * scale).rounded()
  let digits = String(Int(rounded))
  let sign = value < 0 && rounded != 0 ? "-" : ""
  guard decimals > 0 else { return sign + digits }
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

/// A whole number in groups of three digits.
package func grouped(_ value: Int) -> String {
  var text = ""
  for (i, digit) in String(value.magnitude).reversed().enumerated() {
    if i > 0, i % 3 == 0 { text.append(" ") }
    text.append(digit)
  }
  return (value < 0 ? "-" : "") + String(text.reversed())
}

/// The whole part of a number in groups of three digits; in words or as a power of ten where it has none.
package func grouped(wholeOf value: Double) -> String {
  abs(value) < 1e15 ? grouped(Int(value)) : fixed(value, 0)
}

/// A share in percent, 0.256 as "26 %".
package func percent(_ share: Double) -> String { fixed(100 * share, 0) + " %" }

/// A time in the two largest units that matter: "12.3 s", "4 m 05 s", "3 h 20 m".
///
/// - Parameter whole: leave out parts of a second.
package func duration(_ seconds: Double, whole isWhole: Bool = false) -> String {
  guard abs(seconds) < 1e9 else { return "?" }
  if seconds < (isWhole ? 59.5 : 60) { return "\(fixed(seconds, isWhole ? 0 : 1)) s" }
  let whole = Int(seconds.rounded())
  func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
  if whole < 3600 { return "\(whole / 60) m \(two(whole % 60)) s" }
  return "\(whole / 3600) h \(two(whole / 60 % 60)) m"
}

/// A short time in the unit that suits it: "1.3 us", "20 ms", "2.5 s".
package func shortDuration(_ seconds: Double) -> String {
  guard seconds.isFinite else { return "?" }
  let (scale, unit) = seconds < 1e-3 ? (1e6, "us") : seconds < 1 ? (1e3, "ms") : (1, "s")
  let value = seconds * scale
  return "\(fixed(value, value < 10 ? 1 : 0)) \(unit)"
}

/// The power of ten of a number's first digit; zero for zero and for what is not finite.
package func decimalExponent(_ value: Double) -> Int {
  value != 0 && value.isFinite ? Int(log10(abs(value)).rounded(.down)) : 0
}

/// A number over a power of ten, also where that power itself is no number.
package func shifted(_ value: Double, by power: Int) -> Double {
  abs(power) < 290
    ? value / pow(10, Double(power)) : value / pow(10, Double(power / 2)) / pow(10, Double(power - power / 2))
}

/// Whether an error says how many digits of a value mean something: not where it is no number, zero, or so small that it is the rounding
/// of the value's own last digits.
package func isError(_ error: Double, of value: Double) -> Bool {
  value.isFinite && error.isFinite && error > 1e-14 * abs(value)
}

/// A number with the digits that two of its error leave: plain where that is readable, else with a power of ten. An error that says
/// nothing leaves six digits.
package func rounded(_ value: Double, toErrorOf error: Double) -> String {
  guard isError(error, of: value) else { return short(value) }
  let place = decimalExponent(error) - 1
  if place >= -9, abs(value) < 1e9 { return fixed(value, max(-place, 0)) }
  guard value != 0 else { return "0" }
  return scientific(value, digits: min(max(decimalExponent(value) - place, 0), 15))
}

/// A number in at most so many digits, or whole, without zeros at its end.
package func short(_ value: Double, digits: Int = 6) -> String {
  guard value.isFinite, value != 0 else { return fixed(value, 0) }
  if value == value.rounded(), abs(value) < 1e9 { return fixed(value, 0) }
  let size = decimalExponent(value)
  let isPlain = (-5...8).contains(size)
  var text = isPlain ? fixed(value, max(digits - 1 - size, 0)) : scientific(value, digits: digits - 1)
  guard text.contains(".") else { return text }
  let power = isPlain ? "" : String(text.drop { $0 != "e" })
  text = String(text.prefix { $0 != "e" })
  while text.hasSuffix("0") { text.removeLast() }
  if text.hasSuffix(".") { text.removeLast() }
  return text + power
}

/// A number as 1.23e-08, with so many digits after the point.
package func scientific(_ value: Double, digits: Int) -> String {
  guard value.isFinite, value != 0 else { return fixed(value, digits) }
  var exponent = decimalExponent(value)
  // Rounding may carry to another digit before the point.
  if abs(shifted(value, by: exponent)) + 0.5 * pow(10, -Double(digits)) >= 10 { exponent += 1 }
  return "\(fixed(shifted(value, by: exponent), digits))e\(exponent)"
}
