import Glibc

extension MathText {
  /// A value with its error, to two digits of the error: 75.76 ± 0.06, or with both errors where they differ.
  init(measured value: Double, plus: Double, minus: Double) {
    let (least, most) = (min(plus, minus), max(plus, minus))
    guard isError(most, of: value), plus.isFinite, minus.isFinite, least >= 0 else {
      self.init(plain: value.isFinite ? Self.short(value) : "not a number")
      return
    }
    let size = decimalExponent(max(abs(value), most))
    let power = size >= 6 || size <= -4 ? size : 0
    // Two digits of the smaller error, but not more than the value has, nor than can be read.
    let error = isError(least, of: value) && least > 1e-4 * most ? least : most
    let decimals = min(max(1 - (decimalExponent(error) - power), 0), 12)
    func digits(_ number: Double) -> String { Self.minus(fixed(shifted(number, by: power), decimals)) }
    self.init(plain: digits(value))
    if most <= 1.2 * least {
      append(" ± " + digits((plus + minus) / 2))
    } else {
      self = self + MathText(latex: "^{+\(digits(plus))}_{-\(digits(minus))}")
    }
    if power != 0 { self = self + MathText(latex: "\\times 10^{\(power)}") }
  }

  /// A number in at most five digits.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let size = decimalExponent(value)
    guard size < 6, size > -5 else { return minus(scientific(value, digits: 3)) }
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
    guard isError(deviation, of: value), scale < 1e6, scale > 1e-4 else { return short(value) }
    return minus(fixed(value, min(max(1 - decimalExponent(deviation), 0), 12)))
  }
}
