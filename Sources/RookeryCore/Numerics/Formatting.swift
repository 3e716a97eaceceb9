import Glibc

/// A number with a fixed count of decimals.
package func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  // Beyond this a fixed form has more digits than meaning.
  let scale = pow(10, Double(decimals))
  let rounded = (abs(value) * scale).rounded()
  guard abs(value) < 1e15, rounded < 0x1p63 else { return "\(value)" }
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

/// A time in the two largest units that matter: "12.3 s", "4 m 05 s", "3 h 20 m".
///
/// - Parameter whole: leave out parts of a second.
package func duration(_ seconds: Double, whole isWhole: Bool = false) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "?" }
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

/// A number with the digits that two of its error leave: plain where that is readable, else with a power of ten.
package func rounded(_ value: Double, toErrorOf error: Double) -> String {
  guard value.isFinite, error.isFinite, error > 0 else {
    return value.isFinite && value == value.rounded() && abs(value) < 1e9 ? fixed(value, 0) : "\(value)"
  }
  let place = Int(log10(error).rounded(.down)) - 1
  if place >= -9, abs(value) < 1e9 { return fixed(value, max(-place, 0)) }
  guard value != 0 else { return "0" }
  let digits = max(Int(log10(abs(value)).rounded(.down)) - place, 0)
  return scientific(value, digits: min(digits, 16))
}

/// A number as 1.23e-08, with so many digits after the point.
package func scientific(_ value: Double, digits: Int) -> String {
  guard value.isFinite, value != 0 else { return fixed(value, digits) }
  var exponent = Int(log10(abs(value)).rounded(.down))
  func mantissa() -> Double {
    // Beyond this a power of ten is not a number.
    exponent < -290 ? value * 1e290 / pow(10, Double(exponent + 290)) : value / pow(10, Double(exponent))
  }
  // Rounding may carry to another digit before the point.
  if abs(mantissa()) + 0.5 * pow(10, -Double(digits)) >= 10 { exponent += 1 }
  return "\(fixed(mantissa(), digits))e\(exponent)"
}
