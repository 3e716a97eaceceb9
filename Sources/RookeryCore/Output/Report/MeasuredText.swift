import Glibc

extension MathText {
  /// A value with its error, to two digits of the error: 75.76 ± 0.06, or with both errors where they differ.
  init(measured value: Double, plus: Double, minus: Double) {
    let error = min(plus, minus)
    guard value.isFinite, plus.isFinite, minus.isFinite, max(plus, minus) > 0 else {
      self.init(plain: value.isFinite ? Self.short(value) : "not a number")
      return
    }
    let scale = max(abs(value), plus, minus)
    let size = Int(log10(scale).rounded(.down))
    let power = size >= 6 || size <= -4 ? size : 0
    let factor = pow(10, -Double(power))
    // Two digits of the smaller error, but not more than eight of the value.
    let place = Int(log10((error > 0 ? error : max(plus, minus)) * factor).rounded(.down))
    let decimals = min(max(1 - place, 0), 8)
    func digits(_ number: Double) -> String { Self.minus(fixed(number * factor, decimals)) }
    self.init(plain: digits(value))
    if max(plus, minus) <= 1.2 * error {
      append(" ± " + digits((plus + minus) / 2))
    } else {
      self = self + MathText(latex: "^{+\(digits(plus))}_{-\(digits(minus))}")
    }
    if power != 0 { self = self + MathText(latex: "\\times 10^{\(power)}") }
  }

  /// A number in at most five digits.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let size = value == 0 ? 0 : Int(log10(abs(value)).rounded(.down))
    guard size < 6, size > -5 else {
      return minus(fixed(value * pow(10, -Double(size)), 3)) + "e\(size)"
    }
    var text = fixed(value, max(4 - size, 0))
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return minus(text)
  }

  private static func minus(_ text: String) -> String {
    text.hasPrefix("-") ? "\u{2212}" + text.dropFirst() : text
  }

  /// ln Z with its error.
  static func evidence(_ evidence: Evidence) -> MathText {
    guard evidence.error > 0, evidence.error.isFinite else { return MathText(plain: short(evidence.logZ)) }
    return MathText(measured: evidence.logZ, plus: evidence.error, minus: evidence.error)
  }

  /// A number with as many decimals as a deviation of its kind asks for.
  static func rounded(_ value: Double, by deviation: Double) -> String {
    let scale = max(abs(value), deviation)
    guard value.isFinite, deviation > 0, deviation.isFinite, scale < 1e6, scale > 1e-4 else {
      return short(value)
    }
    let place = Int(log10(deviation).rounded(.down))
    return minus(fixed(value, min(max(1 - place, 0), 8)))
  }
}
